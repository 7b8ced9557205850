// Free queries with `{{window}}`: each gives the increase within a window, and windows that follow each other add up to a counter.
import { isFreeQuery, windowMark } from '../kit/selector.ts';
import type { Series } from '../kit/source.ts';
import { isFinite, wrongSelector } from './answer.ts';
import type { Asker } from './prometheus-api.ts';
import { type Grid, momentsOf, type RawSeries } from './raw-series.ts';

/** A window with fewer scrapes than two has no increase; four is what the manual of Prometheus advises for rate(). */
const scrapesPerWindow = 4;

/** The shortest window, milliseconds. */
export const windowOf = (resolution: number): number => scrapesPerWindow * resolution;

const filled = (query: string, window: number): string =>
  query.replaceAll(windowMark, `${Math.max(1, Math.round(window / 1000))}s`);

/** Matchers that a check adds to its own `total` would stand behind the whole query. */
export const checkFreeQuery = (query: string): void => {
  if (!/\)\s*\{[^{]*\}\s*$/.test(query)) return;
  throw wrongSelector(
    `"${query}" is a free query with matchers behind it; write errors as a free query, too, and no exclude`,
  );
};

/**
 * The counter of a free query. Sums are kept by series. They are as exact as increase(): what grows between the last scrape of
 * a window and the first of the next one is extrapolated, not seen (prometheus/prometheus#3746).
 */
export interface Accumulator {
  /** The sums at a moment (epoch milliseconds), and until when they count: they grow once per window. */
  read(ask: Asker, at: number): Promise<{ until: number; series: Series[] }>;
}

const keyOf = ({ labels }: RawSeries): string => JSON.stringify(Object.entries(labels).sort());

const finitePoints = (raw: readonly RawSeries[]): RawSeries[] =>
  raw.map(({ labels, points }) => ({ labels, points: points.filter(isFinite) }));

/** Counts from the first look on, which gives 0. */
export const openAccumulator = (query: string, resolution: number): Accumulator => {
  const sums = new Map<string, Series>();
  let until: number | undefined;
  const add = (found: readonly RawSeries[], share: number): void => {
    for (const one of finitePoints(found)) {
      const { labels } = one;
      const known = sums.get(keyOf(one)) ?? { labels, value: 0, instance: labels['instance'] ?? '' };
      sums.set(keyOf(one), { ...known, value: known.value + share * (one.points.at(-1)?.value ?? 0) });
    }
  };
  return {
    read: async (ask, at) => {
      const since = until;
      if (since !== undefined && at - since < windowOf(resolution)) return { until: since, series: [...sums.values()] };
      const found = await ask.at(filled(query, at - (since ?? at - windowOf(resolution))), at);
      // A look that was given up may still come back: its window has been counted by then.
      if (until === since) {
        until = at;
        add(found, since === undefined ? 0 : 1);
      }
      return { until: until ?? at, series: [...sums.values()] };
    },
  };
};

/** A grid whose steps are no shorter than a window, where one of the queries is a free one. */
export const gridFor = (selectors: readonly string[], grid: Grid, resolution: number): Grid =>
  selectors.some(isFreeQuery) ? { ...grid, step: Math.max(grid.step, windowOf(resolution)) } : grid;

/** The counter of a free query over a span of the past: one value for each moment of the grid, from 0 on. */
export const accumulatedOver = async (ask: Asker, query: string, grid: Grid): Promise<RawSeries[]> => {
  const found = finitePoints(await ask.over(filled(query, grid.step), grid));
  return found.map(({ labels, points }) => {
    const increases = new Map(points.map(({ at, value }) => [at, value]));
    let sum = 0;
    const moments = momentsOf(grid).map((at, index) => {
      sum += index === 0 ? 0 : (increases.get(at) ?? 0);
      return { at, value: sum };
    });
    return { labels, points: moments };
  });
};
