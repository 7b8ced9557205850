// Servers that do what no server should: each takes connections on a free loopback port and misbehaves in one way.
import type { Socket } from 'node:net';
import { createGzip } from 'node:zlib';
import { serveRaw, type TestServer } from './servers.ts';

/** What a server does with a connection whose first request has arrived (or, `atOnce`, before it). */
interface Hostility {
  atOnce?: boolean;
  act(socket: Socket): void;
}

const head = (...lines: string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');

/** Writes as fast as the reader takes it, until the reader has gone. */
const forEver = (socket: Socket, text: string): void => {
  const more = (error?: Error | null): void => {
    // A write to a reader that has gone fails at once: going on after it would spin.
    if (!error && !socket.destroyed) socket.write(text, more);
  };
  more();
};

const eachSecond = (socket: Socket, text: string): void => {
  const bytes = [...text];
  const timer = setInterval(() => socket.write(bytes.shift() ?? 'x'), 1000);
  socket.once('close', () => clearInterval(timer));
};

const redirect = (location: string): string =>
  ['HTTP/1.1 302 Found', `location: ${location}`, 'content-length: 0', '', ''].join('\r\n');

/** 64 MB of zeros in 64 KB of gzip. */
const gzipBomb = (socket: Socket): void => {
  socket.write(head('content-type: text/html', 'content-encoding: gzip', 'connection: close'));
  const zip = createGzip();
  zip.pipe(socket);
  const block = Buffer.alloc(1024 * 1024, ' ');
  for (let megabytes = 0; megabytes < 64; megabytes += 1) zip.write(block);
  zip.end();
};

/** The ways to misbehave. */
export const hostilities = {
  silent: { atOnce: true, act: () => undefined },
  'one byte per second': { act: (socket) => eachSecond(socket, head('content-length: 5') + 'hello') },
  'one byte of the body per second': {
    act: (socket) => {
      socket.write(head('content-length: 100'));
      eachSecond(socket, '');
    },
  },
  'endless body': {
    act: (socket) => {
      socket.write(head('content-type: text/html', 'connection: close'));
      forEver(socket, 'y'.repeat(16_384));
    },
  },
  'endless early hints': {
    act: (socket) => forEver(socket, 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n'.repeat(100)),
  },
  'header flood': {
    act: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      forEver(socket, `x-flood: ${'z'.repeat(1000)}\r\n`);
    },
  },
  'endless redirect': { act: (socket) => void socket.write(redirect(`/round?${Math.random()}`)) },
  'gzip bomb': { act: gzipBomb },
  'content length too short': { act: (socket) => void socket.end(`${head('content-length: 5')}hello and much more`) },
  'content length too long': { act: (socket) => void socket.end(`${head('content-length: 500')}hello`) },
  'two content lengths': {
    act: (socket) => void socket.end(`${head('content-length: 5', 'content-length: 50')}hello`),
  },
  'chunked and a content length': {
    act: (socket) =>
      void socket.end(`${head('content-length: 5', 'transfer-encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`),
  },
  'half-closed at once': { atOnce: true, act: (socket) => void socket.end() },
  'half-closed after the head': { act: (socket) => void socket.end(head('content-length: 5')) },
  'reset after the head': {
    // A reset overtakes what was not read yet.
    act: (socket) => {
      socket.write(head('content-length: 5'));
      setTimeout(() => socket.resetAndDestroy(), 100);
    },
  },
  'another protocol': { atOnce: true, act: (socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n') },
  'HTTP/2 without TLS': {
    // RFC 9113 3.4: the server's preface is a SETTINGS frame.
    atOnce: true,
    act: (socket) => void socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])),
  },
} satisfies Record<string, Hostility>;

/** A way to misbehave. */
export type HostilityName = keyof typeof hostilities;

/** Starts a server that misbehaves; it keeps reading when it has ended its own half. Close it. */
export const startHostile = (name: HostilityName): Promise<TestServer> => {
  const { act, atOnce = false }: Hostility = hostilities[name];
  return serveRaw((socket) => {
    socket.resume();
    if (atOnce) act(socket);
    else socket.once('data', () => act(socket));
  });
};
