// What a query of Prometheus gives: series with their points, at one moment or on a grid of moments.

/** One series with its points (epoch milliseconds), in time order. */
export interface RawSeries {
  labels: Record<string, string>;
  points: { at: number; value: number }[];
}

/** Moments at equal distances, epoch milliseconds. */
export interface Grid {
  from: number;
  to: number;
  step: number;
}

/** All moments of a grid. */
export const momentsOf = ({ from, to, step }: Grid): number[] =>
  Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, index) => from + index * step);
