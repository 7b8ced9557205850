// How fast a number grows, told so that no single sample can mislead: the slope of Theil and Sen with its lower bound.

/** A number at a moment (epoch milliseconds). */
export interface Point {
  at: number;
  value: number;
}

/** Fewer points say nothing about growth. */
const fewest = 5;
/** One-sided 95 % of the normal distribution. */
const z = 1.645;

/** Slopes between all pairs of points, per second, ascending. */
const slopesOf = (points: readonly Point[]): number[] =>
  points
    .flatMap((later, index) =>
      points
        .slice(0, index)
        .filter(({ at }) => at < later.at)
        .map((earlier) => ((later.value - earlier.value) / (later.at - earlier.at)) * 1000),
    )
    .sort((a, b) => a - b);

const median = (sorted: readonly number[]): number => {
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
};

/**
 * The median of the slopes between all pairs of points (per second), and the bound above which the true slope lies with
 * 95 % confidence; undefined with fewer than 5 points. Theil 1950; Sen 1968 (Journal of the American Statistical
 * Association 63, 1379–1389), whose bound is the slope of rank (N − z·σ) / 2 of N, σ² = n(n − 1)(2n + 5) / 18.
 */
export const robustSlope = (points: readonly Point[]): { slope: number; atLeast: number } | undefined => {
  const slopes = slopesOf(points);
  if (points.length < fewest || slopes.length === 0) return undefined;
  const n = points.length;
  const sigma = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const rank = Math.floor((slopes.length - z * sigma) / 2);
  return { slope: median(slopes), atLeast: slopes[Math.max(0, rank - 1)] ?? 0 };
};

/**
 * Seconds until a growing number reaches `limit`, counted from its last point; undefined with fewer than 5 points and
 * where the growth is not clear: the lower bound of the slope is not above 0, or the later half of the points no longer
 * grows (a pool that fills up to its size). Of both slopes the smaller one counts.
 */
export const secondsUntil = (points: readonly Point[], limit: number): number | undefined => {
  const whole = robustSlope(points);
  const last = points.at(-1);
  if (!whole || !last || whole.atLeast <= 0) return undefined;
  const slope = Math.min(whole.slope, median(slopesOf(points.slice(-Math.ceil(points.length / 2)))));
  return slope > 0 ? Math.max(0, limit - last.value) / slope : undefined;
};
