// How the rows of Postgres are read into the shapes of an observation.
import * as z from 'zod';
import type { Holder, Pressure, Slots } from '../database/slots.ts';

const int = z.number().int();

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
