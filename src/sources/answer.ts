// What the sources share: a request that fails is an instrument that could not look, never a failing target.
import { MissedLook } from '../kit/errors.ts';
import { HttpFailure, type Http, type HttpRequest, type HttpResponse } from '../kit/io.ts';
import type { Instance, Series } from '../kit/source.ts';

/** The metric that says when a process began (client libraries of Prometheus all have it). */
export const startMetric = 'process_start_time_seconds';

/** The page or server asked, for sentences. */
export interface Asked {
  /** `scrape` or `prometheus`. */
  source: string;
  /** Where: an instance name, or host and path. */
  where: string;
}

const missed = (asked: Asked, reason: string, what: string, cause?: unknown): MissedLook =>
  new MissedLook('instrument', reason, `${asked.source}: ${asked.where} ${what}`, { cause });

const refusals: Record<number, string> = {
  401: 'answered 401: the credentials in headers are missing or wrong',
  403: 'answered 403: these credentials may not read it',
  404: 'answered 404: check the path of the URL',
};

/** Refuses every answer but 200, whole. */
export const usable = (asked: Asked, response: HttpResponse): HttpResponse => {
  const { status, truncated, body } = response;
  if (status !== 200) throw missed(asked, `source_${status}`, refusals[status] ?? `answered ${status}, expected 200`);
  if (truncated) throw missed(asked, 'source_too_large', `sent more than ${body.length} bytes`);
  return response;
};

/** A failed request as a missed look. */
export const asMissed = (asked: Asked, error: unknown): unknown => {
  if (!(error instanceof HttpFailure)) return error;
  const reason = error.stage === 'timeout' ? 'source_timeout' : 'source_unreachable';
  return missed(asked, reason, `could not be read: ${error.message}`, error);
};

/** Asks; every way to fail is a `MissedLook` by the instrument. */
export const ask = async (http: Http, asked: Asked, request: HttpRequest): Promise<HttpResponse> => {
  try {
    return usable(asked, await http.request(request));
  } catch (error) {
    throw asMissed(asked, error);
  }
};

/** An answer that came and cannot be used. */
export const unreadable = (asked: Asked, what: string, cause?: unknown): MissedLook =>
  missed(asked, 'source_unreadable', what, cause);

/** NaN and infinite values never reach a comparison. */
export const isFinite = ({ value }: { value: number }): boolean => Number.isFinite(value);

/** The processes of a reading, with their start where the page says it. */
export const instancesOf = (ids: readonly string[], starts: readonly Series[]): Instance[] => {
  const seconds = new Map(starts.map(({ instance, value }) => [instance, value]));
  return ids.map((id) => {
    const start = seconds.get(id);
    return start === undefined ? { id } : { id, startedAt: start * 1000 };
  });
};

/** A selector that this source cannot be asked for. */
export const wrongSelector = (because: string): MissedLook => new MissedLook('ours', 'source_selector', because);
