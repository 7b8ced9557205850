// The admin console of PgBouncer: three SHOW commands, columns by name, because their order changed between versions.
import type { PostgresSession } from '../../kit/index.ts';

type Row = Record<string, unknown>;

/** The numbers of one PgBouncer process that the wait is made from. Counters since its start. */
export interface Console {
  /** Callers that wait now, and seconds that the oldest of them has waited. */
  waiting: number;
  longest: number;
  /** Server connections of all states, those handed out, and how many there may be. */
  servers: number;
  inUse: number;
  poolSize: number;
  paused: boolean;
  /** Microseconds that served callers have waited. */
  waitMicros: number;
  /** Connections handed out; undefined where this version and pool mode do not count them. */
  acquires: number | undefined;
}

/** The database is not known to this PgBouncer. */
export interface Unknown {
  unknown: string[];
}

/** Asks the console. Throws what the session throws. */
export const readConsole = async (
  session: PostgresSession,
  target: { database: string; user?: string | undefined },
): Promise<Console | Unknown> => {
  const pools = await session.query('SHOW POOLS');
  const stats = await session.query('SHOW STATS');
  const databases = await session.query('SHOW DATABASES');
  return consoleOf({ pools, stats, databases }, target);
};

/** Reads the rows of the three commands. */
export const consoleOf = (
  { pools, stats, databases }: { pools: Row[]; stats: Row[]; databases: Row[] },
  { database, user }: { database: string; user?: string | undefined },
): Console | Unknown => {
  const mine = pools.filter((row) => row['database'] === database && (user === undefined || row['user'] === user));
  const settings = databases.find((row) => row['name'] === database);
  if (!settings && mine.length === 0) return { unknown: databases.map((row) => String(row['name'])) };
  const sum = (...columns: string[]): number =>
    mine.reduce((all, row) => all + columns.reduce((each, column) => each + (number(row, column) ?? 0), 0), 0);
  const counted = stats.find((row) => row['database'] === database) ?? {};
  return {
    waiting: sum('cl_waiting'),
    longest: Math.max(0, ...mine.map((row) => (number(row, 'maxwait') ?? 0) + (number(row, 'maxwait_us') ?? 0) / 1e6)),
    servers: sum('sv_active', 'sv_idle', 'sv_used', 'sv_tested', 'sv_login'),
    inUse: sum('sv_active'),
    poolSize: (number(settings ?? {}, 'pool_size') ?? 0) * Math.max(1, mine.length),
    paused: [settings?.['paused'], settings?.['disabled']].some((flag) => Number(flag ?? 0) !== 0),
    waitMicros: number(counted, 'total_wait_time') ?? 0,
    acquires: acquiresOf(counted, mine),
  };
};

/** int4 comes as a number, numeric as a text; both are far below 2^53 (285 years of microseconds). */
const number = (row: Row, column: string): number | undefined => {
  const value = row[column];
  return value === undefined || value === null ? undefined : Number(value);
};

/**
 * From 1.23 on assignments are counted. Before, a transaction is one assignment in transaction mode and a query is one in
 * statement mode; in session mode nothing tells.
 */
const acquiresOf = (stats: Row, pools: readonly Row[]): number | undefined => {
  const assignments = number(stats, 'total_server_assignment_count');
  if (assignments !== undefined) return assignments;
  const modes = new Set(pools.map((row) => row['pool_mode']));
  if (modes.size !== 1) return undefined;
  if (modes.has('transaction')) return number(stats, 'total_xact_count');
  return modes.has('statement') ? number(stats, 'total_query_count') : undefined;
};
