// The bounds that requests are held against: edges of the histogram, so that everything is counted and nothing interpolated.
import type { Tally } from '../../stats/tally.ts';
import type { Bucket, Seen } from './count.ts';
import type { Spec } from './spec.ts';

/** A unit in which the buckets could be compared. */
export type Unit = Extract<Seen, { state: 'counted' }>;

/** One test: the requests that are slower than an edge. */
export interface Bound {
  /** `p95`, or `slowerThan`. */
  name: string;
  /** Milliseconds. */
  ms: number;
  /** The share of requests that may be slower by the percentile's own meaning: 0.05 for p95; undefined for a named bound. */
  share: number | undefined;
  /** The percentile lies beyond the last edge, which stands in for it. */
  beyond: boolean;
  /** The buckets became wider since it was fixed, and this is the next edge that they still have. */
  widened?: true;
}

/** Requests that were surely slower, all requests, and those in a bucket that the bound cuts, of which nothing is known. */
export interface Split extends Tally {
  cut: number;
}

/** Splits what was counted at a bound (milliseconds). */
export const splitAt = (buckets: readonly Bucket[], ms: number): Split => {
  const split: Split = { errors: 0, requests: 0, cut: 0 };
  for (const [above, upTo, requests] of buckets) {
    split.requests += requests;
    if (above >= ms) split.errors += requests;
    else if (upTo === null || upTo > ms) split.cut += requests;
  }
  return split;
};

/** All units as one. */
export const bucketsOf = (units: readonly Unit[]): Bucket[] => {
  const sums = new Map<string, Bucket>();
  for (const [above, upTo, requests] of units.flatMap(({ buckets }) => buckets)) {
    const key = `${above} ${upTo}`;
    sums.set(key, [above, upTo, (sums.get(key)?.[2] ?? 0) + requests]);
  }
  return [...sums.values()];
};

/** Edges that cut no bucket, ascending: between two of them nothing was seen. */
const edgesOf = (buckets: readonly Bucket[]): number[] => {
  const edges = new Set(buckets.flatMap(([above, upTo]) => (upTo === null ? [above] : [above, upTo])));
  return [...edges].filter((ms) => ms > 0 && splitAt(buckets, ms).cut === 0).sort((a, b) => a - b);
};

/** The smallest edge that at most `share` of the requests were slower than; the last edge where there is none. */
const edgeAt = (buckets: readonly Bucket[], share: number): { ms: number; beyond: boolean } | undefined => {
  const edges = edgesOf(buckets);
  const found = edges.find((ms) => {
    const { errors, requests } = splitAt(buckets, ms);
    return errors <= share * requests * (1 + 1e-12);
  });
  const last = edges.at(-1);
  if (found !== undefined) return { ms: found, beyond: false };
  return last === undefined ? undefined : { ms: last, beyond: true };
};

/** `p99.9` → 0.001. */
export const shareAbove = (percentile: string): number =>
  Number((1 - Number(percentile.slice(1)) / 100).toPrecision(9));

/** The bounds of a check, fixed by what was seen before the deploy; percentiles have none without a baseline. */
export const boundsOf = ({ percentiles, slowerThan }: Spec, before: readonly Unit[]): Bound[] => {
  if (slowerThan !== undefined) return [{ name: 'slowerThan', ms: slowerThan, share: undefined, beyond: false }];
  const buckets = bucketsOf(before);
  return percentiles.flatMap((name) => {
    const share = shareAbove(name);
    const edge = edgeAt(buckets, share);
    return edge ? [{ name, share, ...edge }] : [];
  });
};

/** A bound that is chosen anew may lie so much higher: buckets that are twice as wide, twice over, from the eighth of a doubling on. */
const mostHigher = 1.3;

/** The next edge that cuts none of these buckets; undefined for a bound that the author named, which must be an edge. */
export const widened = (bound: Bound, buckets: readonly Bucket[]): Bound | undefined => {
  if (bound.share === undefined) return undefined;
  const ms = edgesOf(buckets).find((edge) => edge >= bound.ms && edge <= mostHigher * bound.ms);
  return ms === undefined ? undefined : { ...bound, ms, widened: true };
};

/** The units as slow requests among all requests. A request in a cut bucket counts as fast: it can hide harm, not invent it. */
export const slowIn = (units: readonly Unit[], { ms }: Bound): Tally[] =>
  units.map(({ buckets }) => {
    const { errors, requests } = splitAt(buckets, ms);
    return { errors, requests };
  });
