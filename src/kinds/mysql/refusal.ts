// What a refused connection to MySQL or MariaDB means, by the error's number: messages are translated by the server.
import type { Missed, MysqlFailure } from '../../kit/index.ts';
import type { Refusal } from '../database/slots.ts';

/** By name: an embedding program may hold another copy of the class. */
export const isMysqlFailure = (error: unknown): error is MysqlFailure =>
  error instanceof Error && error.name === 'MysqlFailure';

const tooManyConnections = 1040;

/** Limits of the account: max_user_connections of the server (1203), or a limit of the account itself (1226). */
const roleLimits = [1203, 1226];

/** Shutting down; offline mode; killed; ended for being idle. */
const notReady = [1053, 3032, 1927, 4031];

/** Statements that were cut short by a timeout of the server. */
const tooSlow = [1969, 3024];

/** Memory, threads, files, disk. */
const failing = [1021, 1037, 1038, 1041, 1135, 1023, 1016, 1105];

/** Names and passwords, hosts, privileges, TLS, expired or locked accounts. */
const ours = [1044, 1045, 1049, 1130, 1142, 1227, 1251, 1275, 1524, 1698, 1820, 1862, 3118, 3159, 4151];
const oursByCode = ['INVALID_URL', 'DRIVER', 'ENOTFOUND', 'EAI_AGAIN', 'HANDSHAKE_NO_SSL_SUPPORT'];

const networkCodes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE', 'EHOSTDOWN'];

/** The server has blocked this machine: https://dev.mysql.com/doc/refman/8.4/en/blocked-host.html */
const hostBlocked = 1129;

/**
 * 1040 without SQLSTATE came before the greeting: the spare slot was taken as well, and the server counts it in
 * Connection_errors_max_connections. With one free, an ordinary login is let up to the password first, and counted in
 * Aborted_connects alone; measured on MariaDB 10.11.
 */
export const isOutsideTheDoor = ({ errno, sqlState }: MysqlFailure): boolean =>
  errno === tooManyConnections && sqlState === undefined;

/** Classifies a failed connect. `sameRole`: the probe logs in as the service does, so that its limits are the service's. */
export const refusalOf = (failure: MysqlFailure, { sameRole }: { sameRole: boolean }): Refusal => {
  const { code, errno, message } = failure;
  if (errno === undefined) return withoutServer(failure);
  const said = `${errno} ${code}: ${message}`;
  const refused = { code: String(errno), routine: code };
  if (errno === tooManyConnections)
    return { refused: { ...refused, scope: isOutsideTheDoor(failure) ? 'all_slots' : 'slots' } };
  if (roleLimits.includes(errno)) {
    if (sameRole) return { refused: { ...refused, scope: 'role' } };
    return missed('ours', 'probe_limit', `the limit of the probe's own role is reached (${said})`);
  }
  if (errno === hostBlocked) return missed('ours', 'host_blocked', blockedText(said));
  if (notReady.includes(errno)) return missed('target', 'not_ready', `the server takes no sessions now (${said})`);
  if (tooSlow.includes(errno))
    return missed('target', 'target_timeout', `the server did not finish the count in time (${said})`);
  if (failing.includes(errno)) return missed('target', 'target_error', `the server failed (${said})`);
  if (ours.includes(errno)) return missed('ours', 'probe_refused', probeText(said));
  return missed('instrument', 'unknown_refusal', `the connect failed (${said})`);
};

const withoutServer = ({ code, message }: MysqlFailure): Refusal => {
  if (networkCodes.includes(code))
    return missed('target', 'target_unreachable', `the server cannot be reached (${message})`);
  if (code === 'TIMEOUT') return missed('target', 'target_timeout', `the server did not answer in time (${message})`);
  if (oursByCode.includes(code)) return missed('ours', 'probe_refused', probeText(`${code}: ${message}`));
  return missed('instrument', 'unknown_refusal', `the connect failed (${code}: ${message})`);
};

const missed = (by: Missed['by'], reason: string, because: string): Refusal => ({ missed: { by, reason, because } });

const probeText = (said: string): string =>
  `the probe cannot log in (${said}); check its URL, this says nothing about the release`;

const blockedText = (said: string): string =>
  `the server has blocked this machine after too many connects that broke off (${said}); the service is refused, too, if it runs here: FLUSH HOSTS ends it`;

/** A pooler hands out connection ids of its own; the server knows its real ones. */
export const poolerMissed: Missed = {
  by: 'ours',
  reason: 'is_a_pooler',
  because:
    "the URL leads to a connection pooler, not to the server (the connection ids differ); give the server's own address",
};
