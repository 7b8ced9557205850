// One HTTP connection: where it leads, and how long each stage of making it takes.
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { buildConnector, Client } from 'undici';
import { HttpFailure, type HttpRequest, type HttpTls } from '../kit/io.ts';
import type { Progress } from './http-failures.ts';

/** The two parts of undici that are used: the whole of it costs 60 ms and 10 MB more to load (fetch, WebSocket, caches). */
export interface Undici {
  Client: typeof Client;
  buildConnector: typeof buildConnector;
}

/** Loads them, once. */
export const loadUndici = async (): Promise<Undici> => {
  const [{ default: client }, { default: build }] = await Promise.all([
    import('undici/lib/dispatcher/client.js'),
    import('undici/lib/core/connect.js'),
  ]);
  return { Client: client, buildConnector: build };
};

const headerBytes = 32 * 1024;

/** One connection after another, for one request at a time. `progress` belongs to the request that is under way. */
export interface Line {
  key: string;
  client: Client;
  progress: Progress;
  socket: Socket | undefined;
  tls: HttpTls | undefined;
}

/** Where a request goes. */
export interface Target {
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

/** Reads the URL of a request. Throws an `HttpFailure` for one that is none. */
export const parseTarget = ({ url, connectTo }: HttpRequest): Target => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new HttpFailure('http', 'ERR_INVALID_URL', 'the URL of the request is no http or https URL');
  const port = parsed.port || (parsed.protocol === 'https:' ? '443' : '80');
  return { url: parsed, peer: connectTo ?? `${parsed.hostname}:${port}`, authorization: basic(parsed) };
};

/** Nothing has happened yet. */
export const freshProgress = ({ url, peer }: Target): Progress => ({
  peer,
  secure: url.protocol === 'https:',
  answered: false,
});

const tlsOf = (socket: TLSSocket): HttpTls => {
  const expires = Date.parse(socket.getPeerCertificate().valid_to);
  return { protocol: socket.getProtocol() ?? 'unknown', ...(Number.isNaN(expires) ? {} : { expires }) };
};

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
    socket.once('secureConnect', () => {
      line().tls = tlsOf(socket as TLSSocket);
    });
  };
};

/** A connection that is made with its first request. */
export const openLine = ({ Client: Dialer, buildConnector: build }: Undici, key: string, target: Target): Line => {
  const line: Line = {
    key,
    progress: freshProgress(target),
    socket: undefined,
    tls: undefined,
    client: undefined as never,
  };
  line.client = new Dialer(target.url.origin, {
    connect: timed(build({ timeout: 0, allowH2: false, maxCachedSessions: 0 }), () => line),
    maxHeaderSize: headerBytes,
    // Deadlines are ours: undici's timers are too coarse (its fast timers tick once a second).
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return line;
};

/** Ends the connection of an answered request; `then`: when the line can make another one. */
export const hangUp = (line: Line, then: () => void): void => {
  const { socket } = line;
  line.socket = undefined;
  line.tls = undefined;
  if (socket === undefined || socket.closed) return then();
  // undici listens since the connection was made: it has noted the end before we do.
  socket.once('close', then).destroy();
};

/** Ends a connection, also one that is still being made. One error serves all: making one for each costs its stack. */
export const destroyer = (): ((line: Line) => void) => {
  const over = new Error('the connection is not needed any more');
  return (line) => {
    // A socket that is still connecting is not known to the client yet.
    line.socket?.destroy();
    line.client.destroy(over, () => undefined);
  };
};
