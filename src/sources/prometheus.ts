// The source `prometheus`: raw series of a Prometheus server; deltas are taken on our side, so nothing is extrapolated.
import { isMissedLook } from '../kit/errors.ts';
import type { Reading, Series, Source, SourceKind, SourceWorld } from '../kit/source.ts';
import { isFreeQuery, parseSelector } from '../kit/selector.ts';
import { instancesOf, isFinite, startMetric } from './answer.ts';
import { type Asker, askPrometheus } from './prometheus-api.ts';
import { type Accumulator, accumulatedOver, checkFreeQuery, gridFor, openAccumulator } from './prometheus-window.ts';
import { type Grid, momentsOf, type RawSeries } from './raw-series.ts';
import { type PrometheusSettings, prometheusSettings } from './settings.ts';

/** Prometheus refuses more than 11,000 points per series in one answer; fewer keep answers small. */
const pointsPerQuery = 2000;

const seriesAt = (raw: RawSeries, value: number | undefined): Series[] =>
  value === undefined ? [] : [{ labels: raw.labels, value, instance: raw.labels['instance'] ?? '' }].filter(isFinite);

const toSeries = (raw: RawSeries): Series[] => seriesAt(raw, raw.points.at(-1)?.value);

/** The start of each process that has a series of the selectors, in one query: a fleet has thousands of others. */
const startQuery = (selectors: readonly string[]): string =>
  `${startMetric} and on (job, instance) (${selectors.map((selector) => `(${selector})`).join(' or ')})`;

const startsAt = async (ask: Asker, selectors: readonly string[], at: number): Promise<Series[]> => {
  const plain = selectors.filter((selector) => !isFreeQuery(selector));
  return plain.length === 0 ? [] : (await ask.at(startQuery(plain), at)).flatMap(toSeries);
};

const idsOf = (series: readonly Series[]): string[] => [...new Set(series.map(({ instance }) => instance))];

/** The counter of one free query at a moment. */
type Count = (selector: string, at: number) => ReturnType<Accumulator['read']>;

/** Free queries grow once per window: everything is read as it was when the last window ended. */
const readNow = async (ask: Asker, selectors: readonly string[], now: number, count: Count): Promise<Reading[]> => {
  const counted = new Map(
    await Promise.all(selectors.filter(isFreeQuery).map(async (one) => [one, await count(one, now)] as const)),
  );
  const at = Math.min(now, ...[...counted.values()].map(({ until }) => until));
  const seriesOf = async (selector: string): Promise<Series[]> =>
    counted.get(selector)?.series ?? (await ask.at(selector, at)).flatMap(toSeries);
  const [starts, ...lists] = await Promise.all([startsAt(ask, selectors, at), ...selectors.map(seriesOf)]);
  const instances = instancesOf(idsOf(lists.flat()), starts);
  return lists.map((series) => ({ at, series, instances }));
};

/** The answer is larger than is read, or than the server's own --query.max-samples. */
const isTooMuch = (error: unknown): boolean =>
  isMissedLook(error) && (error.missed.reason === 'source_too_large' || error.message.includes('too many samples'));

/** A fleet has more series than fit into one answer: then the time is asked for in halves, one after the other. */
const overInParts = async (ask: Asker, selector: string, grid: Grid): Promise<RawSeries[]> => {
  try {
    return await ask.over(selector, grid);
  } catch (error) {
    const moments = momentsOf(grid);
    const [last, next] = [moments[Math.floor(moments.length / 2) - 1], moments[Math.floor(moments.length / 2)]];
    if (last === undefined || next === undefined || !isTooMuch(error)) throw error;
    const early = await overInParts(ask, selector, { ...grid, to: last });
    return [...early, ...(await overInParts(ask, selector, { ...grid, from: next }))];
  }
};

/** What a query says at each moment of a grid; Prometheus gives the last value before it, at most 5 minutes old. */
const rangeOf = async (ask: Asker, selector: string, grid: Grid): Promise<RawSeries[]> => {
  if (isFreeQuery(selector)) return accumulatedOver(ask, selector, grid);
  const length = grid.step * (pointsPerQuery - 1);
  const parts: RawSeries[] = [];
  for (let { from } = grid; from <= grid.to; from += length + grid.step)
    parts.push(...(await overInParts(ask, selector, { from, to: Math.min(grid.to, from + length), step: grid.step })));
  return parts;
};

/** All series of each moment, by the moment. */
const byMoment = (ranges: readonly RawSeries[]): Map<number, Series[]> => {
  const found = new Map<number, Series[]>();
  for (const raw of ranges)
    for (const { at, value } of raw.points) {
      const series = found.get(at) ?? [];
      series.push(...seriesAt(raw, value));
      found.set(at, series);
    }
  return found;
};

const readPast = async (ask: Asker, selectors: readonly string[], grid: Grid): Promise<Reading[][]> => {
  const [starts, ...lists] = await Promise.all([
    startsAt(ask, selectors, grid.to),
    ...selectors.map((selector) => rangeOf(ask, selector, grid)),
  ]);
  return lists.map((ranges) => {
    const found = byMoment(ranges);
    return momentsOf(grid).map((at) => {
      const series = found.get(at) ?? [];
      return { at, series, instances: instancesOf(idsOf(series), starts) };
    });
  });
};

const check = (selector: string): void => {
  if (isFreeQuery(selector)) checkFreeQuery(selector);
  else parseSelector(selector);
};

const openPrometheus = async (settings: PrometheusSettings, { io }: SourceWorld): Promise<Source> => {
  await io.http.prepare?.();
  const { resolution } = settings;
  const counters = new Map<string, Accumulator>();
  const countWith =
    (ask: Asker): Count =>
    (query, at) => {
      const counter = counters.get(query) ?? openAccumulator(query, resolution);
      counters.set(query, counter);
      return counter.read(ask, at);
    };
  return {
    resolution,
    async read(selectors, { signal }) {
      selectors.forEach(check);
      const ask = askPrometheus(io.http, settings, signal);
      return readNow(ask, selectors, io.clock.now(), countWith(ask));
    },
    async past(selectors, { from, to }, step) {
      selectors.forEach(check);
      // Whole milliseconds: what the API answers with is compared with the moments that were asked for.
      const grid = { from: Math.round(from), to: Math.round(to), step: Math.max(1, Math.round(step)) };
      return readPast(askPrometheus(io.http, settings), selectors, gridFor(selectors, grid, resolution));
    },
    close: async () => undefined,
  };
};

/** Metrics of a Prometheus server, or of anything that speaks its query API. */
export const prometheus: SourceKind<PrometheusSettings> = {
  holdpointSource: 1,
  name: 'prometheus',
  about:
    'Asks a Prometheus server for raw series (a selector, no rate() or increase(); or a free query with {{window}}) and takes the differences itself. Has a new number once per scrape interval (`resolution`, default 15 s) and knows the time before the deploy.',
  example: `error-rate-delta:
  prometheus:
    url: "\${env:PROM_URL}"
    total: 'http_requests_total{app="auth"}'
    errors: 'code=~"5.."'`,
  selects: 'metrics',
  queries: true,
  settings: prometheusSettings,
  open: openPrometheus,
};
