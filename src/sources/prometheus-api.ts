// The query API of Prometheus: one expression in, raw series out; everything else is a look that was missed.
import * as z from 'zod';
import type { Http, HttpRequest, HttpResponse } from '../kit/io.ts';
import { clip } from '../kit/text.ts';
import { type Asked, asMissed, unreadable, usable } from './answer.ts';
import { bucketSeries, histogramPoint } from './native-histogram.ts';
import type { Grid, RawSeries } from './raw-series.ts';
import type { PrometheusSettings } from './settings.ts';

/** Evaluates an expression at a moment (epoch milliseconds), or at each of a grid. Throws a `MissedLook`. */
export interface Asker {
  at(expression: string, at: number): Promise<RawSeries[]>;
  over(expression: string, grid: Grid): Promise<RawSeries[]>;
}

const answerBytes = 16 * 1024 * 1024;

const numbers: Record<string, number> = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity };

/** `[seconds, "value"]`, https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats */
const point = () =>
  z.tuple([z.number(), z.string()]).transform(([seconds, text]) => ({
    at: Math.round(seconds * 1000),
    value: numbers[text] ?? Number(text),
  }));

const series = () =>
  z
    .object({
      metric: z.record(z.string(), z.string()),
      value: point().optional(),
      values: z.array(point()).optional(),
      histogram: histogramPoint().optional(),
      histograms: z.array(histogramPoint()).optional(),
    })
    .transform(({ metric, value, values, histogram, histograms }): RawSeries[] => {
      const points = values ?? (value ? [value] : []);
      const native = histograms ?? (histogram ? [histogram] : []);
      return [...(points.length > 0 ? [{ labels: metric, points }] : []), ...bucketSeries(metric, native)];
    });

const answer = () =>
  z.object({
    status: z.string(),
    errorType: z.string().optional(),
    error: z.string().optional(),
    warnings: z.array(z.string()).optional(),
    data: z.object({ resultType: z.enum(['vector', 'matrix']), result: z.array(series()) }).optional(),
  });

const parseAnswer = (asked: Asked, body: string): z.output<ReturnType<typeof answer>> => {
  try {
    return answer().parse(JSON.parse(body));
  } catch (error) {
    throw unreadable(asked, `sent no answer of the Prometheus query API: ${clip(body, 120)}`, error);
  }
};

const resultOf = (asked: Asked, response: HttpResponse): RawSeries[] => {
  // A bad expression is answered with 400 or 422 and says so in the body.
  if (response.status !== 400 && response.status !== 422) usable(asked, response);
  const { status, error, errorType, warnings = [], data } = parseAnswer(asked, response.body);
  if (status !== 'success' || !data) throw unreadable(asked, `refused the query (${errorType}): ${error}`);
  // A warning means a partial answer (Thanos, Mimir, remote read): less than the truth looks healthier than it is.
  if (warnings.length > 0) throw unreadable(asked, `gave a partial answer: ${clip(warnings.join('; '), 200)}`);
  return data.result.flat();
};

const requests = (
  settings: PrometheusSettings,
  path: string,
  form: string,
): Pick<HttpRequest, 'method' | 'url' | 'body'>[] => {
  const url = new URL(settings.url);
  const base = Object.assign(new URL(url), { pathname: `${url.pathname.replace(/\/$/, '')}/api/v1/${path}` });
  const get = Object.assign(new URL(base), { search: base.search === '' ? form : `${base.search}&${form}` });
  return [
    { method: 'POST', url: base.href, body: form },
    { method: 'GET', url: get.href },
  ];
};

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Asks by POST, and by GET where a proxy in front allows nothing else (405). */
export const askPrometheus = (http: Http, settings: PrometheusSettings, signal?: AbortSignal): Asker => {
  const { host, pathname } = new URL(settings.url);
  const asked = { source: 'prometheus', where: `${host}${pathname === '/' ? '' : pathname}` };
  const common = {
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...settings.headers },
    timeout: settings.timeout,
    maxBytes: answerBytes,
    ...(signal ? { signal } : {}),
  };
  const send = async (path: string, values: Record<string, string>): Promise<RawSeries[]> => {
    const form = new URLSearchParams(values).toString();
    const [post, get] = requests(settings, path, form) as [HttpRequest, HttpRequest];
    try {
      const first = await http.request({ ...common, ...post });
      return resultOf(asked, first.status === 405 ? await http.request({ ...common, ...get }) : first);
    } catch (error) {
      throw asMissed(asked, error);
    }
  };
  return {
    at: (query, at) => send('query', { query, time: seconds(at) }),
    over: (query, { from, to, step }) =>
      send('query_range', { query, start: seconds(from), end: seconds(to), step: seconds(step) }),
  };
};
