// The query API of Prometheus: one expression in, raw series out; everything else is a look that was missed.
import * as z from 'zod';
import type { Http, HttpRequest, HttpResponse } from '../kit/io.ts';
import { clip } from '../kit/text.ts';
import { type Asked, asMissed, unreadable, usable } from './answer.ts';
import type { PrometheusSettings } from './settings.ts';

/** One series with its points (epoch milliseconds), in time order. */
export interface RawSeries {
  labels: Record<string, string>;
  points: { at: number; value: number }[];
}

/** Evaluates an expression at a moment (epoch milliseconds). Throws a `MissedLook`. */
export type Asker = (expression: string, at: number) => Promise<RawSeries[]>;

const answerBytes = 16 * 1024 * 1024;

const numbers: Record<string, number> = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity };

/** `[seconds, "value"]`, https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats */
const point = () =>
  z.tuple([z.number(), z.string()]).transform(([seconds, text]) => ({
    at: seconds * 1000,
    value: numbers[text] ?? Number(text),
  }));

const series = () =>
  z
    .object({
      metric: z.record(z.string(), z.string()),
      value: point().optional(),
      values: z.array(point()).optional(),
    })
    .transform(
      ({ metric, value, values }): RawSeries => ({ labels: metric, points: values ?? (value ? [value] : []) }),
    );

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
  return data.result;
};

const requests = (settings: PrometheusSettings, form: string): Pick<HttpRequest, 'method' | 'url' | 'body'>[] => {
  const url = new URL(settings.url);
  const base = Object.assign(new URL(url), { pathname: `${url.pathname.replace(/\/$/, '')}/api/v1/query` });
  const get = Object.assign(new URL(base), { search: base.search === '' ? form : `${base.search}&${form}` });
  return [
    { method: 'POST', url: base.href, body: form },
    { method: 'GET', url: get.href },
  ];
};

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
  return async (expression, at) => {
    const form = new URLSearchParams({ query: expression, time: (at / 1000).toFixed(3) }).toString();
    const [post, get] = requests(settings, form) as [HttpRequest, HttpRequest];
    try {
      const first = await http.request({ ...common, ...post });
      return resultOf(asked, first.status === 405 ? await http.request({ ...common, ...get }) : first);
    } catch (error) {
      throw asMissed(asked, error);
    }
  };
};
