// From readings of a histogram to units: how many requests fell into each of its buckets between two readings.
import type { Look, Reading, Sample, Series, Session, World } from '../../kit/index.ts';
import { negated, withMatchers } from '../error-rate-delta/selectors.ts';
import { type Spec, unitLengths } from './spec.ts';

/** Requests that took longer than the first number (milliseconds) and at most the second; null: no upper edge. */
export type Bucket = [above: number, upTo: number | null, requests: number];

/** One unit of time. `no_data`: there are no such series; `no_histogram`: the series have no edges. */
export type Seen =
  | { state: 'counted'; requests: number; seconds: number; buckets: Bucket[] }
  | { state: 'no_data' | 'no_histogram'; selector: string };

/** Opens the counting: each look compares the buckets with those of the look before. */
export const openCounting = async (spec: Spec, world: World): Promise<Session<Seen>> => {
  const { histogram, exclude } = spec.from.query;
  const selector = exclude === undefined ? histogram : withMatchers(histogram, negated(exclude));
  const length = unitLengths[spec.unit];
  const source = await world.source(spec.from);
  let earlier: Reading | undefined;
  const past = source.past?.bind(source);
  return {
    sample: async (tick) => {
      const [now] = await source.read([selector], tick);
      const before = earlier;
      earlier = now;
      return now === undefined ? [] : lookAt(before, now, selector, length);
    },
    ...(past && {
      past: async (span, unit) => {
        const [readings = []] = await past([selector], span, unit);
        return unitsOf(readings, length);
      },
    }),
    close: () => source.close(),
  };
};

/** The first look has nothing to compare with and gives no unit. */
const lookAt = (before: Reading | undefined, now: Reading, selector: string, length: number): Look<Seen>[] => {
  if (now.series.length === 0) return [{ seen: { state: 'no_data', selector } }];
  if (!now.series.every(hasEdge)) return [{ seen: { state: 'no_histogram', selector } }];
  if (before === undefined || now.at <= before.at) return [];
  return [{ seen: unitOf(before, now, length) }];
};

const hasEdge = ({ labels }: Series): boolean => !Number.isNaN(edge(labels['le']));

const edge = (text: string | undefined): number => (text === '+Inf' ? Infinity : Number.parseFloat(text ?? ''));

/** Units of the past, out of readings that the source kept, oldest first. */
export const unitsOf = (readings: readonly Reading[], length: number): Sample<Seen>[] => {
  const whole = readings.filter(({ series }) => series.length > 0 && series.every(hasEdge));
  return whole.slice(1).map((now, index) => {
    const before = whole[index] ?? now;
    return { at: now.at, ms: 0, phase: 'baseline', seen: unitOf(before, now, length) };
  });
};

const unitOf = (before: Reading, now: Reading, length: number): Seen => {
  const sums = new Map<string, Bucket>();
  for (const [above, upTo, requests] of grownBuckets(before, now)) {
    if (requests <= 0) continue;
    const bucket: Bucket = [scaled(above, length), upTo === Infinity ? null : scaled(upTo, length), requests];
    const key = `${bucket[0]} ${bucket[1]}`;
    const known = sums.get(key);
    if (known) known[2] += requests;
    else sums.set(key, bucket);
  }
  const buckets = [...sums.values()].sort(([a], [b]) => a - b);
  const requests = buckets.reduce((sum, [, , one]) => sum + one, 0);
  return { state: 'counted', requests, seconds: (now.at - before.at) / 1000, buckets };
};

/** Rounded, because 0.1 s as milliseconds has a long tail of digits. */
const scaled = (value: number, length: number): number => Number((value * length).toPrecision(9));

const histogramOf = ({ labels, instance }: Series): string => {
  const { le: _, gt: __, ...others } = labels;
  return JSON.stringify([instance, Object.entries(others).sort()]);
};

/** How much each bucket of each histogram grew, in the unit of the histogram. */
const grownBuckets = (before: Reading, now: Reading): [above: number, upTo: number, requests: number][] => {
  const earlier = grouped(before);
  return [...grouped(now)].flatMap(([key, series]) => {
    const base = basesOf(earlier.get(key) ?? [], series, before, now);
    if (base === undefined) return [];
    const grown = series
      .map((one): [number, number, number] => [
        edge(one.labels['gt']),
        edge(one.labels['le']),
        one.value - (base.get(bucketOf(one)) ?? 0),
      ])
      .sort(([, a], [, b]) => a - b);
    return series[0]?.labels['gt'] === undefined ? apart(grown) : grown;
  });
};

const grouped = ({ series }: Reading): Map<string, Series[]> => {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const key = histogramOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
};

const bucketOf = ({ labels }: Series): string => `${labels['gt']} ${labels['le']}`;

/**
 * What each bucket held before. A bucket that fell means that the process began again: all of its histogram counts from 0,
 * as that of a process that is new does. Undefined for a process whose age is not known: nothing is counted yet.
 */
const basesOf = (
  earlier: readonly Series[],
  series: readonly Series[],
  before: Reading,
  now: Reading,
): ReadonlyMap<string, number> | undefined => {
  const held = new Map(earlier.map((one) => [bucketOf(one), one.value]));
  if (earlier.length > 0) return series.some((one) => one.value < (held.get(bucketOf(one)) ?? 0)) ? new Map() : held;
  const { instance } = series[0] ?? { instance: '' };
  const startedAt = now.instances.find(({ id }) => id === instance)?.startedAt ?? 0;
  return before.instances.some(({ id }) => id === instance) || startedAt > before.at ? new Map() : undefined;
};

/** Cumulative buckets (`le` alone, as in classic histograms) as single ones; durations begin at 0. */
const apart = (cumulative: readonly [number, number, number][]): [number, number, number][] => {
  let above = 0;
  let below = 0;
  return cumulative.map(([, upTo, requests]) => {
    const bucket: [number, number, number] = [above, upTo, requests - below];
    above = upTo;
    below = Math.max(below, requests);
    return bucket;
  });
};
