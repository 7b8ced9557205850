// What one look at a server gives, and how its rows are read.
import * as z from 'zod';
import type { Refused } from './refusal.ts';

const int = z.number().int();

/** Limits and use at one moment; counts are connections, without our own. */
export type Slots = {
  version: number;
  /** Epoch seconds of the server's clock. */
  startedAt: number;
  standby: boolean;
  maxConnections: number;
  superuserReserved: number;
  /** Slots that are kept for other roles (PostgreSQL 16 and later). */
  reserved: number;
  /** -1: no limit; null: there is no such role. */
  roleLimit: number | null;
  roleSuper: boolean | null;
  /** -1: no limit; null: there is no such database. */
  databaseLimit: number | null;
  used: number;
  usedByRole: number;
  usedInDatabase: number;
  active: number;
  idle: number;
  idleInTransaction: number;
  /** Still logging in; before PostgreSQL 18 such connections are invisible. */
  starting: number;
  /** Rows that our role may not look into: clients or parallel workers. */
  hidden: number;
  hiddenByRole: number;
  hiddenInDatabase: number;
  /** Our own sessions then, and whether they count against the role's and the database's limit, too. */
  own: number;
  ownRole: boolean;
  ownDatabase: boolean;
};

/** What presses on the slots. */
export type Pressure = {
  /** Sessions of the role that are idle in a transaction for longer than `idleInTransaction.olderThan`. */
  idleLong: number;
  /** Seconds that the oldest session of the role has been idle in a transaction; null: none is. */
  idleOldest: number | null;
  /** Sessions that ever began in the database, without ours; null before PostgreSQL 14. */
  sessions: number | null;
};

/** Connections of the same origin; empty texts where the server tells none. */
export type Holder = {
  role: string;
  database: string;
  application: string;
  client: string;
  state: string;
  connections: number;
  /** Of them, begun after `clock`. */
  began: number;
};

/** One look. Without `slots` no session could be had since the run began. */
export type Seen = {
  attempt: { ok: true } | { refused: Refused };
  /** Epoch seconds of the server's clock when the counts were taken. */
  dbNow?: number;
  /** Epoch seconds of the server's clock at our first look: `began` counts from here. */
  clock?: number;
  slots?: Slots;
  pressure?: Pressure;
  holders: Holder[];
  /** How we got in although every slot was taken; `refused`: not even so, and the code why. */
  breakGlass?: { by: 'walsender'; refused?: string };
  /** The counts are those of an earlier look: no session was left to ask. */
  stale?: true;
};

const capacityRow = z.object({
  pid: int,
  version: int,
  standby: z.boolean(),
  own_role: z.boolean(),
  own_database: z.boolean(),
  db_now: z.number(),
  started_at: z.number(),
  max_connections: int,
  superuser_reserved: int,
  reserved: int,
  role_limit: int.nullable(),
  role_super: z.boolean().nullable(),
  database_limit: int.nullable(),
  used: int,
  used_by_role: int,
  used_in_database: int,
  active: int,
  idle: int,
  idle_in_transaction: int,
  starting: int,
  hidden: int,
  hidden_by_role: int,
  hidden_in_database: int,
});

/** Reads the row of `capacitySql`; `own` is how many sessions we held. Throws a ZodError when it is not that row. */
export const readCapacity = (row: unknown, own: number): { pid: number; dbNow: number; slots: Slots } => {
  const read = capacityRow.parse(row);
  const slots: Slots = {
    version: read.version,
    startedAt: read.started_at,
    standby: read.standby,
    maxConnections: read.max_connections,
    superuserReserved: read.superuser_reserved,
    reserved: read.reserved,
    roleLimit: read.role_limit,
    roleSuper: read.role_super,
    databaseLimit: read.database_limit,
    used: read.used,
    usedByRole: read.used_by_role,
    usedInDatabase: read.used_in_database,
    active: read.active,
    idle: read.idle,
    idleInTransaction: read.idle_in_transaction,
    starting: read.starting,
    hidden: read.hidden,
    hiddenByRole: read.hidden_by_role,
    hiddenInDatabase: read.hidden_in_database,
    own,
    ownRole: read.own_role,
    ownDatabase: read.own_database,
  };
  return { pid: read.pid, dbNow: read.db_now, slots };
};

const holderRow = z.object({
  role: z.string(),
  database: z.string(),
  application: z.string(),
  client: z.string(),
  state: z.string(),
  connections: int,
  began: int,
});

/** Reads the rows of `holdersSql`. */
export const readHolders = (rows: readonly unknown[]): Holder[] => rows.map((row) => holderRow.parse(row));

const pressureRow = z.object({ sessions: z.number().nullable(), idle_long: int, idle_oldest: z.number().nullable() });

/** Reads the row of `pressureSql`; `opened` of the sessions that ever began in the database were ours. */
export const readPressure = (row: unknown, opened: number): Pressure => {
  const { sessions, idle_long, idle_oldest } = pressureRow.parse(row);
  return { idleLong: idle_long, idleOldest: idle_oldest, sessions: sessions === null ? null : sessions - opened };
};
