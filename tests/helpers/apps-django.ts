// Django's admin on a real Postgres: a form with a CSRF token, sessions in the database.
import { dirname } from 'node:path';
import { Client } from 'pg';
import { type App, appAccount, installedApp, startApp } from './apps.ts';
import { startTestServer, type TestServer } from './postgres.ts';
import { djangoPrograms, installedProgram } from './system-packages.ts';

/** A Postgres with the database of the application and its role. */
export interface DjangoDatabase {
  server: TestServer;
  /** Runs a statement as superuser in the database of the application. */
  sql(statement: string): Promise<void>;
  /** Holds a lock on the table of sessions; the result lets go of it. */
  lockSessions(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** The role of the application. */
export const djangoRole = 'auth_svc';
const rolePassword = 'role-password';

const connected = async (server: TestServer): Promise<Client> => {
  const client = new Client({ connectionString: server.url('postgres', undefined, 'accounts') });
  await client.connect();
  return client;
};

/** Starts it. Stop it. */
export const startDjangoDatabase = async (): Promise<DjangoDatabase> => {
  const server = await startTestServer({ max_connections: '40' });
  const first = new Client({ connectionString: server.url() });
  await first.connect();
  await first.query(`CREATE ROLE ${djangoRole} LOGIN PASSWORD '${rolePassword}'`);
  await first.query(`CREATE DATABASE accounts OWNER ${djangoRole}`);
  await first.end();
  const sql = async (statement: string): Promise<void> => {
    const client = await connected(server);
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const lockSessions = async (): Promise<() => Promise<void>> => {
    const client = await connected(server);
    await client.query('BEGIN; LOCK TABLE django_session IN ACCESS EXCLUSIVE MODE');
    return () => client.end();
  };
  return { server, sql, lockSessions, stop: server.stop };
};

/** What a project may have got wrong; see tests/servers/apps/django/serve.py. */
export type DjangoVariant = 'healthy' | 'signed-cookies' | 'open-door' | 'leak';

/** How the admin is started on this database, whatever starts it. */
export const djangoProgram = (
  { server }: DjangoDatabase,
  port: number,
  variant: DjangoVariant,
): { argv: [string, ...string[]]; env: Record<string, string> } => {
  const python = installedProgram(djangoPrograms.python);
  const modules = [djangoPrograms.django, djangoPrograms.driver].map((module) => installedProgram(module));
  const folders = new Set(modules.map(({ file }) => dirname(dirname(file))));
  return {
    argv: [python.file, installedApp('django', 'serve.py'), String(port)],
    env: {
      ...Object.assign({}, ...[python, ...modules].map(({ env }) => env)),
      ...(python.base === '/usr' ? {} : { PYTHONHOME: python.base }),
      PYTHONPATH: [...folders].join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
      PGHOST: '127.0.0.1',
      PGPORT: String(server.port),
      PGUSER: djangoRole,
      PGPASSWORD: rolePassword,
      PGDATABASE: 'accounts',
      ACCOUNT_NAME: appAccount.username,
      ACCOUNT_PASSWORD: appAccount.password,
      VARIANT: variant,
      RELEASE: variant,
    },
  };
};

/** Starts the admin on this database; tables and account are made with the first start. Stop it. */
export const startDjango = (database: DjangoDatabase, variant: DjangoVariant = 'healthy'): Promise<App> =>
  startApp(`Django (${variant})`, ({ port }) => ({
    ...djangoProgram(database, port, variant),
    ready: 'django is ready',
  }));
