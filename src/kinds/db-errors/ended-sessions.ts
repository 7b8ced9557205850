// Looks at the server's own counters of sessions that ended badly (pg_stat_database, PostgreSQL 14 and later).
import * as z from 'zod';
import type { Look, Missed, Session, World } from '../../kit/index.ts';
import { openAsking, poolerIn } from '../postgres/ask.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/**
 * One row, or none when there is no such database. Read through JSON, a column that an older server lacks is null.
 * Rejected logins leave no trace in any view but in one case: a database's own connection limit counts in
 * sessions_fatal (and falsifies session_time, which is never read); measured on PostgreSQL 14 to 18.
 */
const endedSql = (database: string): string => `
SELECT pg_backend_pid() AS pid, current_setting('server_version') AS version,
       extract(epoch FROM pg_postmaster_start_time())::float8 AS started_at,
       extract(epoch FROM d.stats_reset)::float8 AS reset_at,
       (to_jsonb(d) ->> 'sessions_fatal')::float8 AS fatal,
       (to_jsonb(d) ->> 'sessions_killed')::float8 AS killed,
       (to_jsonb(d) ->> 'sessions_abandoned')::float8 AS abandoned
  FROM pg_catalog.pg_stat_database d WHERE d.datname = ${database}`;

const endedRow = z.object({
  pid: z.number().int(),
  version: z.string(),
  started_at: z.number(),
  reset_at: z.number().nullable(),
  fatal: z.number().nullable(),
  killed: z.number().nullable(),
  abandoned: z.number().nullable(),
});

type Ended = z.output<typeof endedRow>;

interface Counted {
  at: number;
  row: Ended;
  /** Sessions that ended fatally, without our own: the most so far, because both counts arrive a moment apart. */
  fatal: number;
}

const databaseOf = ({ database, postgres = '' }: Spec): string => {
  const url = URL.canParse(postgres) ? new URL(postgres) : undefined;
  return database ?? (decodeURIComponent(url?.pathname.slice(1) ?? '') || decodeURIComponent(url?.username ?? ''));
};

const names = ['fatal', 'killed', 'abandoned'] as const;

/** Counters that began again (a restart, a reset of the statistics) have nothing to be compared with. */
const isComparable = (before: Ended, now: Ended): boolean =>
  Math.abs(now.started_at - before.started_at) < 1 &&
  now.reset_at === before.reset_at &&
  names.every((name) => (now[name] ?? 0) >= (before[name] ?? 0));

const seenOf = (before: Counted, now: Counted): Seen => {
  const grown = (name: 'killed' | 'abandoned'): number => (now.row[name] ?? 0) - (before.row[name] ?? 0);
  const counts = { fatal: now.fatal - before.fatal, killed: grown('killed'), abandoned: grown('abandoned') };
  return { seconds: (now.at - before.at) / 1000, counts };
};

const ours = (reason: string, because: string): { missed: Missed } => ({ missed: { by: 'ours', reason, because } });

/** Opens the looks; the first one has nothing to compare with. */
export const openSessions = async (postgres: string, spec: Spec, world: World): Promise<Session<Seen>> => {
  const { io } = world;
  const asking = await openAsking({ ...spec, postgres }, world);
  const database = databaseOf(spec);
  let earlier: Counted | undefined;

  const lookAt = (row: Ended, own: number): Look<Seen> => {
    if (row.fatal === null)
      return ours('too_old', `PostgreSQL ${row.version} does not count how sessions end (14 and later do); name a log`);
    const before = earlier && isComparable(earlier.row, row) ? earlier : undefined;
    const now = { at: io.clock.monotonic(), row, fatal: Math.max(row.fatal - own, before?.fatal ?? -Infinity) };
    earlier = now;
    return { seen: before ? seenOf(before, now) : {} };
  };

  return {
    sample: async (tick) => {
      const asked = await asking.ask(tick, async (reached): Promise<Look<Seen>> => {
        const [found] = await reached.session.query(endedSql(io.postgres.literal(database)));
        if (found === undefined) return ours('unknown_database', `the server has no database ${database}`);
        const row = endedRow.parse(found);
        const pooler = poolerIn(reached, row.pid);
        return pooler ? { missed: pooler } : lookAt(row, reached.refusedByDatabase);
      });
      return ['missed' in asked ? asked : asked.answer];
    },
    close: () => asking.close(),
  };
};
