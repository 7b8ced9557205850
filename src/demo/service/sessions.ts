// Sessions in Postgres: one row per cookie or bearer token, stored as a hash so that a dump of the table opens nothing.
import { createHash, randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Database } from './database.ts';

/** A session that the browser named; `accountId` is null before the login. */
export interface Session {
  accountId: number | null;
  /** The token that a form of this session must carry. */
  csrf: string;
}

/** What the pages need of sessions. Tokens are the secret that the browser or API client holds. */
export interface Sessions {
  /** A session of nobody, for the login form. */
  begin(): Promise<{ token: string; csrf: string }>;
  /** A new session of this account; `previous` ends, so that a token from before the login is worth nothing. */
  signIn(accountId: number, previous?: string): Promise<string>;
  /** `undefined` when no such session stands. Uses the caller's connection. */
  find(client: PoolClient, token: string): Promise<Session | undefined>;
  /** Ends the session on the server. */
  end(token: string): Promise<void>;
}

/** What the table holds of a token. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

const insert = async (client: PoolClient, accountId: number | null): Promise<{ token: string; csrf: string }> => {
  const token = randomBytes(24).toString('base64url');
  const csrf = randomBytes(16).toString('base64url');
  await client.query('INSERT INTO sessions (token_hash, account_id, csrf) VALUES ($1, $2, $3)', [
    hashToken(token),
    accountId,
    csrf,
  ]);
  return { token, csrf };
};

const remove = (client: PoolClient, token: string): Promise<unknown> =>
  client.query('DELETE FROM sessions WHERE token_hash = $1', [hashToken(token)]);

/** The plain sessions: one row each, no connection of their own. */
export const storedSessions = (database: Database): Sessions => ({
  begin: () => database.use((client) => insert(client, null)),
  signIn: (accountId, previous) =>
    database.use(async (client) => {
      if (previous) await remove(client, previous);
      return (await insert(client, accountId)).token;
    }),
  async find(client, token) {
    const sql = 'SELECT account_id AS "accountId", csrf FROM sessions WHERE token_hash = $1';
    return (await client.query<Session>(sql, [hashToken(token)])).rows[0];
  },
  async end(token) {
    await database.use((client) => remove(client, token));
  },
});
