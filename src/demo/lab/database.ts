// Fills the lab's Postgres: roles, tables, accounts, and sessions of users who signed in before the lab began.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { hashPassword } from '../service/passwords.ts';
import { hashToken } from '../service/sessions.ts';
import type { Postgres } from './postgres.ts';

/** What the lab, the service, the load and the checks need of the database. */
export interface Seeded {
  /** For the service: role `auth_svc`, no superuser, owner of the database `auth`. */
  serviceUrl: string;
  /** For the checks: role `holdpoint` with pg_monitor. */
  probeUrl: string;
  /** Tokens of the users who are signed in. */
  sessions: string[];
  /** Accounts that the load generator signs in with. */
  accounts: string[];
  accountPassword: string;
  smokePassword: string;
}

const rolesSql = (service: string, probe: string): string[] => [
  `CREATE ROLE auth_svc LOGIN NOSUPERUSER PASSWORD ${service}`,
  `CREATE ROLE holdpoint LOGIN NOSUPERUSER PASSWORD ${probe}`,
  'GRANT pg_monitor TO holdpoint',
  'CREATE DATABASE auth OWNER auth_svc',
];

const tablesSql = `
  CREATE TABLE accounts (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    display_name text,
    has_picture boolean NOT NULL
  );
  CREATE TABLE sessions (
    token_hash text PRIMARY KEY,
    account_id integer REFERENCES accounts,
    csrf text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX ON sessions (account_id);`;

const accountSql =
  'INSERT INTO accounts (username, password_hash, display_name, has_picture) VALUES ($1, $2, $3, $4) RETURNING id';

const sessionSql = 'INSERT INTO sessions (token_hash, account_id, csrf) VALUES ($1, $2, $3)';

/** Users who turn pages; every fifth never gave a display name. */
const readers = 15;
const signers = 10;

// Letters that encoding mistakes stumble over: in a URL, in a form, in JSON.
const password = (): string => `${randomBytes(12).toString('base64url')}+/&1`;

const withClient = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url, application_name: 'lab' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const addAccount = async (client: Client, values: [string, string, string | null, boolean]): Promise<number> =>
  (await client.query<{ id: number }>(accountSql, values)).rows[0]?.id ?? 0;

const addReader = async (client: Client, number: number, hash: string): Promise<string> => {
  const displayName = number % 5 === 0 ? null : `Reader Number${number}`;
  const id = await addAccount(client, [`reader${number}`, hash, displayName, true]);
  const token = randomBytes(24).toString('base64url');
  await client.query(sessionSql, [hashToken(token), id, randomBytes(16).toString('base64url')]);
  return token;
};

/** Creates everything. The load's accounts share one password and its hash: thirty hashes would cost 0.3 s of CPU. */
export const seedDatabase = async (postgres: Postgres): Promise<Seeded> => {
  const [service, probe, accountPassword, smokePassword] = [password(), password(), password(), password()];
  await withClient(postgres.url(), async (client) => {
    for (const sql of rolesSql(client.escapeLiteral(service), client.escapeLiteral(probe))) await client.query(sql);
  });
  const serviceUrl = postgres.url('auth_svc', service, 'auth');
  const hash = await hashPassword(accountPassword);
  const accounts = Array.from({ length: signers }, (_, index) => `signer${index + 1}`);
  const sessions: string[] = [];
  await withClient(serviceUrl, async (client) => {
    await client.query(tablesSql);
    await addAccount(client, ['smoke', await hashPassword(smokePassword), 'Smoke Test', false]);
    for (let number = 1; number <= readers; number += 1) sessions.push(await addReader(client, number, hash));
    for (const name of accounts) await addAccount(client, [name, hash, null, true]);
  });
  return {
    serviceUrl,
    probeUrl: postgres.url('holdpoint', probe, 'auth'),
    sessions,
    accounts,
    accountPassword,
    smokePassword,
  };
};
