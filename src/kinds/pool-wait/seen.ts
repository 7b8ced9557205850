// What one look at a pool gives: how long callers waited since the look before, and who waits now.

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
  paused?: true;
  /** Nothing that was asked for exists: these selectors. */
  nothing?: string;
};

/** The fields that have a value. */
export const known = (seen: { [Name in keyof Seen]?: Seen[Name] | undefined }): Seen =>
  Object.fromEntries(Object.entries(seen).filter(([, value]) => value !== undefined));
