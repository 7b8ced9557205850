// What a database server tells of its connection slots, whichever server it is: the shapes of an observation.
import type { Missed } from '../../kit/index.ts';

/**
 * What ran out: ordinary slots, every slot (the superuser's too), server processes (sockets that never log in),
 * the role's own limit, or the database's own limit.
 */
export type Scope = 'slots' | 'all_slots' | 'processes' | 'role' | 'database';

/** Refused for lack of slots: that is a measurement. */
export type Refused = { code: string; routine: string; scope: Scope };

/** What the refusal was about, or why nothing could be measured. */
export type Refusal = { refused: Refused } | { missed: Missed };

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
  /** Counted, but hidden from our role, so that nobody knows whose they are. */
  unnamed?: number;
};

/** What presses on the slots. */
export type Pressure = {
  /** Sessions of the role that are idle in a transaction for longer than `idleInTransaction.olderThan`. */
  idleLong: number;
  /** Seconds that the oldest session of the role has been idle in a transaction; null: none is. */
  idleOldest: number | null;
  /** Sessions that ever began in the database (MySQL: on the server), without ours; null before PostgreSQL 14. */
  sessions: number | null;
  /**
   * Logins that the server ever refused, without ours: for lack of slots, and for whatever reason. Only MySQL and MariaDB
   * count them, and those that were refused while the spare slot was free are in the second number alone.
   */
  refused?: { noSlot: number; aborted: number };
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
