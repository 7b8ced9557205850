// Who holds what, out of a chart whose series are parts of a whole: the last moment in which it could be counted.
import type { Chart } from './samples.ts';

/** The parts of a whole at one moment, the largest first; empty ones are left out. */
export interface Held {
  /** Epoch milliseconds. */
  at: number;
  of: { name: string; value: number }[];
}

/** The last moment of a stacked chart from `since` (epoch milliseconds) on; undefined where nobody was counted in it. */
export const heldIn = ({ stacked, series }: Chart, since: number): Held | undefined => {
  if (stacked !== true) return undefined;
  const last = series.flatMap(({ name, points }) => {
    const point = points.at(-1);
    return point !== undefined && point.at >= since && point.value > 0 ? [{ name, ...point }] : [];
  });
  if (last.length === 0) return undefined;
  const at = Math.max(...last.map((one) => one.at));
  const of = last.map(({ name, value }) => ({ name, value })).sort((a, b) => b.value - a.value);
  return { at, of };
};
