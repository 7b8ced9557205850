// What a refused connection means, by SQLSTATE and routine: messages are translated by the server, these are not.
import type { Missed, PostgresFailure } from '../../kit/index.ts';
import type { Refusal, Scope } from '../database/slots.ts';

/** Which routine raises 53300 for which lack; measured on PostgreSQL 12 to 18. */
const scopes: Record<string, Scope> = {
  InitPostgres: 'slots',
  InitProcess: 'all_slots',
  ProcessStartupPacket: 'processes',
  BackendInitialize: 'processes',
  InitializeSessionUserId: 'role',
  CheckMyDatabase: 'database',
};

/** What ran out; a routine that is not known here is taken for the ordinary slots. */
export const scopeOf = ({ routine = '' }: PostgresFailure): Scope => scopes[routine] ?? 'slots';

const networkCodes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE', 'EHOSTDOWN'];
const startingCodes = ['57P03'];
const endedCodes = ['57P01', '57P02', '57P05'];
const ourCodes = [
  '28P01',
  '28000',
  '3D000',
  '42501',
  '42704',
  '55000',
  'INVALID_URL',
  'DRIVER',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL',
];

/** Which of the server's limits are the service's: our own role or database may differ from it. */
export interface Asker {
  sameRole: boolean;
  sameDatabase: boolean;
}

/** Classifies a failed connect. */
export const refusalOf = (failure: PostgresFailure, asker: Asker): Refusal => {
  const { code, message } = failure;
  if (code === '53300') return slotRefusal(failure, asker);
  if (startingCodes.includes(code))
    return target('not_ready', `the server takes no sessions yet (${code}: ${message})`);
  if (endedCodes.includes(code)) return target('not_ready', `the server ended the session (${code}: ${message})`);
  if (networkCodes.includes(code)) return target('target_unreachable', `the server cannot be reached (${message})`);
  if (code === 'TIMEOUT') return target('target_timeout', `the server did not answer in time (${message})`);
  if (code === '57014') return target('target_timeout', `the server did not finish the count in time (${message})`);
  if (/^(?:53|58|XX)/.test(code)) return target('target_error', `the server failed (${code}: ${message})`);
  if (code === '08P01') return ours('is_a_pooler', poolerText(message));
  if (ourCodes.includes(code)) return ours('probe_refused', probeText(code, message));
  return {
    missed: { by: 'instrument', reason: 'unknown_refusal', because: `the connect failed (${code}: ${message})` },
  };
};

const slotRefusal = (failure: PostgresFailure, asker: Asker): Refusal => {
  const { code, routine = '', message } = failure;
  const scope = scopeOf(failure);
  const foreign = (scope === 'role' && !asker.sameRole) || (scope === 'database' && !asker.sameDatabase);
  if (foreign) return ours('probe_limit', `the limit of the probe's own ${scope} is reached (${code}: ${message})`);
  return { refused: { code, routine, scope } };
};

const target = (reason: string, because: string): Refusal => ({ missed: { by: 'target', reason, because } });
const ours = (reason: string, because: string): Refusal => ({ missed: { by: 'ours', reason, because } });

const poolerText = (message: string): string =>
  `the URL leads to a connection pooler, not to the server (08P01: ${message}); give the server's own address`;

/**
 * What the probe could not do, and where to look. The server says the same of a wrong password and of one that has
 * expired, so that nobody can probe for roles.
 */
const troubles: Record<string, readonly [what: string, look: string]> = {
  '28P01': ['cannot log in', 'check the password in its URL, and whether it has expired (rolvaliduntil in pg_roles)'],
  ENOTFOUND: ['does not find the server', 'check the name in its URL'],
  EAI_AGAIN: ['does not find the server', 'check the name in its URL, and the name service of this machine'],
};

const probeText = (code: string, message: string): string => {
  const [what, look] = troubles[code] ?? ['cannot log in', 'check its URL'];
  return `the probe ${what} (${code}: ${message}); ${look}, this says nothing about the release`;
};

/** A pooler hands out process ids of its own; the server knows its real ones. */
export const poolerMissed: Missed = {
  by: 'ours',
  reason: 'is_a_pooler',
  because:
    "the URL leads to a connection pooler, not to the server (the process ids differ); give the server's own address",
};
