// The accounts table: who may sign in, and what the account page shows.
import type { Database } from './database.ts';

/** An account as the account page needs it. */
export interface Account {
  id: number;
  username: string;
  displayName: string | null;
  /** Whether its picture comes from the picture service, which is not ours. */
  hasPicture: boolean;
}

/** What a sign-in needs. */
export interface Credentials {
  id: number;
  username: string;
  passwordHash: string;
}

/** `undefined` when there is no such account. */
export const findCredentials = (database: Database, username: string): Promise<Credentials | undefined> =>
  database.use(async (client) => {
    const { rows } = await client.query<Credentials>(
      'SELECT id, username, password_hash AS "passwordHash" FROM accounts WHERE username = $1',
      [username],
    );
    return rows[0];
  });
