// What presses on the slots before they run out: transactions left open, and sessions that come and go too fast.
import { duration, type Fault, plural, type Sample } from '../../kit/index.ts';
import { labelOf, sum } from './holders.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';
import { wordsFor } from './words.ts';

/** `7 sessions of role auth_svc idle in a transaction for longer than 30 s, the oldest for 95 s`; empty for none. */
export const idleText = ({ pressure }: Seen, { role, idleInTransaction }: Spec): string => {
  if (!pressure || pressure.idleLong === 0) return '';
  const sessions = plural(pressure.idleLong, 'session');
  const oldest = duration((pressure.idleOldest ?? 0) * 1000);
  return `${sessions} of role ${role} idle in a transaction for longer than ${duration(idleInTransaction.olderThan)}, the oldest for ${oldest}`;
};

/** Too many transactions left open: they hold their connections, their locks, and old rows. */
export const idleFault = (seen: Seen, spec: Spec): Fault | undefined => {
  const { max } = spec.idleInTransaction;
  const { pressure } = seen;
  if (!pressure || pressure.idleLong <= max) return undefined;
  const who = mostIdle(seen, spec);
  return {
    asks: 'block',
    reason: 'idle_in_transaction',
    because: `${idleText(seen, spec)} (limit ${max})${who ? `; ${who.label} has ${who.connections} in that state` : ''}`,
    next: `look for a missing COMMIT or release${who ? ` in ${who.label}` : ''}: ${wordsFor(seen).idle}`,
    value: pressure.idleLong,
    limit: max,
    unit: 'sessions',
  };
};

const mostIdle = ({ holders }: Seen, { role }: Spec): { label: string; connections: number } | undefined => {
  const idle = holders.filter((holder) => holder.role === role && holder.state.startsWith('idle in transaction'));
  return [...new Set(idle.map(labelOf))]
    .map((label) => ({ label, connections: sum(idle.filter((holder) => labelOf(holder) === label)) }))
    .sort((a, b) => b.connections - a.connections)[0];
};

/** Over a shorter time a rate says nothing (seconds). */
const shortest = 1;

/**
 * Sessions that began per second between two looks, without ours; undefined before PostgreSQL 14, after a restart, and
 * over less than a second.
 */
export const churnBetween = (earlier: Seen | undefined, later: Seen): number | undefined => {
  const [from, to] = [earlier?.pressure?.sessions ?? undefined, later.pressure?.sessions ?? undefined];
  if (from === undefined || to === undefined || earlier?.dbNow === undefined || later.dbNow === undefined)
    return undefined;
  const seconds = later.dbNow - earlier.dbNow;
  return to < from || seconds < shortest ? undefined : (to - from) / seconds;
};

/** More sessions per second than `churn.warn`. */
export const churnFault = (earlier: Seen | undefined, seen: Seen, spec: Spec): Fault | undefined => {
  const rate = churnBetween(earlier, seen);
  if (spec.churn === undefined || rate === undefined || rate <= spec.churn.warn) return undefined;
  return {
    asks: 'warn',
    reason: 'churn',
    because: `${churnText(rate)} (limit ${spec.churn.warn})`,
    next: 'look for a pool that is missing, or that closes its connections after each use: every new session costs the server a process and a login',
    value: Math.round(rate * 10) / 10,
    limit: spec.churn.warn,
    unit: 'sessions/s',
  };
};

/** `12.5 new sessions per second`. */
export const churnText = (rate: number): string => `${Math.round(rate * 10) / 10} new sessions per second`;

/** Logins that were refused from one look to another; undefined where the server does not count them, or began anew. */
const refusedBetween = (from: Seen | undefined, to: Seen): { noSlot: number; aborted: number } | undefined => {
  const [before, after] = [from?.pressure?.refused, to.pressure?.refused];
  if (!before || !after) return undefined;
  const grown = { noSlot: after.noSlot - before.noSlot, aborted: after.aborted - before.aborted };
  return grown.noSlot < 0 || grown.aborted < 0 ? undefined : grown;
};

/** `30 logins failed since the baseline (Aborted_connects)`; empty for none. */
export const abortedText = (before: Seen | undefined, seen: Seen): string => {
  const aborted = refusedBetween(before, seen)?.aborted ?? 0;
  return aborted === 0 ? '' : `${plural(aborted, 'login')} failed since the baseline (Aborted_connects)`;
};

/** The server was full at some moment since the first look, although no look saw it. */
export const refusedLoginsFault = (first: Seen | undefined, seen: Seen): Fault | undefined => {
  const refused = refusedBetween(first, seen);
  if (!refused || refused.noSlot === 0) return undefined;
  const { noSlot, aborted } = refused;
  const all = `${Math.max(aborted, noSlot)} failed in all (Aborted_connects)`;
  return {
    asks: 'block',
    reason: 'refused_logins',
    because: `${plural(noSlot, 'login')} found no slot between the looks (Connection_errors_max_connections), ${all}`,
    next: 'the server is full at moments: look for pools that open many connections at once, and for jobs that run for seconds',
    value: noSlot,
    limit: 0,
    unit: 'logins',
  };
};

/** The look before this one of the same server. */
export const lookBefore = (samples: readonly Sample<Seen>[], sample: Sample<Seen>): Seen | undefined => {
  const earlier = samples.findLast((other) => 'seen' in other && other.at < sample.at && other.seen.pressure);
  return earlier && 'seen' in earlier ? earlier.seen : undefined;
};
