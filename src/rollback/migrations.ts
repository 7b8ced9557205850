// The newest migration that a database has applied: asked before a deploy and before a rollback, and compared.
import { type Io, MysqlFailure, PostgresFailure } from '../kit/index.ts';

/** Milliseconds for the connection, and for the query. */
const timeouts = { connectTimeout: 10_000, statementTimeout: 10_000 };

/** What stands for a table without a row. */
const none = '(none)';

export interface MigrationQuery {
  server: 'postgres' | 'mysql';
  /** With a role that may read the table of migrations. */
  url: string;
  /** The first column of its first row names the newest migration. */
  sql: string;
}

/** Asks. Throws an Error with a sentence when it cannot be told. */
export const newestMigration = async (
  io: Pick<Io, 'postgres' | 'mysql'>,
  { server, url, sql }: MigrationQuery,
): Promise<string> => {
  try {
    const session = await io[server].connect(url, timeouts);
    try {
      const [row] = await session.query(sql);
      const [value] = Object.values(row ?? {});
      if (value === undefined || value === null) return none;
      return typeof value === 'string' ? value : JSON.stringify(value);
    } finally {
      await session.close();
    }
  } catch (error) {
    const isRefusal = error instanceof PostgresFailure || error instanceof MysqlFailure;
    const code = isRefusal ? ` (${error.code})` : '';
    throw new Error(`the newest migration could not be read: ${(error as Error).message}${code}`, { cause: error });
  }
};
