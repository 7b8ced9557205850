// The four ways in which a mean lies, because waits are counted when they end: paused, no servers, cannot grow, stuck.
import { duration, type Fault } from '../../kit/index.ts';
import { callersText, momentText } from './moment.ts';
import type { Seen } from './seen.ts';

export const isWaiting = ({ waiting = 0 }: Seen): boolean => waiting > 0;

/** The number of such a fault. */
export const waitingNumber = ({ waiting = 0 }: Seen): Pick<Fault, 'value' | 'unit'> => ({
  value: waiting,
  unit: 'callers waiting',
});

/** Why nobody, or not everybody, can be served; undefined when that is not so. */
export const standstill = (seen: Seen): Fault | undefined =>
  halted(seen) ?? paused(seen) ?? noServers(seen) ?? cannotGrow(seen) ?? stuck(seen);

const haltWords = {
  paused: 'PgBouncer is paused as a whole (PAUSE without a database)',
  suspended: 'PgBouncer is suspended (SUSPEND)',
} as const;

/** PAUSE without a database leaves `paused` of each database at 0. */
const halted = (seen: Seen): Fault | undefined =>
  seen.halted && {
    asks: 'block',
    reason: 'paused',
    because: `${haltWords[seen.halted]}${momentText(seen)}`,
    next: 'RESUME on the console of PgBouncer, or find out who halted it',
    ...waitingNumber(seen),
  };

const paused = (seen: Seen): Fault | undefined =>
  seen.paused && {
    asks: 'block',
    reason: 'paused',
    because: `the pool is paused or disabled in PgBouncer${momentText(seen)}`,
    next: 'RESUME or ENABLE the database on the console of PgBouncer, or find out who paused it',
    ...waitingNumber(seen),
  };

/** What a PgBouncer that is halted looks like, where it does not tell. */
const orHalted = ', or PgBouncer is paused as a whole, which it does not tell before 1.19';
const resume = 'RESUME on the console of PgBouncer if somebody gave PAUSE; else ';

/** Clients that wait for a login count no wait at all, so that maxwait stays 0. A PAUSE closes all servers, too. */
const noServers = (seen: Seen): Fault | undefined =>
  isWaiting(seen) && seen.servers === 0
    ? {
        asks: 'block',
        reason: 'no_servers',
        because: `${callersText(seen)}, and the pool has no server connection at all${seen.untold ? `: the server is down or refuses it${orHalted}` : ''}`,
        next: `${seen.untold ? resume : ''}see the db-connections check, then the log of PgBouncer: the server refuses the pool or is down`,
        ...waitingNumber(seen),
      }
    : undefined;

const cannotGrow = (seen: Seen): Fault | undefined =>
  isWaiting(seen) && !seen.capped && seen.servers !== undefined && seen.max !== undefined && seen.servers < seen.max
    ? {
        asks: 'block',
        reason: 'cannot_grow',
        because: `the pool cannot grow: ${seen.servers} of ${seen.max} server connections, ${callersText(seen)}`,
        next: `${seen.untold ? resume : ''}see the db-connections check, because the server refuses further connections; rolling back first may need more of them while both releases run`,
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

/** A stuck pool has its connections in use; where none is, nobody hands them out: SUSPEND looks like that. */
const isPausedOrStuck = ({ untold, inUse }: Seen): boolean => untold === true && inUse === 0;

const stuck = (seen: Seen): Fault | undefined => {
  if (!isWaiting(seen) || !nobodyServed(seen)) return undefined;
  const perhapsPaused = isPausedOrStuck(seen);
  const held = 'look for connections that are never given back or sit idle in transaction: a missing release or COMMIT';
  return {
    ...(perhapsPaused ? { asks: 'block' as const } : {}),
    reason: 'stuck',
    because: `the pool is ${perhapsPaused ? 'paused or ' : ''}stuck: nobody was served in ${duration((seen.seconds ?? 0) * 1000)}${oldest(seen)}${momentText(seen)} (a mean would read 0 ms)`,
    next: `${perhapsPaused ? resume : ''}${held}`,
    ...waitingNumber(seen),
  };
};

const oldest = ({ longest }: Seen): string =>
  longest === undefined ? '' : `, the oldest waits for ${duration(longest * 1000)}`;
