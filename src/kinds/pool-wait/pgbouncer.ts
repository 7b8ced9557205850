// Looks at PgBouncer: one console per process, kept for the whole run, because several processes may share one port.
import type { Io, Look, Missed, PostgresFailure, PostgresSession, Session, Tick, World } from '../../kit/index.ts';
import { type Console, readConsole } from './console.ts';
import { known, type Seen } from './seen.ts';
import type { PgBouncer, Spec } from './spec.ts';

/** Opens the looks; consoles are opened by the first of them. */
export const openPgBouncer = async (target: PgBouncer, spec: Spec, { io }: World): Promise<Session<Seen>> => {
  const watchers = target.urls.map((url) => watchConsole(io, url, target, spec));
  const several = watchers.length > 1;
  return {
    sample: (tick) =>
      Promise.all(
        watchers.map(async (watcher, index): Promise<Look<Seen>> => {
          const look = await watcher.look(tick);
          return several ? { group: hostOf(target.urls[index] ?? ''), ...look } : look;
        }),
      ),
    close: async () => {
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
};

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'invalid URL');

interface Watcher {
  look(tick: Tick): Promise<Look<Seen>>;
  close(): Promise<void>;
}

const watchConsole = (io: Io, url: string, target: PgBouncer, { connectTimeout }: Spec): Watcher => {
  let session: PostgresSession | undefined;
  let earlier: { at: number; console: Console } | undefined;

  const connected = async (timeout: number): Promise<PostgresSession> => {
    if (session?.alive()) return session;
    await session?.close();
    // Counters of another session may be those of another process, or of a new one: nothing to compare with.
    earlier = undefined;
    // No statement timeout: the console refuses it as a startup parameter.
    const options = { connectTimeout: Math.min(connectTimeout, timeout), statementTimeout: 0 };
    session = await io.postgres.connect(url, options);
    return session;
  };

  const look = async ({ timeout }: Tick): Promise<Look<Seen>> => {
    const read = await readConsole(await connected(timeout), target);
    if ('unknown' in read) return { missed: unknownDatabase(target.database, read.unknown) };
    const now = { at: io.clock.monotonic(), console: read };
    const seen = seenOf(earlier, now);
    earlier = now;
    return { seen };
  };

  return {
    look: (tick) =>
      look(tick).catch((error: unknown) => {
        earlier = undefined;
        return { missed: missedOf(error) };
      }),
    close: async () => {
      await session?.close();
      session = undefined;
    },
  };
};

const unknownDatabase = (database: string, names: readonly string[]): Missed => ({
  by: 'ours',
  reason: 'unknown_database',
  because: `PgBouncer knows no database "${database}"; it knows ${names.join(', ') || 'none'}`,
});

const isPostgresFailure = (error: unknown): error is PostgresFailure =>
  error instanceof Error && error.name === 'PostgresFailure';

const networkCodes = ['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE', 'TIMEOUT'];

const missedOf = (error: unknown): Missed => {
  if (!isPostgresFailure(error)) throw error;
  const { code, message } = error;
  if (networkCodes.includes(code))
    return { by: 'target', reason: 'pool_unreachable', because: `PgBouncer cannot be reached (${message})` };
  const because = `the console of PgBouncer refused the probe (${code}: ${message}); check its URL (database pgbouncer, a user in stats_users)`;
  return { by: 'ours', reason: 'console_refused', because };
};

/** Counters that went back mean a restart: nothing to compare with. */
const seenOf = (before: { at: number; console: Console } | undefined, now: { at: number; console: Console }): Seen => {
  const { waiting, longest, servers, inUse, poolSize, paused } = now.console;
  const gauges = { waiting, longest, servers, inUse, max: poolSize, ...(paused ? { paused } : {}) };
  if (!before || now.console.waitMicros < before.console.waitMicros) return known(gauges);
  const [earlier, later] = [before.console.acquires, now.console.acquires];
  const acquires = earlier === undefined || later === undefined || later < earlier ? undefined : later - earlier;
  return known({
    ...gauges,
    seconds: (now.at - before.at) / 1000,
    waited: (now.console.waitMicros - before.console.waitMicros) / 1e6,
    acquires,
  });
};
