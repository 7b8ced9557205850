// What may reach the driver of Postgres: whole messages, in any pieces, and nothing else.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createFrames } from '../../src/io/postgres-frames.ts';
import { createPostgres } from '../../src/io/postgres.ts';

const message = (type: string, body: string, length = body.length + 4): Buffer => {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.from(body, 'latin1')]);
};

/** Ready, an error of two fields, and a row. */
const good = Buffer.concat([
  message('Z', 'I'),
  message('E', 'SFATAL\0Mno\0\0'),
  message('N', '\0'),
  message('1', ''),
  message('D', 'x'.repeat(70_000)),
]);

const first = (bytes: Buffer, piece: number): string | undefined => {
  const faultIn = createFrames();
  for (let at = 0; at < bytes.length; at += piece) {
    const fault = faultIn(bytes.subarray(at, at + piece));
    if (fault) return fault.message;
  }
  return undefined;
};

it.each([1, 2, 3, 7, 64, 65_536, 1_000_000])('messages in pieces of %i bytes are let through', (piece) => {
  expect(first(Buffer.concat([good, good]), piece)).toBeUndefined();
});

const not = 'what answers there does not speak the protocol of PostgreSQL';

it.each([
  ['an error without a body', message('E', '')],
  ['a length below its own four bytes', message('R', '', 3)],
  ['an error whose last field has no end', message('E', 'SFATAL\0')],
  ['a notice that is cut', message('N', 'SWARNING')],
  ['a message of 2 GiB', message('D', 'x', 0x7f_ff_ff_ff)],
  ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
])('%s is none, in any pieces', (_, bytes) => {
  const all = Buffer.concat([good, bytes]);
  expect([1, 5, 1_000_000].map((piece) => first(all, piece))).toEqual([not, not, not]);
});

/** A server that says this to whoever connects. */
const saying = async (bytes: Buffer): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => socket.write(bytes));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `postgres://a:b@127.0.0.1:${(server.address() as { port: number }).port}/x`;
};

it.each([
  ['an error without a body', message('E', ''), 'PROTOCOL', not],
  [
    'a server that cannot fork',
    Buffer.from('Ecould not fork new process for connection: Resource temporarily unavailable\n\0'),
    '53000',
    'could not fork new process for connection: Resource temporarily unavailable',
  ],
])('%s ends the connect, and not the program', async (_, bytes, code, text) => {
  const connecting = createPostgres().connect(await saying(bytes), { connectTimeout: 5000, statementTimeout: 0 });
  await expect(connecting).rejects.toMatchObject({ name: 'PostgresFailure', code, message: text });
});
