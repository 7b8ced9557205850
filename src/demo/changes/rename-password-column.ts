// The mistake of the `rollback-does-not-help` release: its migration renames a column that the login still reads.
import type { Config } from '../service/config.ts';
import type { Database } from '../service/database.ts';

const columnSql =
  "SELECT 1 FROM information_schema.columns WHERE table_name = 'accounts' AND column_name = 'password_hash'";

/** Renames `accounts.password_hash` once. No release, old or new, can sign anybody in afterwards; there is no way back in it. */
export const renamePasswordColumn = (_config: Config, database: Database): Promise<void> =>
  database.use(async (client) => {
    const { rowCount } = await client.query(columnSql);
    if (rowCount) await client.query('ALTER TABLE accounts RENAME COLUMN password_hash TO password_digest');
  });
