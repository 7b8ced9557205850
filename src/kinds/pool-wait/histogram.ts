// Waits out of a classic histogram: counted at the bounds of its buckets, never interpolated between them.
import { increase, type Reading } from '../../kit/index.ts';
import type { Seen } from './seen.ts';

/** Bounds in milliseconds with cumulative counts, and the count of all. */
export interface Waits {
  buckets: [bound: number, waits: number][];
  observed: number;
}

const boundOf = (le: string | undefined): number => (le === '+Inf' ? Infinity : Number.parseFloat(le ?? ''));

/** How much each bucket grew between two readings; undefined when there is no whole histogram. `unit`: seconds. */
export const waitsBetween = (before: Reading, now: Reading, unit: number): Waits | undefined => {
  const labels = [...new Set(now.series.map((series) => series.labels['le']))];
  const grown = labels
    .map((le): [number, number] => {
      const only = (reading: Reading): Reading => ({
        ...reading,
        series: reading.series.filter((series) => series.labels['le'] === le),
      });
      return [boundOf(le), increase(only(before), only(now))];
    })
    .sort(([a], [b]) => a - b);
  const last = grown.at(-1);
  if (last?.[0] !== Infinity || grown.some(([bound]) => Number.isNaN(bound))) return undefined;
  // Rounded, because 0.1 s as milliseconds has a long tail of digits.
  const buckets = grown.slice(0, -1).map(([bound, waits]): [number, number] => [round(bound * unit * 1000), waits]);
  return { buckets, observed: last[1] };
};

const round = (value: number): number => Number(value.toPrecision(9));

/** The waits of all looks; bounds that not every look has are left out. */
export const waitsOf = (looks: readonly Seen[]): Waits | undefined => {
  const all = looks.filter(({ observed = 0 }) => observed > 0);
  const bounds = (all[0]?.buckets ?? []).map(([bound]) => bound);
  const sums = bounds.map((bound) => all.map(({ buckets = [] }) => buckets.find(([one]) => one === bound)?.[1]));
  if (all.length === 0) return undefined;
  const buckets = sums.flatMap((waits, index): [number, number][] =>
    waits.includes(undefined) ? [] : [[bounds[index] ?? 0, waits.reduce<number>((sum, one = 0) => sum + one, 0)]],
  );
  return { buckets, observed: all.reduce((sum, { observed = 0 }) => sum + observed, 0) };
};

/** The smallest bound (milliseconds) within which this share of the waits surely was; undefined beyond the last one. */
export const atMost = ({ buckets, observed }: Waits, share: number): number | undefined =>
  buckets.find(([, waits]) => waits >= share * observed)?.[0];

/**
 * The largest share that can have been within `ms`: what the first bound from there on holds. Counting says no more, so
 * only a share below the wanted one is surely a breach. 1 when the limit is beyond the last bound.
 */
export const shareWithin = ({ buckets, observed }: Waits, ms: number): number => {
  const waits = buckets.find(([bound]) => bound >= ms)?.[1];
  return waits === undefined || observed === 0 ? 1 : waits / observed;
};
