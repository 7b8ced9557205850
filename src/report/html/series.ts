// A chart made ready to be drawn: few points, stacked where its series are parts of a whole.
import type { Chart, ChartPoint } from '../../kit/index.ts';
import { thin } from './thin.ts';

/** A moment of a series as it is drawn; `base` is where a stacked one begins. */
export interface Drawn extends ChartPoint {
  base: number;
  /** Nothing was measured of it at this moment: a step that a broken login never came to. */
  absent?: true;
}

export interface DrawnSeries {
  name: string;
  points: Drawn[];
}

/** More points than pixels show nothing more. */
const mostPoints = 360;

/** More lines in one picture cannot be told apart. */
export const mostSeries = 8;

const isFinite = ({ value }: ChartPoint): boolean => Number.isFinite(value);

const byTime = (a: ChartPoint, b: ChartPoint): number => a.at - b.at;

/** Without numbers that are none: a kind of another package may give them. */
export const sound = ({ limit, baseline, band, ...chart }: Chart): Chart => ({
  ...chart,
  ...(Number.isFinite(limit) ? { limit } : {}),
  ...(Number.isFinite(baseline) ? { baseline } : {}),
  ...(band
    ? {
        band: { ...band, points: band.points.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high)) },
      }
    : {}),
  series: chart.series.map(({ name, points }) => ({ name, points: points.filter(isFinite).sort(byTime) })),
});

/** The series of a chart, thinned; those that reach highest where there are too many. */
export const drawn = ({ series, stacked, unit }: Chart): { series: DrawnSeries[]; left: string[] } => {
  const filled = series.filter(({ points }) => points.length > 0);
  const peak = new Map(
    filled.map(({ name, points }) => [name, points.reduce((top, { value }) => Math.max(top, value), 0)]),
  );
  const highest = [...filled].sort((a, b) => (peak.get(b.name) ?? 0) - (peak.get(a.name) ?? 0)).slice(0, mostSeries);
  const kept = filled.filter((one) => highest.includes(one));
  const left = filled.filter((one) => !highest.includes(one)).map(({ name }) => name);
  return { series: stacked ? onTop(kept, times.includes(unit)) : kept.map(single), left };
};

const single = ({ name, points }: DrawnSeries | Chart['series'][number]): DrawnSeries => ({
  name,
  points: pick(
    points,
    thin(
      points.map(({ value }) => value),
      mostPoints,
    ),
  ).map((point) => ({ ...point, base: 0 })),
});

const pick = <T>(all: readonly T[], places: readonly number[]): T[] =>
  places.flatMap((place) => {
    const one = all[place];
    return one === undefined ? [] : [one];
  });

/** Units of a duration: nothing takes 0 ms, so that no number means that it did not happen. Nobody who holds something holds 0. */
const times = ['ms', 's'];

/** Every series at every moment, on top of those before it; a series that says nothing of a moment adds nothing there. */
const onTop = (series: Chart['series'], absence: boolean): DrawnSeries[] => {
  const moments = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b);
  const bad = new Set(series.flatMap(({ points }) => points.filter((point) => point.bad).map(({ at }) => at)));
  const known = series.map(({ points }) => new Map(points.map(({ at, value }) => [at, Math.max(0, value)])));
  const sums = moments.map((at) => known.reduce((sum, values) => sum + (values.get(at) ?? 0), 0));
  const kept = pick(moments, thin(sums, mostPoints));
  const reached = new Map<number, number>();
  return series.map(({ name }, index) => ({
    name,
    points: kept.map((at) => {
      const base = reached.get(at) ?? 0;
      const value = known[index]?.get(at) ?? 0;
      reached.set(at, base + value);
      return {
        at,
        base,
        value,
        ...(bad.has(at) ? { bad: true as const } : {}),
        ...(absence && known[index]?.has(at) !== true ? { absent: true as const } : {}),
      };
    }),
  }));
};
