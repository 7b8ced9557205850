// Faults of the near future: slots that will be used up soon, and a roll-out that will not fit when it is complete.
import { duration, type Fault, plural, type Sample, secondsUntil } from '../../kit/index.ts';
import type { Holder, Slots } from '../database/slots.ts';
import { useFault } from './faults.ts';
import { inScope, isForeign, labelOf, ownerOf, sum, unknownIn } from './holders.ts';
import { type Use, usesOf, useText } from './limits.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Looks that the forecast is made from: the newest ones. */
const window = 12;

/** A limit that is being filled, and in how many seconds nothing will be free. */
export interface Filling {
  use: Use;
  seconds: number;
  /** The oldest look that the forecast rests on. */
  since: Seen;
}

type Counted = Seen & { slots: Slots };

const isCounted = (seen: Seen): seen is Counted => seen.slots !== undefined && seen.stale === undefined;

/** The limit that is full first when the growth of these looks (of one server, in time order) goes on. */
export const fillingIn = (samples: readonly Sample<Seen>[], spec: Spec): Filling | undefined => {
  const looks = samples
    .slice(-window)
    .flatMap((sample) => ('seen' in sample && isCounted(sample.seen) ? [{ at: sample.at, seen: sample.seen }] : []));
  const [since, last] = [looks[0]?.seen, looks.at(-1)?.seen];
  if (!since || !last) return undefined;
  const fillings = usesOf(last.slots, spec).flatMap((use): Filling[] => {
    const points = looks.flatMap(({ at, seen }) =>
      usesOf(seen.slots, spec).flatMap(({ name, used }) => (name === use.name ? [{ at, value: used }] : [])),
    );
    const seconds = secondsUntil(points, use.limit - use.own);
    return seconds === undefined ? [] : [{ use, seconds, since }];
  });
  return fillings.sort((a, b) => a.seconds - b.seconds)[0];
};

/** `full in about 90 s if it goes on like this`. */
export const fillingText = ({ seconds }: Filling): string =>
  `full in about ${duration(seconds * 1000)} if it goes on like this`;

/** Below `forecast.from` pools just fill. */
const isWorthIt = ({ used, limit }: Use, { forecast }: Spec): boolean => used >= forecast.from * limit;

/**
 * Slots that will be used up within `forecast.within`. It asks for a rollback only when at least half of the growth since
 * the baseline, and of the growth that the forecast rests on, is the release's. `fill` gives the forecast from the looks up to this one.
 */
export const fillingFault = (
  seen: Seen,
  before: Seen | undefined,
  fill: () => Filling | undefined,
  spec: Spec,
): Fault | undefined => {
  // Most looks end here, before anything is computed.
  if (!seen.slots || !usesOf(seen.slots, spec).some((use) => isWorthIt(use, spec))) return undefined;
  const filling = fill();
  if (filling === undefined) return undefined;
  const { use, seconds, since } = filling;
  if (!isWorthIt(use, spec) || seconds * 1000 > spec.forecast.within) return undefined;
  const fault = useFault(seen, before, use, spec, { about: fillingText(filling) });
  const owned = fault.introduced === true && ownerOf(seen, since, use, spec).owned;
  return {
    ...fault,
    reason: 'filling_up',
    ...(owned === true ? {} : { asks: 'block' as const }),
    ...(fault.introduced === true && owned === false ? { introduced: false } : {}),
  };
};

/** Where a connection comes from: pods have addresses of their own, hosts without them names of their own. */
const originOf = (holder: Holder): string => `${labelOf(holder)} ${holder.client}`;

/**
 * What the new instances hold now, for all that there will be. New is an origin (application name and client address)
 * of the role that the baseline does not know; the old ones are taken to be gone by then.
 */
export const projectedFault = (seen: Seen, before: Seen | undefined, spec: Spec): Fault | undefined => {
  const { instances, role } = spec;
  if (!instances || !seen.slots || !before?.slots) return undefined;
  if (unknownIn(seen.slots, 'server') + unknownIn(before.slots, 'server') > 0) return undefined;
  const known = new Set(before.holders.map(originOf));
  const fresh = seen.holders.filter(
    (holder) => isForeign(holder) && holder.role === role && !known.has(originOf(holder)),
  );
  const found = new Set(fresh.map(originOf)).size;
  if (found === 0) return undefined;
  const each = sum(fresh) / found;
  const worst = usesOf(seen.slots, spec)
    .map((use) => {
      const foreign = seen.holders.filter((holder) => holder.role !== role && inScope(holder, use.name, spec));
      const others = sum(foreign);
      return { use, others, projected: Math.ceil(others + each * instances.target) };
    })
    .sort((a, b) => b.projected - b.use.limit - (a.projected - a.use.limit))[0];
  if (!worst || worst.projected <= worst.use.limit) return undefined;
  const { use, others, projected } = worst;
  const room = use.limit - others;
  const arithmetic = `${plural(instances.target, 'instance')} x ${rounded(each)} connections (the mean of ${found} new) + ${others} others = ${projected} > ${use.limit}`;
  return {
    asks: 'block',
    reason: 'will_not_fit',
    because: `${useText(use, spec)} now, but the whole roll-out will not fit: ${arithmetic}; full at instance ${Math.floor(room / each) + 1}`,
    next: `set the pool of each instance to at most ${Math.max(0, Math.floor(room / instances.target))}, roll out fewer instances, or put a pooler in between`,
    value: projected,
    limit: use.limit,
    unit: 'connections',
  };
};

const rounded = (value: number): string => String(Math.round(value * 10) / 10);
