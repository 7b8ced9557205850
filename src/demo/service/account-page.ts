// The page that needs a session: the account's name and its latest sign-ins.
import type { PoolClient } from 'pg';
import type { Account } from './accounts.ts';
import type { Database } from './database.ts';
import { type Answer, type Ask, escapeHtml, type Handler, html, json, redirect } from './http.ts';
import type { Sessions } from './sessions.ts';

/** Turns an account into the text of its page. */
export type Greeting = (account: Account) => string;

/** The greeting that every account can have. */
export const greetByName: Greeting = (account) => account.displayName ?? account.username;

const accountSql =
  'SELECT id, username, display_name AS "displayName", has_picture AS "hasPicture" FROM accounts WHERE id = $1';

/**
 * The latest sign-ins of the account. The 80 ms stand for the audit table of a real service, which is large: they make
 * one page hold a connection about as long as a real one does, without costing the lab's two cores anything.
 */
const latestSignIns = (client: PoolClient, id: number): Promise<unknown> =>
  client.query('SELECT pg_sleep(0.08), count(*) FROM sessions WHERE account_id = $1', [id]);

/** The background noise that every release has: the picture service, which is not ours, fails one request in 200. */
const fetchPicture = (account: Account, random: () => number): void => {
  if (account.hasPicture && random() < 0.005) throw new Error('the picture service answered 502');
};

const stranger = (ask: Ask): Answer => (ask.bearer ? json(401, { error: 'no session' }) : redirect('/login'));

/** `GET /me`: the account of the session; a stranger is sent to `/login`, or gets 401 with a bearer token. */
export const accountPage =
  (database: Database, sessions: Sessions, settings: { timeoutMs: number; greet: Greeting }): Handler =>
  async (ask) => {
    const { token } = ask;
    if (!token) return stranger(ask);
    const account = await database.use(async (client) => {
      const session = await sessions.find(client, token);
      if (!session?.accountId) return undefined;
      const { rows } = await client.query<Account>(accountSql, [session.accountId]);
      await withTimeout(client, settings.timeoutMs, () => latestSignIns(client, session.accountId ?? 0));
      return rows[0];
    });
    if (!account) return stranger(ask);
    fetchPicture(account, Math.random);
    if (ask.bearer) return json(200, { username: account.username });
    return html(
      200,
      `<h1>${escapeHtml(settings.greet(account))}</h1><p>Signed in as ${escapeHtml(account.username)}</p><form method="post" action="/logout"><button>Sign out</button></form>`,
    );
  };

/** Postgres cancels the query after `ms` (57014); `SET LOCAL` ends with the transaction, so the pool's next user is free of it. */
const withTimeout = async (client: PoolClient, ms: number, work: () => Promise<unknown>): Promise<void> => {
  await client.query(`BEGIN; SET LOCAL statement_timeout = ${ms}`);
  try {
    await work();
  } finally {
    await client.query('ROLLBACK');
  }
};
