// One request and its answer on a line, straight at undici's dispatcher: its promise API costs a stream per body.
import type { Dispatcher } from 'undici';
import type { HttpRequest, HttpResponse } from '../kit/io.ts';
import { type BodySink, type BoundedBody, openBody } from './http-body.ts';
import type { Line, Target } from './http-line.ts';

/** Bytes of a body that are kept where the caller names no other limit. */
const defaultBytes = 1024 * 1024;

const headerLists = (headers: Record<string, string | string[] | undefined>): Record<string, string[]> => {
  const lists: Record<string, string[]> = {};
  for (const [name, value = []] of Object.entries(headers)) lists[name] = Array.isArray(value) ? value : [value];
  return lists;
};

const requestHeaders = (request: HttpRequest, target: Target, agent: string): Record<string, string> => {
  const headers: Record<string, string> = { 'user-agent': agent, accept: '*/*', 'accept-encoding': 'identity' };
  if (target.authorization !== undefined) headers['authorization'] = target.authorization;
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  return headers;
};

/** The head of an answer, and when it came: milliseconds of `performance.now()`. */
interface Head {
  status: number;
  headers: Record<string, string[]>;
  at: number;
}

const responseOf = ({ progress, tls }: Line, { status, headers, at }: Head, body: BoundedBody, started: number) => {
  const { dns, tcp, tls: handshake, ready } = progress;
  const now = performance.now();
  const timings = {
    ...(dns === undefined ? {} : { dns }),
    ...(tcp === undefined ? {} : { tcp }),
    ...(handshake === undefined ? {} : { tls: handshake }),
    firstByte: at - (ready ?? started),
    body: now - at,
    total: now - started,
    reused: ready === undefined,
  };
  return { status, headers, ...body, timings, ...(tls ? { tls } : {}) } satisfies HttpResponse;
};

/** What undici tells of an answer, made into a response. */
const handlerFor = (
  line: Line,
  maxBytes: number,
  resolve: (response: HttpResponse) => void,
  reject: (error: unknown) => void,
): Dispatcher.DispatchHandler => {
  const started = performance.now();
  let body: BodySink | undefined;
  return {
    onRequestStart: () => undefined,
    onResponseStart: (controller, status, rawHeaders) => {
      // 100 to 199 announce the answer.
      if (status < 200) return;
      line.progress.answered = true;
      const headers = headerLists(rawHeaders);
      const head = { status, headers, at: performance.now() };
      const done = (whole: BoundedBody): void => {
        resolve(responseOf(line, head, whole, started));
        if (whole.truncated) controller.abort(new Error('enough'));
      };
      const failed = (error: Error): void => {
        reject(error);
        controller.abort(error);
      };
      const kind = {
        encoding: headers['content-encoding']?.join(',') ?? '',
        contentType: headers['content-type']?.[0] ?? '',
      };
      body = openBody(kind, maxBytes, { done, failed });
    },
    onResponseData: (_, chunk) => body?.take(chunk),
    onResponseEnd: () => body?.end(),
    onResponseError: (_, error) => reject(error),
  };
};

/** Sends a request. Rejects with what undici or the decoder throws. */
export const exchange = (line: Line, request: HttpRequest, target: Target, agent: string): Promise<HttpResponse> =>
  new Promise((resolve, reject) => {
    const options = {
      method: request.method.toUpperCase(),
      path: `${target.url.pathname}${target.url.search}`,
      headers: requestHeaders(request, target, agent),
      body: request.body ?? null,
    };
    line.client.dispatch(options, handlerFor(line, request.maxBytes ?? defaultBytes, resolve, reject));
  });
