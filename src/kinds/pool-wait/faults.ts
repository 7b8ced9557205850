// What is wrong with a pool at one look. The four ways in which a mean lies come before the mean.
import { duration, type Fault, plural } from '../../kit/index.ts';
import { momentText } from './moment.ts';
import type { Seen } from './seen.ts';
import { type Bar, crowded, longTail, slow, slowProbe } from './slowness.ts';
import type { Spec } from './spec.ts';
import { isWaiting, standstill, waitingNumber } from './standstill.ts';

/** Why this look is bad; undefined when it is not. `bar`: what the mean is held against. */
export const faultOf = (seen: Seen, spec: Spec, bar: Bar): Fault | undefined =>
  refused(seen) ??
  slowProbe(seen, spec) ??
  standstill(seen) ??
  tooLong(seen, spec) ??
  gaveUp(seen) ??
  slow(seen, spec, bar) ??
  crowded(seen, spec) ??
  longTail(seen, spec, bar.fewest) ??
  queueing(seen);

/** What to do about each way in which our own acquire may be refused; the first two are not the release's alone. */
const refusals = {
  paused: {
    asks: 'block',
    next: 'RESUME or ENABLE the database on the console of PgBouncer, or find out who paused it',
  },
  no_servers: {
    asks: 'block',
    next: 'see the db-connections check, then the log of PgBouncer: the server refuses the pool or is down',
  },
  pool_full: { next: 'look which clients hold connections to PgBouncer (SHOW CLIENTS), then at max_client_conn' },
  waits_too_long: { next: 'look for slow statements and long transactions that hold the connections' },
} as const;

const refused = ({ refused: refusal }: Seen): Fault | undefined =>
  refusal && { ...refusals[refusal.reason], reason: refusal.reason, because: refusal.because };

const tooLong = (seen: Seen, { limits }: Spec): Fault | undefined =>
  seen.longest !== undefined && seen.longest * 1000 >= limits.longest
    ? {
        reason: 'waits_too_long',
        because: `the oldest caller waits for ${duration(seen.longest * 1000)} (limit ${duration(limits.longest)})${momentText(seen)}`,
        next: 'look for slow statements and long transactions that hold the connections',
        value: seen.longest * 1000,
        limit: limits.longest,
        unit: 'ms',
      }
    : undefined;

const gaveUp = (seen: Seen): Fault | undefined =>
  seen.timeouts !== undefined && seen.timeouts > 0
    ? {
        asks: 'block',
        reason: 'gave_up',
        because: `${plural(seen.timeouts, 'caller')} gave up waiting for a connection in ${duration((seen.seconds ?? 0) * 1000)}${momentText(seen)}`,
        next: 'compare the size of the pool with the load, and look for connections that are held for long',
        value: seen.timeouts,
        limit: 0,
        unit: 'callers gone',
      }
    : undefined;

/** Where only the gauge is known, callers that wait at every look are all that can be told. */
const queueing = (seen: Seen): Fault | undefined =>
  isWaiting(seen) && seen.seconds !== undefined && seen.acquires === undefined && seen.waited === undefined
    ? {
        asks: 'block',
        reason: 'queueing',
        because: `callers queue${momentText(seen)}; how long they wait is not measured`,
        next: 'compare the size of the pool with that of the release before',
        ...waitingNumber(seen),
      }
    : undefined;
