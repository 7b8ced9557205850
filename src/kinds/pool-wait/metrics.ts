// Looks at an application's own pool through its metrics: counters compared with the look before, one group per process.
import {
  highest,
  type Instance,
  increase,
  type Look,
  type Reading,
  type Session,
  type World,
} from '../../kit/index.ts';
import { waitsBetween } from './histogram.ts';
import { type Asked, askedOf, type MetricName } from './mapping.ts';
import { known, type Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Readings by what they are for; absent where no selector was named. */
type Readings = Partial<Record<MetricName, Reading>>;

/** Opens the looks; counters need two looks. */
export const openMetrics = async (from: NonNullable<Spec['from']>, world: World): Promise<Session<Seen>> => {
  const asked = askedOf(from.query);
  const selectors = asked.selectors.map(([, selector]) => selector);
  const source = await world.source(from);
  let earlier: Readings | undefined;
  return {
    sample: async (tick) => {
      const list = await source.read(selectors, tick);
      const now: Readings = Object.fromEntries(asked.selectors.map(([name], index) => [name, list[index]]));
      const before = earlier;
      earlier = now;
      if (list.every(({ series }) => series.length === 0)) return [{ seen: { nothing: selectors.join(', ') } }];
      return looksAt(before, now, asked);
    },
    close: () => source.close(),
  };
};

const looksAt = (before: Readings | undefined, now: Readings, asked: Asked): Look<Seen>[] => {
  const instances = instancesIn(now);
  if (instances.length < 2) return [{ seen: seenOf(before, now, asked) }];
  return instances.map((one) => ({ group: one.id, seen: seenOf(before, only(now, one), asked) }));
};

/** All processes that any of the readings knows. */
const instancesIn = (readings: Readings): Instance[] => [
  ...new Map(
    Object.values(readings)
      .flatMap((reading) => reading.instances)
      .map((one) => [one.id, one]),
  ).values(),
];

const only = (readings: Readings, { id }: Instance): Readings =>
  Object.fromEntries(
    Object.entries(readings).map(([name, reading]) => [
      name,
      { ...reading, series: reading.series.filter(({ instance }) => instance === id) },
    ]),
  );

const seenOf = (before: Readings | undefined, now: Readings, { waitUnit, bucketUnit }: Asked): Seen => {
  const instances = instancesIn(before ?? {});
  const pair = (name: MetricName): [Reading, Reading] | undefined => {
    const [earlier, later] = [before?.[name], now[name]];
    if (!earlier || !later || later.series.length === 0) return undefined;
    // A process that was read before counts from 0 when its series appear, whatever this selector had found of it.
    return [{ ...earlier, instances }, later];
  };
  const grown = (name: MetricName): number | undefined => {
    const both = pair(name);
    return both && increase(...both);
  };
  const waited = grown('wait');
  const histogram = pair('buckets');
  return known({
    seconds: secondsBetween(before, now),
    waited: waited === undefined ? undefined : waited * waitUnit,
    acquires: grown('acquires'),
    timeouts: grown('timeouts'),
    waiting: gauge(now.waiting),
    inUse: gauge(now.inUse),
    max: sizeOf(now.max),
    ...(histogram ? waitsBetween(...histogram, bucketUnit) : {}),
  });
};

const gauge = (reading: Reading | undefined): number | undefined => reading && highest(reading);

/** database/sql writes a pool without a limit as 0. */
const sizeOf = (reading: Reading | undefined): number | undefined => gauge(reading) || undefined;

const secondsBetween = (before: Readings | undefined, now: Readings): number | undefined => {
  const [earlier, later] = [Object.values(before ?? {})[0], Object.values(now)[0]];
  return earlier && later && later.at > earlier.at ? (later.at - earlier.at) / 1000 : undefined;
};
