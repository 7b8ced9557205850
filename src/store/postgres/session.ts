// The session of a store: opened when it is first needed, opened again when the server ended it, brought up to date.
import { type Io, PostgresFailure, type PostgresSession, UsageError } from '../../kit/index.ts';
import { migrationLock, migrations } from './schema.ts';

/** Milliseconds. A store that does not answer must not hold a rollback up for long. */
const timeouts = { connectTimeout: 5000, statementTimeout: 10_000, applicationName: 'holdpoint-store' };

type Row = Record<string, unknown>;

export interface Database {
  /** One statement; repeated once on a new session when the old one is gone, so that it must bear that. */
  ask(sql: string): Promise<Row[]>;
  /** A text as an SQL literal; `NULL` for undefined. */
  text(value: string | undefined): string;
  close(): Promise<void>;
}

/** Nothing is opened before the first question. Throws `PostgresFailure`. */
export const openDatabase = ({ postgres }: Pick<Io, 'postgres'>, url: string): Database => {
  let session: Promise<PostgresSession> | undefined;
  const current = async (): Promise<PostgresSession> => {
    const open = await session?.catch(() => undefined);
    if (open?.alive()) return open;
    session = connect(postgres, url);
    return session;
  };
  return {
    ask: async (sql) => {
      const first = await current();
      try {
        return await first.query(sql);
      } catch (error) {
        if (first.alive() && !isEnded(error)) throw error;
        await first.close();
        return (await current()).query(sql);
      }
    },
    text: (value) => (value === undefined ? 'NULL' : postgres.literal(value)),
    close: async () => {
      const open = await session?.catch(() => undefined);
      session = undefined;
      await open?.close();
    },
  };
};

/** The server has ended the session (57P01 … 57P03, 08…), which the driver may notice a moment later. */
const isEnded = (error: unknown): boolean => error instanceof PostgresFailure && /^(57P0|08)/.test(error.code);

const connect = async (postgres: Io['postgres'], url: string): Promise<PostgresSession> => {
  const session = await postgres.connect(url, timeouts);
  try {
    // What a journal has taken must survive the server's fall, whatever the database's default is.
    await session.query('SET synchronous_commit = on');
    await migrate(session);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
};

const versionOf = async (session: PostgresSession): Promise<number | undefined> => {
  // Not to_regclass: in a transaction that has waited for the lock it may still answer from before.
  const [table] = await session.query(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = 'holdpoint' AND tablename = 'meta') AS there`,
  );
  if (table?.['there'] !== true) return undefined;
  const [row] = await session.query('SELECT version FROM holdpoint.meta');
  return Number(row?.['version'] ?? 0);
};

const migrate = async (session: PostgresSession): Promise<void> => {
  const found = await versionOf(session);
  if (found === migrations.length) return;
  refuseNewer(found);
  await session.query('BEGIN');
  try {
    await session.query(`SELECT pg_advisory_xact_lock(${migrationLock})`);
    // Another process may have been faster.
    const version = await versionOf(session);
    refuseNewer(version);
    if (version === undefined) await create(session);
    for (const statement of migrations.slice(version ?? 0).flat()) await session.query(statement);
    await session.query(`UPDATE holdpoint.meta SET version = ${migrations.length}`);
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};

const create = async (session: PostgresSession): Promise<void> => {
  await session.query('CREATE SCHEMA IF NOT EXISTS holdpoint');
  await session.query('CREATE TABLE holdpoint.meta (version integer NOT NULL)');
  await session.query('INSERT INTO holdpoint.meta VALUES (0)');
};

const refuseNewer = (version = 0): void => {
  if (version <= migrations.length) return;
  throw new UsageError(
    `the store was made by a newer holdpoint (its schema is ${version}, this one knows ${migrations.length}): update holdpoint`,
  );
};
