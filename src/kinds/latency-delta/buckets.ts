// How much each bucket of a histogram grew between two readings: across restarts, and when its buckets became wider.
import type { Reading, Series } from '../../kit/index.ts';

/** Requests that took longer than `above` and at most `upTo`, in the unit of the histogram. */
export interface Grown {
  instance: string;
  above: number;
  upTo: number;
  requests: number;
}

const edge = (text: string | undefined): number => (text === '+Inf' ? Infinity : Number.parseFloat(text ?? ''));

/** Whether a series is a bucket. */
export const hasEdge = ({ labels }: Series): boolean => !Number.isNaN(edge(labels['le']));

/** Buckets with both edges stand for themselves; those with `le` alone are cumulative, as in classic histograms. */
const isSingle = ({ labels }: Series): boolean => labels['gt'] !== undefined;

const histogramOf = ({ labels, instance }: Series): string => {
  const { le: _, gt: __, ...others } = labels;
  return JSON.stringify([instance, Object.entries(others).sort()]);
};

const bucketOf = ({ labels }: Series): string => `${labels['gt']} ${labels['le']}`;

/** Grown buckets of all histograms; a process whose age is not known is not counted yet. */
export const grownBuckets = (before: Reading, now: Reading): Grown[] => {
  const earlier = grouped(before);
  return [...grouped(now)].flatMap(([key, series]) => {
    const base = basesOf(earlier.get(key) ?? [], series, before, now);
    if (base === undefined) return [];
    const grown = series
      .map((one) => ({
        instance: one.instance,
        above: edge(one.labels['gt']),
        upTo: edge(one.labels['le']),
        requests: one.value - (base.get(bucketOf(one)) ?? 0),
      }))
      .sort((a, b) => a.upTo - b.upTo);
    return (series.every(isSingle) ? grown : apart(grown)).filter(({ requests }) => requests > 0);
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

type Bases = ReadonlyMap<string, number>;

const fromZero: Bases = new Map();

/** What each bucket held before; a process that is new, or that began again, counts from 0 in all of them. */
const basesOf = (
  earlier: readonly Series[],
  series: readonly Series[],
  before: Reading,
  now: Reading,
): Bases | undefined => {
  if (earlier.length > 0)
    return (series.every(isSingle) ? heldBySingle : heldByCumulative)(earlier, series) ?? fromZero;
  const { instance } = series[0] ?? { instance: '' };
  const startedAt = now.instances.find(({ id }) => id === instance)?.startedAt ?? 0;
  return before.instances.some(({ id }) => id === instance) || startedAt > before.at ? fromZero : undefined;
};

/** Classic buckets are fixed while a process lives: others, or fewer requests in one, and it began again. */
const heldByCumulative = (earlier: readonly Series[], series: readonly Series[]): Bases | undefined => {
  const held = new Map(earlier.map((one) => [bucketOf(one), one.value]));
  const same = held.size === series.length && series.every((one) => one.value >= (held.get(bucketOf(one)) ?? Infinity));
  return same ? held : undefined;
};

/**
 * A native histogram with too many buckets merges neighbours, and widens the one around 0 (NativeHistogramMaxBucketNumber of
 * client_golang): what the narrow ones held belongs to the wide one. A request that is in no bucket any more means that the
 * process began again.
 */
const heldBySingle = (earlier: readonly Series[], series: readonly Series[]): Bases | undefined => {
  const values = new Map(series.map((one) => [bucketOf(one), one.value]));
  const held = new Map<string, number>();
  for (const one of earlier) {
    if (one.value <= 0) continue;
    const wide = values.has(bucketOf(one)) ? one : series.find((other) => holds(other, one));
    if (!wide) return undefined;
    held.set(bucketOf(wide), (held.get(bucketOf(wide)) ?? 0) + one.value);
  }
  return [...held].every(([key, value]) => value <= (values.get(key) ?? 0)) ? held : undefined;
};

/** Edges of two resolutions are the same number but for their last digit. */
const slack = 1e-9;

const holds = ({ labels: wide }: Series, { labels: narrow }: Series): boolean => {
  const [low, high] = [edge(narrow['gt']), edge(narrow['le'])];
  return edge(wide['gt']) <= low + Math.abs(low) * slack && edge(wide['le']) >= high - Math.abs(high) * slack;
};

/** Cumulative buckets as single ones; durations begin at 0. */
const apart = (cumulative: readonly Grown[]): Grown[] => {
  let above = 0;
  let below = 0;
  return cumulative.map((one) => {
    const bucket = { ...one, above, requests: one.requests - below };
    above = one.upTo;
    below = Math.max(below, one.requests);
    return bucket;
  });
};
