// Postgres sessions on node-postgres 8: bounded in every step, and deaf to the PG* variables of the environment.
import type { Client } from 'pg';
import { type Postgres, PostgresFailure, type PostgresOptions, type PostgresSession } from '../kit/index.ts';
import { framed, type ParsedStream } from './postgres-frames.ts';
import { type CompleteUrl, completeUrl } from './postgres-url.ts';
import { within } from './within.ts';

/** The parts of a pg client that its types do not tell. */
interface ClientInside {
  connectionParameters: Record<string, unknown>;
  password: string | null | undefined;
  processID: number | null;
  connection: { stream: { destroy(): void }; attachListeners(stream: Pick<ParsedStream, 'on'>): void };
}

const inside = (client: Client): ClientInside => client as unknown as ClientInside;

/** How long (milliseconds) a server may take over its own statement timeout, and over a goodbye. */
const patience = { answer: 1000, goodbye: 1000 };

/** The `Postgres` of a real run. The driver is loaded with the first connection. */
export const createPostgres = (): Postgres => ({
  prepare: async () => {
    await import('pg');
  },
  connect: async (url, options) => {
    const complete = completeUrl(url);
    const { Client } = await import('pg');
    const client = new Client(settings(complete, options));
    shieldFromEnvironment(client, complete, options);
    readOnlyMessages(client);
    return openSession(client, options);
  },
  literal,
});

/** As pg.escapeLiteral, without loading the driver: quotes doubled, backslashes in an E'' literal. */
const literal = (text: string): string => {
  const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
};

const settings = ({ url }: CompleteUrl, options: PostgresOptions) => ({
  connectionString: url,
  application_name: options.applicationName ?? 'holdpoint',
  connectionTimeoutMillis: options.connectTimeout,
  // Without these two, pg would ask PGSSLMODE and PGSSLNEGOTIATION; what the URL says comes over them.
  ssl: false,
  sslnegotiation: 'postgres' as const,
  ...(options.statementTimeout > 0 ? { statement_timeout: options.statementTimeout } : {}),
});

/** pg has read PGOPTIONS, PGREPLICATION and PGPASSWORD by now; poolers refuse the first, and the rest is not ours. */
const shieldFromEnvironment = (client: Client, url: CompleteUrl, { replication }: PostgresOptions): void => {
  const { connectionParameters } = inside(client);
  connectionParameters['options'] = url.options;
  connectionParameters['replication'] = replication ? 'database' : undefined;
  if (url.hasPassword) return;
  inside(client).password = '';
  connectionParameters['password'] = '';
};

const readOnlyMessages = (client: Client): void => {
  const { connection } = inside(client);
  const attach = connection.attachListeners;
  connection.attachListeners = (stream) => attach.call(connection, framed(stream as ParsedStream));
};

const openSession = async (client: Client, options: PostgresOptions): Promise<PostgresSession> => {
  let alive = true;
  // A session that the server ends emits two errors (57P01, then the closed socket); unheard, each would end the process.
  client.on('error', () => {
    alive = false;
  });
  client.on('end', () => {
    alive = false;
  });
  const destroy = () => {
    alive = false;
    inside(client).connection.stream.destroy();
  };
  await within(client.connect(), options.connectTimeout + patience.answer, destroy).catch((error: unknown) => {
    destroy();
    throw failureOf(error, `no session after ${options.connectTimeout} ms`);
  });
  return sessionOf(client, () => alive, destroy, options);
};

const sessionOf = (
  client: Client,
  alive: () => boolean,
  destroy: () => void,
  options: PostgresOptions,
): PostgresSession => {
  const limit = options.statementTimeout > 0 ? options.statementTimeout + patience.answer : options.connectTimeout;
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (sql: string): Promise<Record<string, unknown>[]> => {
    try {
      const { rows } = await within(client.query<Record<string, unknown>>(sql), limit, destroy);
      return rows;
    } catch (error) {
      throw failureOf(error, `no answer after ${limit} ms; the session was given up`);
    }
  };
  return {
    // One at a time: pg 9 will refuse overlapping queries of one client.
    query: (sql) => {
      const answer = last.then(() => ask(sql));
      last = answer.catch(() => undefined);
      return answer;
    },
    pid: inside(client).processID ?? 0,
    alive,
    close: () => within(client.end(), patience.goodbye, destroy).catch(() => undefined),
  };
};

const isLate = (error: Error): boolean => error.name === 'TimeoutError' || error.message === 'timeout expired';

/** The code of a driver's error that has none of its own. */
const codeOf = (error: Error & { code?: unknown }): string => {
  if (typeof error.code === 'string' && error.code !== '') return error.code;
  return error.message.startsWith('Connection terminated') ? 'ECONNRESET' : 'DRIVER';
};

const messageOf = (error: Error): string => {
  if (error.message !== '') return error.message;
  // `localhost` with two addresses gives an AggregateError without a message.
  const parts = error instanceof AggregateError ? error.errors.map((part: Error) => part.message) : [];
  return parts.join('; ') || error.name;
};

const failureOf = (thrown: unknown, lateText: string): PostgresFailure => {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (isLate(error)) return new PostgresFailure('TIMEOUT', undefined, lateText, { cause: error });
  const routine = 'routine' in error && typeof error.routine === 'string' ? error.routine : undefined;
  return new PostgresFailure(codeOf(error), routine, messageOf(error), { cause: error });
};
