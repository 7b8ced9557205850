// MySQL connection URLs, and servers that answer wrongly, late or not at all; real sessions are tested in tests/integration.
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createMysql } from '../../src/io/mysql.ts';
import { settingsOf } from '../../src/io/mysql-url.ts';
import { MysqlFailure } from '../../src/kit/index.ts';

describe('settingsOf', () => {
  const plain = { host: 'db', port: 3306, user: 'u', password: 'p' };

  it.each([
    ['mysql://u:p@db', plain],
    ['MARIADB://u:p@db:3307/', { ...plain, port: 3307 }],
    ['mysql://u%40x:p%25@db/app', { ...plain, user: 'u@x', password: 'p%', database: 'app' }],
    ['mysql://u@[::1]/app', { host: '::1', port: 3306, user: 'u', password: '', database: 'app' }],
    [
      'mysql://u:p@localhost/app?socket=/run/my.sock',
      { ...plain, host: 'localhost', database: 'app', socketPath: '/run/my.sock' },
    ],
    ['mysql://u:p@db?ssl-mode=disabled', plain],
    ['mysql://u:p@db?ssl-mode=REQUIRED', { ...plain, ssl: { rejectUnauthorized: false } }],
    ['mysql://u:p@db?ssl-mode=verify_ca', { ...plain, ssl: { rejectUnauthorized: true } }],
    ['mysql://u:p@db?ssl-mode=VERIFY_IDENTITY', { ...plain, ssl: { rejectUnauthorized: true, verifyIdentity: true } }],
  ])('%s', (url, settings) => {
    expect(settingsOf(url)).toEqual(settings);
  });

  it.each([
    ['se cret', 'the connection URL cannot be read; write it like mysql://user:password@host:3306/database'],
    ['postgres://u:se-cret@db/a', 'the connection URL must begin with mysql:// or mariadb://, not postgres://'],
    ['mysql://db/a', 'the connection URL names no user'],
    ['mysql:///a', 'the connection URL names no host'],
    [
      'mysql://u:se%zzcret@db',
      'the connection URL holds a % that is not followed by two hexadecimal digits; write it as %25',
    ],
    ['mysql://u:p@db?sslmode=x', 'the connection URL has the unknown parameter sslmode; known are ssl-mode and socket'],
    [
      'mysql://u:p@db?ssl-mode=prefer',
      'the connection URL has the unknown ssl-mode prefer; known are DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY',
    ],
  ])('refuses %s without showing it', (url, because) => {
    expect(() => settingsOf(url)).toThrow(expect.objectContaining({ code: 'INVALID_URL', message: because }));
  });
});

/** A server that does this with each connection; its URL, and how many sockets are open. */
const serverThat = async (serve: (socket: Socket) => void) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `mysql://u:p@127.0.0.1:${address.port}/a`, open: () => sockets.size };
};

const failureOf = async (url: string, connectTimeout = 10_000): Promise<MysqlFailure> => {
  const error = await createMysql()
    .connect(url, { connectTimeout, statementTimeout: 1000 })
    .then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
  if (error instanceof MysqlFailure) return error;
  throw new Error(`expected a MysqlFailure, got ${String(error)}`);
};

/** An error before the greeting: https://mariadb.com/kb/en/err_packet/ */
const refusal = (errno: number, text: string): Buffer => {
  const body = Buffer.concat([Buffer.from([0xff, errno & 0xff, errno >> 8]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
};

describe('a connect', () => {
  it.each([
    [1040, 'ER_CON_COUNT_ERROR', 'Too many connections'],
    [1053, 'ER_SERVER_SHUTDOWN', 'Server shutdown in progress'],
    [1129, 'ER_HOST_IS_BLOCKED', 'Host is blocked'],
  ])('refused with %i before the greeting has no SQLSTATE', async (errno, code, message) => {
    const { url, open } = await serverThat((socket) => socket.write(refusal(errno, message)));
    expect(await failureOf(url)).toMatchObject({ code, errno, sqlState: undefined, message });
    await expect.poll(open).toBe(0);
  });

  it('to a server that says nothing is given up, and closed', async () => {
    const { url, open } = await serverThat(() => undefined);
    expect(await failureOf(url, 100)).toMatchObject({
      code: 'TIMEOUT',
      errno: undefined,
      message: 'no session after 100 ms',
    });
    await expect.poll(open).toBe(0);
  });

  it('that is hung up on is a broken connection', async () => {
    const { url } = await serverThat((socket) => socket.end());
    expect(await failureOf(url)).toMatchObject({ code: 'ECONNRESET', errno: undefined });
  });

  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'],
    ['half a greeting', '\x4a\0\0\0\x0a10.11.19-MariaDB'],
    ['a greeting cut short', '\x05\0\0\0\x0a10.1'],
  ])('to a server that speaks %s fails, and is closed', async (_, answer) => {
    const { url, open } = await serverThat((socket) => socket.write(answer));
    expect(await failureOf(url, 500)).toBeInstanceOf(MysqlFailure);
    await expect.poll(open).toBe(0);
  });

  it('whose packets are numbered wrongly says nothing on stderr', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue(undefined);
    onTestFinished(() => said.mockRestore());
    const numbered = refusal(1927, 'Connection was killed');
    numbered[3] = 7;
    const { url } = await serverThat((socket) => socket.write(numbered));
    expect(await failureOf(url)).toMatchObject({ errno: 1927, message: 'Connection was killed' });
    expect(said).not.toHaveBeenCalled();
  });

  it('to nobody is refused', async () => {
    expect(await failureOf('mysql://u:p@127.0.0.1:1/a')).toMatchObject({ code: 'ECONNREFUSED', errno: undefined });
  });
});
