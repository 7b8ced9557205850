// HTTP with timings per stage, deadlines that hold and bounded bodies: the one importer of undici.
import type { Readable } from 'node:stream';
import type { Http, HttpRequest, HttpResponse } from '../kit/io.ts';
import { type BoundedBody, readBody } from './http-body.ts';
import { abortedFailure, failureOf, timeoutFailure } from './http-failures.ts';
import { destroy, freshProgress, type Line, openLine, parseTarget, type Target, type Undici } from './http-line.ts';

/** Bytes of a body that are kept where the caller names no other limit. */
const defaultBytes = 1024 * 1024;

const headerLists = (headers: Record<string, string | string[] | undefined>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value = []]) => [name, Array.isArray(value) ? value : [value]]),
  );

const requestHeaders = (request: HttpRequest, target: Target, agent: string): Record<string, string> => {
  const given = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const authorization = target.authorization === undefined ? {} : { authorization: target.authorization };
  return { 'user-agent': agent, accept: '*/*', 'accept-encoding': 'identity', ...authorization, ...given };
};

const exchange = async (line: Line, request: HttpRequest, target: Target, agent: string): Promise<HttpResponse> => {
  const { progress, client } = line;
  const started = performance.now();
  const answer = await client.request({
    method: request.method.toUpperCase(),
    path: `${target.url.pathname}${target.url.search}`,
    headers: requestHeaders(request, target, agent),
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  progress.answered = true;
  const reused = progress.ready === undefined;
  const firstByte = performance.now() - (progress.ready ?? started);
  const headers = headerLists(answer.headers);
  const { body, truncated } = await bodyOf(answer.body, headers, request.maxBytes ?? defaultBytes);
  const { dns, tcp, tls } = progress;
  const stages = Object.fromEntries(Object.entries({ dns, tcp, tls }).filter(([, ms]) => ms !== undefined));
  const timings = { ...stages, firstByte, total: performance.now() - started, reused };
  return { status: answer.statusCode, headers, body, truncated, timings };
};

const bodyOf = (stream: Readable, headers: Record<string, string[]>, maxBytes: number): Promise<BoundedBody> =>
  readBody(
    stream,
    {
      encoding: headers['content-encoding']?.join(',') ?? '',
      contentType: headers['content-type']?.[0] ?? '',
    },
    maxBytes,
  );

/** Rejects when the deadline passes or the caller gives up; `done` ends the watch. */
const watch = (line: Line, { timeout, signal }: HttpRequest): { over: Promise<never>; done(): void } => {
  let done = (): void => undefined;
  const over = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(timeoutFailure(line.progress, timeout)), timeout);
    const abort = (): void => reject(abortedFailure(line.progress));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  return { over, done: () => done() };
};

/**
 * HTTP for probes and sources. Every request is on a connection of its own, unless it asks for `fresh: false`.
 * `version` is ours, for the User-Agent.
 */
export const createHttp = ({ version }: { version: string }): Http => {
  const agent = `holdpoint/${version}`;
  const idle = new Map<string, Line[]>();
  const open = new Set<Line>();
  let library: Promise<Undici> | undefined;
  const load = (): Promise<Undici> => {
    library ??= import('undici');
    return library;
  };

  const take = async (request: HttpRequest, target: Target): Promise<Line> => {
    const key = `${target.url.origin} ${target.peer}`;
    const kept = request.fresh === false ? idle.get(key)?.pop() : undefined;
    if (kept) {
      kept.progress = freshProgress(target);
      return kept;
    }
    const line = openLine(await load(), key, target);
    open.add(line);
    return line;
  };

  const giveBack = async (line: Line, keep: boolean): Promise<void> => {
    if (keep) idle.set(line.key, [...(idle.get(line.key) ?? []), line]);
    else {
      open.delete(line);
      await destroy(line);
    }
  };

  const request = async (asked: HttpRequest): Promise<HttpResponse> => {
    const target = parseTarget(asked);
    const line = await take(asked, target);
    const { over, done } = watch(line, asked);
    const answer = exchange(line, asked, target, agent);
    // The loser of the race may still reject.
    answer.catch(() => undefined);
    let whole = false;
    try {
      const response = await Promise.race([over, answer]);
      whole = !response.truncated;
      return response;
    } catch (error) {
      throw failureOf(line.progress, error);
    } finally {
      done();
      await giveBack(line, whole && asked.fresh === false);
    }
  };

  const close = async (): Promise<void> => {
    idle.clear();
    await Promise.all([...open].map(destroy));
    open.clear();
  };

  const prepare = async (): Promise<void> => {
    await load();
  };
  return { prepare, request, close };
};
