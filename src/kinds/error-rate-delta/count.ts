// From readings of raw counters to units: requests and errors between two readings, per process where there are several.
import { type Instance, increase, type Look, type Reading, type Sample } from '../../kit/index.ts';
import type { Counting } from '../rates/counting.ts';
import { errorsOf, selectorsOf } from '../rates/selectors.ts';
import type { Spec } from './spec.ts';

/** Requests and errors of one process within a unit. */
export type Tally = { requests: number; errors: number };

/** One unit of time. `no_data`: the metric of all requests does not exist, which is not zero requests. */
export type Seen =
  | (Tally & { state: 'counted'; seconds: number; instances?: Record<string, Tally>; control?: Tally })
  | { state: 'no_data'; selector: string };

/** Both selectors at one moment. */
type Pair = { total: Reading; errors: Reading };

/** Each look compares the counters with those of the look before. */
export const countingOf = ({ from: { query } }: Spec): Counting<Seen> => {
  const selectors = selectorsOf([query.total, errorsOf(query)], query);
  return {
    selectors,
    look: (now, before) => {
      const looks = lookAt(before && pairOf(before), pairOf(now), selectors[0] ?? '');
      return query.control === undefined || before === undefined
        ? looks
        : looks.map((look) => withControl(look, pairOf(before.slice(2)), pairOf(now.slice(2))));
    },
    past: ([totals = [], errors = []]) => unitsOf(totals, errors),
  };
};

const empty: Reading = { at: 0, series: [], instances: [] };

/**
 * Both readings know the processes of the other: a first error of a process that was read before counts from 0, although
 * the selector of errors had found nothing of it.
 */
const pairOf = ([total = empty, errors = empty]: readonly Reading[]): Pair => {
  const instances = [...new Map([...errors.instances, ...total.instances].map((one) => [one.id, one])).values()];
  return { total: { ...total, instances }, errors: { ...errors, at: total.at, instances } };
};

/** The first look has nothing to compare with and gives no unit. */
const lookAt = (before: Pair | undefined, now: Pair, selector: string): Look<Seen>[] => {
  if (now.total.series.length === 0) return [{ seen: { state: 'no_data', selector } }];
  if (before === undefined || now.total.at <= before.total.at) return [];
  return [{ seen: { ...unitOf(before, now), ...apart(before, now) } }];
};

const withControl = (look: Look<Seen>, before: Pair, now: Pair): Look<Seen> =>
  'seen' in look && look.seen.state === 'counted' ? { seen: { ...look.seen, control: tallyOf(before, now) } } : look;

const only = (reading: Reading, { id }: Instance): Reading => ({
  ...reading,
  series: reading.series.filter(({ instance }) => instance === id),
});

/** Errors are never more than requests: two counters that are read one after the other may disagree by a few. */
const tallyOf = (before: Pair, now: Pair): Tally => {
  const requests = increase(before.total, now.total);
  return { requests, errors: Math.min(requests, increase(before.errors, now.errors)) };
};

const unitOf = (before: Pair, now: Pair): Extract<Seen, { state: 'counted' }> => ({
  state: 'counted',
  ...tallyOf(before, now),
  seconds: (now.total.at - before.total.at) / 1000,
});

/** Each process by itself, where there are several. */
const apart = (before: Pair, now: Pair): { instances?: Record<string, Tally> } => {
  if (now.total.instances.length < 2) return {};
  const instances = now.total.instances.map((one): [string, Tally] => [
    one.id,
    tallyOf(before, { total: only(now.total, one), errors: only(now.errors, one) }),
  ]);
  return { instances: Object.fromEntries(instances) };
};

/** Units of the past, out of readings that the source kept; both lists are of the same moments, oldest first. */
export const unitsOf = (totals: readonly Reading[], errors: readonly Reading[]): Sample<Seen>[] => {
  const errorsAt = new Map(errors.map((reading) => [reading.at, reading]));
  const pairs = totals
    .filter(({ series }) => series.length > 0)
    .map((total) => pairOf([total, errorsAt.get(total.at) ?? { ...empty, at: total.at }]));
  return pairs.slice(1).map((now, index) => {
    const before = pairs[index] ?? now;
    return { at: now.total.at, ms: 0, phase: 'baseline', seen: unitOf(before, now) };
  });
};
