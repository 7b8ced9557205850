// What is wrong with a pool at one look. The four ways in which a mean lies come before the mean.
import { duration, type Fault, plural } from '../../kit/index.ts';
import { callersText, momentText } from './moment.ts';
import type { Seen } from './seen.ts';
import { crowded, longTail, slow, slowProbe } from './slowness.ts';
import type { Spec } from './spec.ts';

/** Why this look is bad; undefined when it is not. `fewest`: a mean over fewer acquires says nothing. */
export const faultOf = (seen: Seen, spec: Spec, fewest: number): Fault | undefined =>
  refused(seen) ??
  slowProbe(seen, spec) ??
  paused(seen) ??
  noServers(seen) ??
  cannotGrow(seen) ??
  stuck(seen) ??
  tooLong(seen, spec) ??
  gaveUp(seen) ??
  slow(seen, spec, fewest) ??
  crowded(seen, spec) ??
  longTail(seen, spec, fewest) ??
  queueing(seen);

/** What to do about each way in which our own acquire may be refused; the first two are not the release's alone. */
const refusals = {
  paused: {
    asks: 'block',
    next: 'RESUME or ENABLE the database on the console of PgBouncer, or find out who paused it',
  },
  no_servers: {
    asks: 'block',
    next: 'the server refuses the pool or is down: see the db-connections check, then the log of PgBouncer',
  },
  pool_full: { next: 'look which clients hold connections to PgBouncer (SHOW CLIENTS), then at max_client_conn' },
  waits_too_long: { next: 'look for slow statements and long transactions that hold the connections' },
} as const;

const refused = ({ refused: refusal }: Seen): Fault | undefined =>
  refusal && { ...refusals[refusal.reason], reason: refusal.reason, because: refusal.because };

const isWaiting = ({ waiting = 0 }: Seen): boolean => waiting > 0;

const waitingNumber = ({ waiting = 0 }: Seen): Pick<Fault, 'value' | 'unit'> => ({
  value: waiting,
  unit: 'callers waiting',
});

const paused = (seen: Seen): Fault | undefined =>
  seen.paused && {
    asks: 'block',
    reason: 'paused',
    because: `the pool is paused or disabled in PgBouncer${momentText(seen)}`,
    next: 'RESUME or ENABLE the database on the console of PgBouncer, or find out who paused it',
    ...waitingNumber(seen),
  };

/** Clients that wait for a login count no wait at all, so that maxwait stays 0. */
const noServers = (seen: Seen): Fault | undefined =>
  isWaiting(seen) && seen.servers === 0
    ? {
        asks: 'block',
        reason: 'no_servers',
        because: `${callersText(seen)}, and the pool has no server connection at all`,
        next: 'the server refuses the pool or is down: see the db-connections check, then the log of PgBouncer',
        ...waitingNumber(seen),
      }
    : undefined;

const cannotGrow = (seen: Seen): Fault | undefined =>
  isWaiting(seen) && !seen.capped && seen.servers !== undefined && seen.max !== undefined && seen.servers < seen.max
    ? {
        asks: 'block',
        reason: 'cannot_grow',
        because: `the pool cannot grow: ${seen.servers} of ${seen.max} server connections, ${callersText(seen)}`,
        next: 'the server refuses further connections: see the db-connections check',
        ...waitingNumber(seen),
      }
    : undefined;

/**
 * Waits are counted when they end, so that a pool in which nobody is served reads 0 ms. PgBouncer before 1.23 counts
 * transactions on arrival: there, the oldest caller has waited for longer than the look before while no wait ended.
 */
const nobodyServed = ({ seconds, acquires, waited, longest }: Seen): boolean => {
  if (seconds === undefined) return false;
  return acquires === 0 || (waited === 0 && longest !== undefined && longest >= seconds);
};

const stuck = (seen: Seen): Fault | undefined =>
  isWaiting(seen) && nobodyServed(seen)
    ? {
        reason: 'stuck',
        because: `the pool is stuck: nobody was served in ${duration((seen.seconds ?? 0) * 1000)}${oldest(seen)}${momentText(seen)} (a mean would read 0 ms)`,
        next: 'look for connections that are never given back or sit idle in transaction: a missing release or COMMIT',
        ...waitingNumber(seen),
      }
    : undefined;

const oldest = ({ longest }: Seen): string =>
  longest === undefined ? '' : `, the oldest waits for ${duration(longest * 1000)}`;

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
