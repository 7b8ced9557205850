// What a failure at PgBouncer means. It has one SQLSTATE (08P01) for nearly everything, so that its own texts, which are
// never translated, must tell; what it hands on from the server has the server's SQLSTATE from 1.20 on, only its text before.
import type { Missed, PostgresFailure } from '../../kit/index.ts';
import type { RefusedAcquire } from './seen.ts';

const isPostgresFailure = (error: unknown): error is PostgresFailure =>
  error instanceof Error && error.name === 'PostgresFailure';

const networkCodes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE'];

const unreachable = (message: string): Missed => ({
  by: 'target',
  reason: 'pool_unreachable',
  because: `PgBouncer cannot be reached (${message})`,
});

/** Whether a console refused a command that it does not know; it says so with the SQLSTATE that it has for everything. */
export const refusesCommand = (error: unknown): boolean => isPostgresFailure(error) && error.code === '08P01';

/** Why a console could not be asked. Throws what is no failure of Postgres. */
export const consoleMissed = (error: unknown): Missed => {
  if (!isPostgresFailure(error)) throw error;
  const { code, message } = error;
  if ([...networkCodes, 'TIMEOUT'].includes(code)) return unreachable(message);
  const because = `the console of PgBouncer refused the probe (${code}: ${message}); check its URL (database pgbouncer, a user in stats_users)`;
  return { by: 'ours', reason: 'console_refused', because };
};

/** Texts of PgBouncer 1.15 to 1.25, and of the server behind it, with what they mean. */
const meanings: readonly [RegExp, RefusedAcquire['reason'], string][] = [
  [
    /query_wait_timeout|client_login_timeout/,
    'waits_too_long',
    'PgBouncer gave the probe up before it had a connection',
  ],
  [/no more connections allowed/, 'pool_full', 'PgBouncer takes no more clients'],
  [/is disabled|paused|shutting down|being shut down/, 'paused', 'the pool is paused, disabled or shutting down'],
  [
    /server login|server_login_retry|connect failed|server conn|DNS lookup failed|server down|database system is|too many (?:clients|connections)|remaining connection slots/,
    'no_servers',
    'the pool has no server connection for the probe',
  ],
];

/** SQLSTATEs of the server for lack of slots, and for starting or stopping. */
const serverCodes = ['53300', '57P01', '57P02', '57P03'];

/** Why an acquire through the pool failed. Throws what is no failure of Postgres. `limit`: milliseconds that were waited. */
export const acquireRefused = (error: unknown, limit: string): { missed: Missed } | { refused: RefusedAcquire } => {
  if (!isPostgresFailure(error)) throw error;
  const { code, message } = error;
  if (networkCodes.includes(code)) return { missed: unreachable(message) };
  if (code === 'TIMEOUT')
    return { refused: { reason: 'waits_too_long', because: `the pool gave the probe no connection within ${limit}` } };
  const told = `(${code}: ${message})`;
  if (serverCodes.includes(code))
    return { refused: { reason: 'no_servers', because: `the pool has no server connection for the probe ${told}` } };
  const meaning = code === '08P01' ? meanings.find(([pattern]) => pattern.test(message)) : undefined;
  if (meaning) return { refused: { reason: meaning[1], because: `${meaning[2]} ${told}` } };
  return {
    missed: {
      by: 'ours',
      reason: 'probe_refused',
      because: `the pool refused the probe ${told}; check the user and database in its URL, this says nothing about the release`,
    },
  };
};
