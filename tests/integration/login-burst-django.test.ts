// A burst of logins on a real application, Django's admin on Postgres: the check of the connections says whether they grow.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../helpers/apps.ts';
import { type DjangoDatabase, djangoRole, startDjango, startDjangoDatabase } from '../helpers/apps-django.ts';
import { account, type Looked, runChecks } from '../helpers/login-project.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';

const hold = { warmup: '0s', for: '1s', every: '1s', failAfter: 1, deadline: '60s' };

const look = (app: App, database: DjangoDatabase): Promise<Looked> =>
  runChecks(
    {
      login: {
        target: app.url,
        account,
        login: { form: { page: '/admin/login/' } },
        session: { cookie: 'sessionid' },
        probe: { get: '/admin/', granted: { status: 200, contains: 'Log out' } },
        logout: { get: '/admin/logout/' },
        every: '1s',
        timeout: '30s',
        burst: { users: 3, total: 4, rampUp: '1s', within: '30s', stopOn: { slower: '25s' } },
      },
      'db-connections': {
        postgres: database.server.url('postgres', undefined, 'accounts'),
        role: djangoRole,
        every: '1s',
      },
    },
    { profile: { hold } },
  );

const burstOf = ({ check }: Looked): string[] =>
  check.parts
    .filter(({ name }) => name.startsWith('burst'))
    .map(({ name, outcome, because }) => `${name}: ${outcome}, ${because}`);

describe.skipIf(!isServerPlatform)('a burst on Django', () => {
  let database: DjangoDatabase;
  beforeAll(async () => {
    database = await startDjangoDatabase();
  });
  afterAll(() => database.stop());

  it('that gives its connections back is told with the number that it needs', async () => {
    const app = await startDjango(database);
    try {
      const [own = '', watched = ''] = burstOf(await look(app, database));
      expect(own).toMatch(/^burst: pass, 4 of 4 logins granted \(100 %\), [1-3] at once, p50 .*, p95 .*, p99 /);
      expect(watched).toMatch(/^burst and db-connections: pass, (?:connections rose by |stayed at )/);
    } finally {
      await app.stop();
    }
  });

  it('that keeps one with each request is told as growth that does not fall', async () => {
    const app = await startDjango(database, 'leak');
    try {
      const [, watched = ''] = burstOf(await look(app, database));
      expect(watched).toMatch(
        /^burst and db-connections: warn, connections rose by \d+ \(from \d+ to \d+\) for [1-3] concurrent logins? and did not fall$/,
      );
    } finally {
      await app.stop();
    }
  });
});
