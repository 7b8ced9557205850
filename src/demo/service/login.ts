// Signing in and out: the HTML form with its CSRF token, and the JSON interface with a bearer token.
import { timingSafeEqual } from 'node:crypto';
import { findCredentials } from './accounts.ts';
import type { Database } from './database.ts';
import { type Answer, type Ask, escapeHtml, type Handler, html, json, redirect, sessionCookie } from './http.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { Session, Sessions } from './sessions.ts';

/** The account that may sign in with these fields, or `undefined`. */
export type Authenticate = (fields: Record<string, string>) => Promise<{ id: number; username: string } | undefined>;

/** Checks a user name and a password against the accounts table. */
export const passwordAuthentication = (database: Database): Authenticate => {
  // An unknown name costs as much as a wrong password, so that names cannot be told apart by time.
  const decoy = hashPassword('nobody');
  return async ({ username = '', password = '' }) => {
    const found = await findCredentials(database, username);
    const right = await verifyPassword(password, found?.passwordHash ?? (await decoy));
    return right ? found : undefined;
  };
};

const formPage = (csrf: string, problem: string): string =>
  `<h1>Sign in</h1>${problem && `<p class="problem">${escapeHtml(problem)}</p>`}<form method="post" action="/login">` +
  `<input type="hidden" name="csrf" value="${csrf}"><label>Name <input name="username" autocomplete="username"></label>` +
  '<label>Password <input name="password" type="password"></label><button>Sign in</button></form>';

const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

const namedSession = (
  database: Database,
  sessions: Sessions,
  token: string | undefined,
): Promise<Session | undefined> =>
  token ? database.use((client) => sessions.find(client, token)) : Promise.resolve(undefined);

/** `GET /login`: the form, with a session of nobody that its token belongs to. */
export const showForm =
  (sessions: Sessions): Handler =>
  async () => {
    const { token, csrf } = await sessions.begin();
    return html(200, formPage(csrf, ''), sessionCookie(token));
  };

/** `POST /login`: 302 to the account page with a new session; 401 with the form for a wrong password; 403 without the form's token. */
export const submitForm =
  (database: Database, sessions: Sessions, authenticate: Authenticate): Handler =>
  async (ask: Ask): Promise<Answer> => {
    const session = await namedSession(database, sessions, ask.token);
    if (!session || !same(session.csrf, ask.fields['csrf'] ?? ''))
      return html(403, '<h1>This form is out of date</h1>');
    const account = await authenticate(ask.fields);
    if (!account) return html(401, formPage(session.csrf, 'Wrong name or password.'));
    return redirect('/me', sessionCookie(await sessions.signIn(account.id, ask.token)));
  };

/** `POST /api/login`: `{ token }`, or 401. */
export const submitJson =
  (sessions: Sessions, authenticate: Authenticate): Handler =>
  async (ask) => {
    const account = await authenticate(ask.fields);
    if (!account) return json(401, { error: 'wrong name or password' });
    return json(200, { token: await sessions.signIn(account.id) });
  };

/** `POST /logout` and `POST /api/logout`: the session ends on the server. */
export const signOut =
  (sessions: Sessions): Handler =>
  async (ask) => {
    if (ask.token) await sessions.end(ask.token);
    return ask.bearer ? { status: 204 } : redirect('/login', { 'set-cookie': 'session=; Path=/; Max-Age=0' });
  };
