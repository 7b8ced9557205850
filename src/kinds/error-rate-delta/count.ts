// From readings of raw counters to units: requests and errors between two readings, per process where there are several.
import {
  type Instance,
  increase,
  type Look,
  type Reading,
  type Sample,
  type Session,
  type World,
} from '../../kit/index.ts';
import { selectorsOf } from './selectors.ts';
import type { Spec } from './spec.ts';

/** Requests and errors of one process within a unit. */
export type Tally = { requests: number; errors: number };

/** One unit of time. `no_data`: the metric of all requests does not exist, which is not zero requests. */
export type Seen =
  | (Tally & { state: 'counted'; seconds: number; instances?: Record<string, Tally>; control?: Tally })
  | { state: 'no_data'; selector: string };

/** Both selectors at one moment. */
type Pair = { total: Reading; errors: Reading };

/** Opens the counting: each look compares the counters with those of the look before. */
export const openCounting = async (spec: Spec, world: World): Promise<Session<Seen>> => {
  const selectors = selectorsOf(spec.from.query);
  const source = await world.source(spec.from);
  let earlier: { own: Pair; control: Pair } | undefined;
  const past = source.past?.bind(source);
  return {
    sample: async (tick) => {
      const readings = await source.read(selectors, tick);
      const now = { own: pairOf(readings), control: pairOf(readings.slice(2)) };
      const before = earlier;
      earlier = now;
      const looks = lookAt(before?.own, now.own, selectors[0] ?? '');
      return spec.from.query.control === undefined
        ? looks
        : looks.map((look) => withControl(look, before?.control, now.control));
    },
    ...(past && {
      past: async (span, unit) => {
        const [totals = [], errors = []] = await past(selectors, span, unit);
        return unitsOf(totals, errors);
      },
    }),
    close: () => source.close(),
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
  return [{ seen: unitOf(before, now) }];
};

const withControl = (look: Look<Seen>, before: Pair | undefined, now: Pair): Look<Seen> => {
  if (!('seen' in look) || look.seen.state !== 'counted' || before === undefined) return look;
  return { seen: { ...look.seen, control: tallyOf(before, now) } };
};

const only = (reading: Reading, { id }: Instance): Reading => ({
  ...reading,
  series: reading.series.filter(({ instance }) => instance === id),
});

/** Errors are never more than requests: two counters that are read one after the other may disagree by a few. */
const tallyOf = (before: Pair, now: Pair): Tally => {
  const requests = increase(before.total, now.total);
  return { requests, errors: Math.min(requests, increase(before.errors, now.errors)) };
};

const unitOf = (before: Pair, now: Pair): Seen => {
  const instances = now.total.instances.map((one): [string, Tally] => [
    one.id,
    tallyOf(before, { total: only(now.total, one), errors: only(now.errors, one) }),
  ]);
  return {
    state: 'counted',
    ...tallyOf(before, now),
    seconds: (now.total.at - before.total.at) / 1000,
    ...(instances.length > 1 ? { instances: Object.fromEntries(instances) } : {}),
  };
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
