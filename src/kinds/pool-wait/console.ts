// The admin console of PgBouncer: SHOW commands, columns by name, because their order changed between versions.
import type { PostgresSession } from '../../kit/index.ts';
import { originsOf, type Origins, type Target } from './origins.ts';

type Row = Record<string, unknown>;

/** The numbers of one PgBouncer process that the wait is made from. Counters since its start. */
export interface Console extends Origins {
  /** Callers that wait now, and seconds that the oldest of them has waited. */
  waiting: number;
  longest: number;
  /** Server connections of all states, those handed out, and how many there may be. */
  servers: number;
  inUse: number;
  poolSize: number;
  /** The database has as many server connections as max_db_connections allows. */
  capped: boolean;
  paused: boolean;
  /** All databases together: PAUSE or SUSPEND was given without a database, which SHOW DATABASES does not show. */
  halted?: 'paused' | 'suspended';
  /** This version does not tell whether it is halted. */
  untold?: true;
  /** Microseconds that served callers have waited. */
  waitMicros: number;
  /** Connections handed out; undefined where this version and pool mode do not count them. */
  acquires: number | undefined;
}

/** The database is not known to this PgBouncer. */
export interface Unknown {
  unknown: string[];
}

/** The rows of the commands; `clients` only where somebody waits, `state` from 1.19 on. */
export interface Rows {
  pools: Row[];
  stats: Row[];
  databases: Row[];
  clients?: Row[];
  state?: Row[] | undefined;
}

/** Asks the console; `tellsState`: it knows SHOW STATE. Throws what the session throws. */
export const readConsole = async (
  { session, tellsState }: { session: PostgresSession; tellsState: boolean },
  target: Target,
): Promise<Console | Unknown> => {
  const pools = await session.query('SHOW POOLS');
  const stats = await session.query('SHOW STATS');
  const databases = await session.query('SHOW DATABASES');
  const isWaiting = poolsOf(pools, target).some((row) => (number(row, 'cl_waiting') ?? 0) > 0);
  // A row for each client, thousands perhaps: only when there is a queue to explain.
  const clients = isWaiting ? await session.query('SHOW CLIENTS') : [];
  const state = tellsState ? await session.query('SHOW STATE') : undefined;
  return consoleOf({ pools, stats, databases, clients, state }, target);
};

const poolsOf = (pools: readonly Row[], { database, user }: Target): Row[] =>
  pools.filter((row) => row['database'] === database && (user === undefined || row['user'] === user));

/** Reads the rows of the commands. */
export const consoleOf = (
  { pools, stats, databases, clients = [], state }: Rows,
  target: Target,
): Console | Unknown => {
  const mine = poolsOf(pools, target);
  const settings = databases.find((row) => row['name'] === target.database);
  if (!settings && mine.length === 0) return { unknown: databases.map((row) => String(row['name'])) };
  const sum = (...columns: string[]): number =>
    mine.reduce((all, row) => all + columns.reduce((each, column) => each + (number(row, column) ?? 0), 0), 0);
  const counted = stats.find((row) => row['database'] === target.database);
  return {
    waiting: sum('cl_waiting'),
    longest: Math.max(0, ...mine.map((row) => (number(row, 'maxwait') ?? 0) + (number(row, 'maxwait_us') ?? 0) / 1e6)),
    servers: sum('sv_active', 'sv_idle', 'sv_used', 'sv_tested', 'sv_login'),
    inUse: sum('sv_active'),
    poolSize: (number(settings ?? {}, 'pool_size') ?? 0) * Math.max(1, mine.length),
    capped: isCapped(settings ?? {}),
    paused: [settings?.['paused'], settings?.['disabled']].some((flag) => Number(flag ?? 0) !== 0),
    waitMicros: number(counted ?? {}, 'total_wait_time') ?? 0,
    // Before its first client a database has no row: nothing was handed out yet.
    acquires: counted ? acquiresOf(counted, mine) : 0,
    ...originsOf(clients, target),
    ...haltOf(state),
  };
};

/** Rows of key and value: active, paused and suspended, each yes or no. */
const haltOf = (state: readonly Row[] | undefined): Pick<Console, 'halted' | 'untold'> => {
  if (state === undefined) return { untold: true };
  const halted = (['paused', 'suspended'] as const).find((one) =>
    state.some(({ key, value }) => key === one && value === 'yes'),
  );
  return halted === undefined ? {} : { halted };
};

/** int4 comes as a number, numeric as a text; both are far below 2^53 (285 years of microseconds). */
const number = (row: Row, column: string): number | undefined => {
  const value = row[column];
  return value === undefined || value === null ? undefined : Number(value);
};

/** 0 is no limit. */
const isCapped = (settings: Row): boolean => {
  const limit = number(settings, 'max_connections') ?? 0;
  return limit > 0 && (number(settings, 'current_connections') ?? 0) >= limit;
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
