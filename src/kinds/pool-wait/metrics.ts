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
import { known, type Seen } from './seen.ts';
import type { MetricsQuery, Spec } from './spec.ts';

type Name = keyof MetricsQuery;

/** Readings by what they are for; absent where no selector was named. */
type Readings = Partial<Record<Name, Reading>>;

/** Opens the looks; counters need two looks. */
export const openMetrics = async (from: NonNullable<Spec['from']>, world: World): Promise<Session<Seen>> => {
  const asked = Object.entries(from.query).filter((entry): entry is [Name, string] => entry[1] !== undefined);
  const selectors = asked.map(([, selector]) => selector);
  const source = await world.source(from);
  let earlier: Readings | undefined;
  return {
    sample: async (tick) => {
      const list = await source.read(selectors, tick);
      const now: Readings = Object.fromEntries(asked.map(([name], index) => [name, list[index]]));
      const before = earlier;
      earlier = now;
      return looksAt(before, now, list, selectors);
    },
    close: () => source.close(),
  };
};

const looksAt = (
  before: Readings | undefined,
  now: Readings,
  list: readonly Reading[],
  selectors: readonly string[],
): Look<Seen>[] => {
  if (list.every(({ series }) => series.length === 0)) return [{ seen: { nothing: selectors.join(', ') } }];
  const instances = instancesIn(now);
  if (instances.length < 2) return [{ seen: seenOf(before, now) }];
  return instances.map((one) => ({ group: one.id, seen: seenOf(before, only(now, one)) }));
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

const seenOf = (before: Readings | undefined, now: Readings): Seen => {
  const instances = instancesIn(before ?? {});
  const grown = (name: Name): number | undefined => {
    const [earlier, later] = [before?.[name], now[name]];
    if (!earlier || !later || later.series.length === 0) return undefined;
    // A process that was read before counts from 0 when its series appear, whatever this selector had found of it.
    return increase({ ...earlier, instances }, later);
  };
  const gauge = (name: Name): number | undefined => {
    const reading = now[name];
    return reading && highest(reading);
  };
  return known({
    seconds: secondsBetween(before, now),
    waited: grown('waitSeconds'),
    acquires: grown('acquires'),
    timeouts: grown('timeouts'),
    waiting: gauge('waiting'),
    inUse: gauge('inUse'),
    max: gauge('max'),
  });
};

const secondsBetween = (before: Readings | undefined, now: Readings): number | undefined => {
  const [earlier, later] = [Object.values(before ?? {})[0], Object.values(now)[0]];
  return earlier && later && later.at > earlier.at ? (later.at - earlier.at) / 1000 : undefined;
};
