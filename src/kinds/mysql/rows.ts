// How the rows of MySQL and MariaDB are read into the shapes of an observation.
import * as z from 'zod';
import type { Holder, Pressure, Slots } from '../database/slots.ts';
import type { OwnRefusals } from './door.ts';

/** The driver gives decimals and numbers beyond 2^53 as texts. */
const number = z.coerce.number();
const int = number.int();

const limitsRow = z.object({
  pid: int,
  version: z.string(),
  db_now: number,
  max_connections: int,
  role_limit: int,
  own_limit: int,
  standby: int,
  /** Connections that MariaDB's extra_port may have beside max_connections; 0 without one. */
  extra_most: int.default(0),
});

export type Limits = z.output<typeof limitsRow>;

/** Reads the row of `limitsSql`. Throws a ZodError when it is not that row. */
export const readLimits = (row: unknown): Limits => limitsRow.parse(row);

const statusRow = z.object({ Variable_name: z.string(), Value: number });

export type Status = (name: string) => number;

/** Reads the rows of `statusSql`: the value of a counter; 0 where the server has no such counter. */
export const readStatus = (rows: readonly unknown[]): Status => {
  const read = rows.map((row) => statusRow.parse(row));
  const values = new Map(read.map(({ Variable_name, Value }) => [Variable_name, Value]));
  return (name) => values.get(name) ?? 0;
};

const accountRow = z.object({ role_limit: int, super: int });

export type Account = z.output<typeof accountRow>;

/** Reads the rows of `accountsSql`. */
export const readAccounts = (rows: readonly unknown[]): Account[] => rows.map((row) => accountRow.parse(row));

const holderRow = z.object({
  role: z.string(),
  db: z.string(),
  application: z.string(),
  client: z.string(),
  mine: int,
  state: z.string(),
  connections: int,
  began: int,
  idle_long: int,
  idle_oldest: number.nullable(),
});

export type HolderRow = z.output<typeof holderRow>;

/** Reads the rows of `holdersSql`. */
export const readRows = (rows: readonly unknown[]): HolderRow[] => rows.map((row) => holderRow.parse(row));

/** Everything that one look asked for. */
export interface Answers {
  limits: Limits;
  status: Status;
  /** undefined: our role may not read the accounts. */
  accounts: Account[] | undefined;
  rows: HolderRow[];
  /** Whether the connections of others are listed, too. */
  seesAll: boolean;
  own: { role: string; refused: Readonly<OwnRefusals>; opened: number };
}

const sum = (rows: readonly HolderRow[], what: 'connections' | 'idle_long' = 'connections'): number =>
  rows.reduce((all, row) => all + row[what], 0);

/** Several accounts of one name (one per host) each have a limit of their own: together they may have the sum. */
const accountLimit = (accounts: readonly Account[], ofServer: number): number => {
  const limits = accounts.map(({ role_limit }) => (role_limit > 0 ? role_limit : ofServer));
  return limits.includes(0) ? -1 : limits.reduce((all, limit) => all + limit, 0);
};

/** -1: no limit; null: no such account. Without the accounts only the server's limit is known, and that of our own account. */
const roleLimitOf = ({ limits, accounts, own }: Answers, role: string): number | null => {
  if (accounts?.length === 0) return null;
  if (accounts !== undefined) return accountLimit(accounts, limits.role_limit);
  const limit = own.role === role ? limits.own_limit : limits.role_limit;
  return limit > 0 ? limit : -1;
};

/**
 * Connections of others through MariaDB's extra_port: listed like any other, but not in Threads_connected, because they
 * take no slot. Ours comes through the port of its URL, which is taken to be the ordinary one.
 */
const throughExtraPort = (listed: number, { limits, status }: Answers): number =>
  Math.max(0, Math.min(limits.extra_most, listed - status('Threads_connected')));

/** Limits and use. The server itself says how many are connected, so that hidden connections are without a name, but counted. */
export const slotsOf = (answers: Answers, role: string, database: string | undefined): Slots => {
  const { limits, status, rows, seesAll, accounts, own } = answers;
  const others = rows.filter(({ mine }) => mine === 0);
  const listed = sum(others);
  const used = seesAll
    ? listed - throughExtraPort(sum(rows), answers)
    : Math.max(listed, status('Threads_connected') - sum(rows.filter(({ mine }) => mine === 1)));
  const unnamed = used - listed;
  const inState = (state: string): number => sum(others.filter((row) => row.state === state));
  return {
    version: versionOf(limits.version),
    startedAt: Math.round(limits.db_now - status('Uptime')),
    standby: limits.standby === 1,
    maxConnections: limits.max_connections,
    superuserReserved: 0,
    reserved: 0,
    roleLimit: roleLimitOf(answers, role),
    roleSuper: accounts === undefined ? null : accounts.some((account) => account.super === 1),
    databaseLimit: -1,
    used,
    usedByRole: sum(others.filter((row) => row.role === role)),
    usedInDatabase: sum(others.filter((row) => row.db === database)),
    active: inState('active'),
    idle: inState('idle'),
    idleInTransaction: inState('idle in transaction'),
    starting: inState('starting'),
    hidden: 0,
    hiddenByRole: own.role === role ? 0 : unnamed,
    hiddenInDatabase: unnamed,
    own: sum(rows.filter(({ mine }) => mine === 1)) > 0 ? 1 : 0,
    ownRole: own.role === role,
    ownDatabase: false,
    ...(unnamed > 0 ? { unnamed } : {}),
  };
};

/** `10.11.19-MariaDB` → 101119, `8.4.3` → 80403. */
const versionOf = (text: string): number => {
  const [major = 0, minor = 0, patch = 0] = (/^\d+\.\d+\.\d+/.exec(text)?.[0] ?? '').split('.').map(Number);
  return major * 10_000 + minor * 100 + patch;
};

/** What presses on the slots; counts of the server are without ours. */
export const pressureOf = ({ status, rows, own }: Answers, role: string): Pressure => {
  const theirs = rows.filter((row) => row.mine === 0 && row.role === role);
  const oldest = theirs.flatMap(({ idle_oldest }) => idle_oldest ?? []);
  const { aborted, noSlot } = own.refused;
  return {
    idleLong: sum(theirs, 'idle_long'),
    idleOldest: oldest.length === 0 ? null : Math.max(...oldest),
    // Refused before the greeting, an attempt is not in Connections.
    sessions: status('Connections') - own.opened - (aborted - noSlot),
    refused: {
      noSlot: status('Connection_errors_max_connections') - noSlot,
      aborted: status('Aborted_connects') - aborted,
    },
  };
};

/** So many origins are kept; the largest come first. */
const most = 200;

/** Who holds the connections, without ours. */
export const holdersOf = (rows: readonly HolderRow[]): Holder[] =>
  rows
    .filter(({ mine }) => mine === 0)
    .slice(0, most)
    .map(({ role, db, application, client, state, connections, began }) => ({
      role,
      database: db,
      application,
      client,
      state,
      connections,
      began,
    }));
