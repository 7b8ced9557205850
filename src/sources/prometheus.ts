// The source `prometheus`: raw series of a Prometheus server; deltas are taken on our side, so nothing is extrapolated.
import type { Reading, Series, Source, SourceKind, SourceWorld } from '../kit/source.ts';
import { parseSelector } from '../kit/selector.ts';
import { instancesOf, isFinite, startMetric } from './answer.ts';
import { type Asker, askPrometheus, type RawSeries } from './prometheus-api.ts';
import { type PrometheusSettings, prometheusSettings } from './settings.ts';

/** How long a series counts as present after its last sample: the default of Prometheus (query.lookback-delta). */
const lookback = 5 * 60_000;

/** A longer span is refused rather than paid for in the memory of the server. */
const longestSpan = 24 * 3_600_000;

const toSeries = ({ labels, points }: RawSeries): Series[] => {
  const value = points.at(-1)?.value;
  return value === undefined ? [] : [{ labels, value, instance: labels['instance'] ?? '' }].filter(isFinite);
};

/** The start of each process that has a series of the selectors, in one query: a fleet has thousands of others. */
const startQuery = (selectors: readonly string[]): string =>
  `${startMetric} and on (job, instance) (${selectors.map((selector) => `(${selector})`).join(' or ')})`;

const idsOf = (series: readonly Series[]): string[] => [...new Set(series.map(({ instance }) => instance))];

const readNow = async (ask: Asker, selectors: readonly string[], at: number): Promise<Reading[]> => {
  const queries = [startQuery(selectors), ...selectors];
  const [starts = [], ...lists] = await Promise.all(
    queries.map(async (query) => (await ask(query, at)).flatMap(toSeries)),
  );
  const instances = instancesOf(idsOf(lists.flat()), starts);
  return lists.map((series) => ({ at, series, instances }));
};

/** The last point at or before `at`, not older than the lookback. */
const upTo = (raw: RawSeries, at: number): RawSeries => ({
  labels: raw.labels,
  points: raw.points.filter((point) => point.at <= at && point.at > at - lookback).slice(-1),
});

const gridOf = ({ from, to }: { from: number; to: number }, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

const readPast = async (
  ask: Asker,
  selectors: readonly string[],
  span: { from: number; to: number },
  step: number,
): Promise<Reading[][]> => {
  const window = Math.ceil((Math.min(span.to - span.from, longestSpan) + lookback) / 1000);
  const grid = gridOf({ from: Math.max(span.from, span.to - longestSpan), to: span.to }, step);
  const ranges = selectors.map((selector) => ask(`${selector}[${window}s]`, span.to));
  const [starts, ...lists] = await Promise.all([ask(startQuery(selectors), span.to), ...ranges]);
  const started = (starts ?? []).flatMap(toSeries);
  return lists.map((raw) =>
    grid.map((at) => {
      const series = raw.flatMap((one) => toSeries(upTo(one, at)));
      return { at, series, instances: instancesOf(idsOf(series), started) };
    }),
  );
};

const openPrometheus = async (settings: PrometheusSettings, { io }: SourceWorld): Promise<Source> => {
  await io.http.prepare?.();
  return {
    resolution: settings.resolution,
    async read(selectors, { signal }) {
      selectors.forEach(parseSelector);
      return readNow(askPrometheus(io.http, settings, signal), selectors, io.clock.now());
    },
    async past(selectors, span, step) {
      selectors.forEach(parseSelector);
      return readPast(askPrometheus(io.http, settings), selectors, span, Math.max(step, 1));
    },
    close: async () => undefined,
  };
};

/** Metrics of a Prometheus server, or of anything that speaks its query API. */
export const prometheus: SourceKind<PrometheusSettings> = {
  holdpointSource: 1,
  name: 'prometheus',
  about:
    'Asks a Prometheus server for raw series (a selector, no rate() or increase()) and takes the differences itself. Has a new number once per scrape interval (`resolution`, default 15 s) and knows the time before the deploy.',
  example: `error-rate-delta:
  prometheus:
    url: "\${env:PROM_URL}"
    total: 'http_requests_total{app="auth"}'
    errors: 'code=~"5.."'`,
  selects: 'metrics',
  settings: prometheusSettings,
  open: openPrometheus,
};
