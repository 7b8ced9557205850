// From readings of a histogram to units: how many requests fell into each of its buckets between two readings.
import type { Look, Reading, Sample } from '../../kit/index.ts';
import type { Counting } from '../rates/counting.ts';
import { selectorsOf } from '../rates/selectors.ts';
import { type Grown, grownBuckets, hasEdge } from './buckets.ts';
import { type Spec, unitLengths } from './spec.ts';

/** Requests that took longer than the first number (milliseconds) and at most the second; null: no upper edge. */
export type Bucket = [above: number, upTo: number | null, requests: number];

/** One unit of time. `no_data`: there are no such series; `no_histogram`: the series have no edges. */
export type Seen =
  | {
      state: 'counted';
      requests: number;
      seconds: number;
      buckets: Bucket[];
      /** Each process by itself, where there are several. */
      instances?: Record<string, Bucket[]>;
      /** The group without the release. */
      control?: Bucket[];
    }
  | { state: 'no_data' | 'no_histogram'; selector: string };

/** Each look compares the buckets with those of the look before. */
export const countingOf = ({ from: { query }, unit }: Spec): Counting<Seen> => {
  const length = unitLengths[unit];
  const selectors = selectorsOf([query.histogram], query);
  return {
    selectors,
    look: ([now, control], before) =>
      now === undefined ? [] : lookAt(before, [now, control], selectors[0] ?? '', length),
    past: ([readings = []]) => unitsOf(readings, length),
  };
};

/** The release, and the control group where there is one. */
type Readings = readonly (Reading | undefined)[];

/** The first look has nothing to compare with and gives no unit. */
const lookAt = (
  before: Readings | undefined,
  [now, control]: [Reading, Reading | undefined],
  selector: string,
  length: number,
): Look<Seen>[] => {
  if (now.series.length === 0) return [{ seen: { state: 'no_data', selector } }];
  if (!now.series.every(hasEdge)) return [{ seen: { state: 'no_histogram', selector } }];
  const [earlier, earlierControl] = before ?? [];
  if (earlier === undefined || now.at <= earlier.at) return [];
  const grown = grownBuckets(earlier, now);
  const beside = control && earlierControl && bucketsOf(grownBuckets(earlierControl, control), length);
  return [
    {
      seen: {
        ...unitOf(grown, earlier, now, length),
        ...apart(grown, now, length),
        ...(beside ? { control: beside } : {}),
      },
    },
  ];
};

/** Units of the past, out of readings that the source kept, oldest first. */
export const unitsOf = (readings: readonly Reading[], length: number): Sample<Seen>[] => {
  const whole = readings.filter(({ series }) => series.length > 0 && series.every(hasEdge));
  return whole.slice(1).map((now, index) => {
    const before = whole[index] ?? now;
    return { at: now.at, ms: 0, phase: 'baseline', seen: unitOf(grownBuckets(before, now), before, now, length) };
  });
};

const unitOf = (
  grown: readonly Grown[],
  before: Reading,
  now: Reading,
  length: number,
): Extract<Seen, { state: 'counted' }> => {
  const buckets = bucketsOf(grown, length);
  const requests = buckets.reduce((sum, [, , one]) => sum + one, 0);
  return { state: 'counted', requests, seconds: (now.at - before.at) / 1000, buckets };
};

/** So many buckets of single processes are kept of one unit: a record of a large fleet would be nothing else. */
const mostKept = 600;

const apart = (
  grown: readonly Grown[],
  { instances }: Reading,
  length: number,
): { instances?: Record<string, Bucket[]> } => {
  if (instances.length < 2) return {};
  const each = instances.map(({ id }): [string, Bucket[]] => [
    id,
    bucketsOf(
      grown.filter(({ instance }) => instance === id),
      length,
    ),
  ]);
  const kept = each.reduce((sum, [, buckets]) => sum + buckets.length, 0);
  return kept > mostKept ? {} : { instances: Object.fromEntries(each) };
};

/** Added up over histograms, ascending. */
const bucketsOf = (grown: readonly Grown[], length: number): Bucket[] => {
  const sums = new Map<string, Bucket>();
  for (const { above, upTo, requests } of grown) {
    const bucket: Bucket = [scaled(above, length), upTo === Infinity ? null : scaled(upTo, length), requests];
    const key = `${bucket[0]} ${bucket[1]}`;
    const known = sums.get(key);
    if (known) known[2] += requests;
    else sums.set(key, bucket);
  }
  return [...sums.values()].sort(([a], [b]) => a - b);
};

/** Rounded, because 0.1 s as milliseconds has a long tail of digits. */
const scaled = (value: number, length: number): number => Number((value * length).toPrecision(9));
