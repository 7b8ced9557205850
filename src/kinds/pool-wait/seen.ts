// What one look at a pool gives: how long callers waited since the look before, and who waits now.

/** Callers of one application_name. */
export type Origin = { application: string; callers: number };

/** A way in which an acquire of our own was refused. */
export type RefusedAcquire = { reason: 'pool_full' | 'no_servers' | 'paused' | 'waits_too_long'; because: string };

/** Counts since the look before, gauges of the moment. Absent: not known (a first look, a metric that was not named). */
export type Seen = {
  /** Seconds since the look before. */
  seconds?: number;
  /** Seconds that served callers have waited, in all. */
  waited?: number;
  /** Connections handed out. */
  acquires?: number;
  /** Callers that gave up. */
  timeouts?: number;
  /** Callers that wait now. */
  waiting?: number;
  /** Seconds that the oldest waiting caller has waited; only PgBouncer tells it. */
  longest?: number;
  inUse?: number;
  max?: number;
  /** Server connections of the pool, of whatever state; only PgBouncer tells them. */
  servers?: number;
  /** PgBouncer itself forbids more server connections: max_db_connections is reached. */
  capped?: true;
  paused?: true;
  /** PgBouncer as a whole is paused or suspended, not this database alone. */
  halted?: 'paused' | 'suspended';
  /** Callers wait, and this PgBouncer (before 1.19) does not tell whether it is paused as a whole. */
  untold?: true;
  /** Whose callers wait, and who has a connection; PgBouncer from 1.18 on, while somebody waits. */
  waiters?: Origin[];
  holders?: Origin[];
  /** Waits by upper bound (milliseconds): how many were at most so long; and how many there were in all. */
  buckets?: [bound: number, waits: number][];
  observed?: number;
  /** Milliseconds that an acquire of our own took, or why it was refused. */
  probed?: number;
  refused?: RefusedAcquire;
  /** Nothing that was asked for exists: these selectors. */
  nothing?: string;
};

/** The fields that have a value. */
export const known = (seen: { [Name in keyof Seen]?: Seen[Name] | undefined }): Seen =>
  Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined));
