// MySQL and MariaDB sessions on mysql2: bounded in every step.
import type { Connection } from 'mysql2';
import { type Mysql, MysqlFailure, type MysqlOptions, type MysqlSession } from '../kit/index.ts';
import { type MysqlSettings, settingsOf } from './mysql-url.ts';
import { within } from './within.ts';

/** The parts of a connection that its types do not tell. */
interface ConnectionInside {
  stream: NodeJS.EventEmitter & { destroy(): void; destroyed: boolean };
  threadId: number | null;
  sequenceId: number;
  handlePacket(packet: { sequenceId: number } | undefined): void;
}

const inside = (connection: Connection): ConnectionInside => connection as unknown as ConnectionInside;

/** How long (milliseconds) a goodbye may take. */
const goodbye = 1000;

/** The `Mysql` of a real run. The driver is loaded with the first connection. */
export const createMysql = (): Mysql => ({
  prepare: async () => {
    await import('mysql2');
  },
  connect: async (url, options) => {
    const settings = settingsOf(url);
    const { createConnection } = await import('mysql2');
    return openSession(createConnection(driverOptions(settings, options)), options);
  },
});

const driverOptions = (settings: MysqlSettings, { programName = 'holdpoint' }: MysqlOptions) => ({
  ...settings,
  // Our own clock runs over connect and login alike.
  connectTimeout: 0,
  connectAttributes: { program_name: programName },
  // A server may not ask for files of this machine.
  flags: ['-LOCAL_FILES'],
  supportBigNumbers: true,
});

/**
 * Of a packet that is out of order the driver writes a warning to stderr and goes on: a server that ends an idle session
 * numbers its last word anew. Stderr is ours, so the number is taken as it comes.
 */
const silence = (connection: Connection): void => {
  const parts = inside(connection);
  const handle = parts.handlePacket.bind(connection);
  parts.handlePacket = (packet) => {
    if (packet) parts.sequenceId = packet.sequenceId;
    handle(packet);
  };
};

const openSession = async (connection: Connection, options: MysqlOptions): Promise<MysqlSession> => {
  silence(connection);
  let alive = true;
  const ended = () => {
    alive = false;
  };
  const destroy = () => {
    ended();
    connection.destroy();
    inside(connection).stream.destroy();
  };
  // A session that the server ends emits `end` and `error`, a broken socket several errors; unheard, one would end the process.
  connection.on('error', ended).on('end', ended);
  const connected = new Promise<void>((resolve, reject) => {
    connection.once('connect', () => resolve());
    connection.once('error', reject);
  });
  await within(connected, options.connectTimeout, destroy).catch((error: unknown) => {
    destroy();
    throw failureOf(error, `no session after ${options.connectTimeout} ms`);
  });
  return sessionOf(connection, () => alive, destroy, options);
};

const sessionOf = (
  connection: Connection,
  alive: () => boolean,
  destroy: () => void,
  { statementTimeout }: MysqlOptions,
): MysqlSession => ({
  query: async (sql) => {
    try {
      return await within(rowsOf(connection, sql), statementTimeout, destroy);
    } catch (error) {
      throw failureOf(error, `no answer after ${statementTimeout} ms; the session was given up`);
    }
  },
  pid: inside(connection).threadId ?? 0,
  alive,
  close: () => within(leave(connection), goodbye, destroy).catch(() => undefined),
});

const rowsOf = (connection: Connection, sql: string): Promise<Record<string, unknown>[]> =>
  new Promise((resolve, reject) => {
    connection.query(sql, (error, rows) => {
      if (error) reject(error);
      else resolve(Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []);
    });
  });

/** Says goodbye, and waits until the server has closed the socket: only then is the slot free. */
const leave = (connection: Connection): Promise<void> =>
  new Promise((resolve) => {
    const { stream } = inside(connection);
    if (stream.destroyed) return resolve();
    stream.once('close', () => resolve());
    connection.end(() => undefined);
  });

type DriverError = Error & { code?: unknown; errno?: unknown; sqlState?: unknown };

const textOr = <Other>(value: unknown, other: Other): string | Other =>
  typeof value === 'string' && value !== '' ? value : other;

const messageOf = (error: Error): string => {
  if (error.message !== '') return error.message;
  // `localhost` with two addresses gives an AggregateError without a message.
  const parts = error instanceof AggregateError ? error.errors.map((part: Error) => part.message) : [];
  return parts.join('; ') || error.name;
};

const failureOf = (thrown: unknown, lateText: string): MysqlFailure => {
  const error: DriverError = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error.name === 'TimeoutError') return new MysqlFailure('TIMEOUT', undefined, lateText, { cause: error });
  // Errors of the socket have the negative numbers of the system.
  if (typeof error.errno === 'number' && error.errno > 0) {
    const server = { errno: error.errno, sqlState: textOr(error.sqlState, undefined) };
    return new MysqlFailure(textOr(error.code, String(error.errno)), server, messageOf(error), { cause: error });
  }
  return new MysqlFailure(codeOf(error), undefined, messageOf(error), { cause: error });
};

/** The driver calls a socket that the server closed PROTOCOL_CONNECTION_LOST, or tells of it in words only. */
const codeOf = (error: DriverError): string => {
  const code = textOr(error.code, 'DRIVER');
  const isLost = code === 'PROTOCOL_CONNECTION_LOST' || error.message.includes('closed state');
  return isLost ? 'ECONNRESET' : code;
};
