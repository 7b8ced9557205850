// HTTP with timings per stage, deadlines that hold and bounded bodies: the one importer of undici.
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Client, buildConnector } from 'undici';
import { type Http, HttpFailure, type HttpRequest, type HttpResponse } from '../kit/io.ts';
import { type BoundedBody, readBody } from './http-body.ts';
import { abortedFailure, failureOf, type Progress, timeoutFailure } from './http-failures.ts';

type Undici = typeof import('undici');

const defaultBytes = 1024 * 1024;
const headerBytes = 32 * 1024;

/** One connection, for one request at a time. `progress` belongs to the request that is under way. */
interface Line {
  key: string;
  client: Client;
  progress: Progress;
  socket: Socket | undefined;
}

interface Target {
  url: URL;
  peer: string;
  /** `user:password` of the URL as a header; undici drops it. */
  authorization: string | undefined;
}

/** A `%` that encodes nothing stays as it is. */
const decode = (text: string): string => decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));

const basic = ({ username, password }: URL): string | undefined =>
  username === '' && password === ''
    ? undefined
    : `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;

const parseTarget = ({ url, connectTo }: HttpRequest): Target => {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new HttpFailure('http', 'ERR_INVALID_URL', 'the URL of the request is no http or https URL');
  const parsed = new URL(url);
  const port = parsed.port || (parsed.protocol === 'https:' ? '443' : '80');
  return { url: parsed, peer: connectTo ?? `${parsed.hostname}:${port}`, authorization: basic(parsed) };
};

const freshProgress = ({ url, peer }: Target): Progress => ({
  peer,
  secure: url.protocol === 'https:',
  answered: false,
});

/** Wraps undici's connector: the socket comes back at once, its events give the stages. */
const timed = (connect: buildConnector.connector, line: () => Line): buildConnector.connector => {
  return (options, callback) => {
    const { progress } = line();
    const port = /:(\d+)$/.exec(progress.peer)?.[1] ?? options.port;
    const hostname = progress.peer.slice(0, -port.length - 1).replace(/^\[|\]$/g, '');
    let from = performance.now();
    const lap = (stage: 'dns' | 'tcp' | 'tls') => () => {
      const now = performance.now();
      progress[stage] = now - from;
      from = now;
    };
    const socket = connect({ ...options, hostname, port }, (...result) => {
      if (result[0] === null) progress.ready = performance.now();
      callback(...result);
    }) as unknown as Socket;
    line().socket = socket;
    socket.once('lookup', lap('dns')).once('connect', lap('tcp')).once('secureConnect', lap('tls'));
  };
};

const openLine = ({ Client: Dialer, buildConnector: build }: Undici, key: string, target: Target): Line => {
  const line: Line = { key, progress: freshProgress(target), socket: undefined, client: undefined as never };
  line.client = new Dialer(target.url.origin, {
    connect: timed(build({ timeout: 0, allowH2: false }), () => line),
    maxHeaderSize: headerBytes,
    // Deadlines are ours: undici's timers are too coarse (its fast timers tick once a second).
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return line;
};

const destroy = async (line: Line): Promise<void> => {
  // A socket that is still connecting is not known to the client yet.
  line.socket?.destroy();
  await line.client.destroy().catch(() => undefined);
};

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

  const take = async (request: HttpRequest, target: Target): Promise<Line> => {
    const key = `${target.url.origin} ${target.peer}`;
    const kept = request.fresh === false ? idle.get(key)?.pop() : undefined;
    if (kept) {
      kept.progress = freshProgress(target);
      return kept;
    }
    library ??= import('undici');
    const line = openLine(await library, key, target);
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

  return { request, close };
};
