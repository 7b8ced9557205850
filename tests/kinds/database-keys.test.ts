// Which server a database check names, as `validate` tells it: from the keys alone, before any secret is known.
import { expect, it } from 'vitest';
import { validateProfiles } from '../../src/commands/validate.ts';
import { connectionBudget } from '../../src/kinds/connection-budget/index.ts';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import { dbErrors } from '../../src/kinds/db-errors/index.ts';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import type { AnyKind, Registry } from '../../src/kit/index.ts';
import { ioOf } from '../profile/project.ts';

const kinds = [connectionBudget, dbConnections, dbErrors, poolWait] as unknown as AnyKind[];
const registry: Registry = {
  kinds: new Map(kinds.map((part) => [part.name, { part, origin: 'holdpoint' }])),
  sources: new Map(),
  platforms: new Map(),
  reporters: new Map(),
};

const validate = async (text: string) => {
  const files = {
    'deploy-profiles/auth.yaml': text,
    '/holdpoint/checks/db-connections.yaml': 'kind: db-connections\n',
    '/holdpoint/checks/db-errors.yaml': 'kind: db-errors\n',
    '/holdpoint/checks/connection-budget.yaml': 'kind: connection-budget\n',
  };
  const given = { names: [], show: false, cwd: '/project', io: ioOf({ files }), registry };
  return validateProfiles({ ...given, checksFolder: '/holdpoint/checks' });
};

const profile = (checks: string): string => `service: auth\nchecks:\n${checks}`;
const url = '${secret:URL}';

it.each([
  [
    'two servers under two keys',
    `  db-connections:\n    role: a\n    postgres: ${url}\n    mysql: ${url}\n`,
    'deploy-profiles/auth.yaml:4:5 checks.db-connections: name exactly one: postgres or mysql (one server), or servers (name → URL, each judged by itself)',
  ],
  [
    'no server',
    '  db-connections:\n    role: a\n',
    'deploy-profiles/auth.yaml:4:5 checks.db-connections: name exactly one: postgres or mysql (one server), or servers (name → URL, each judged by itself)',
  ],
  [
    'a way in that is of Postgres',
    `  db-connections:\n    role: a\n    mysql: ${url}\n    breakGlass: walsender\n`,
    'deploy-profiles/auth.yaml:6:17 checks.db-connections.breakGlass: is for Postgres; MySQL and MariaDB keep a spare slot for an account with CONNECTION ADMIN',
  ],
  [
    'a key that is almost right',
    `  db-connections:\n    role: a\n    mysql: ${url}\n    mysq: ${url}\n`,
    'deploy-profiles/auth.yaml:6:5 checks.db-connections.mysq: unknown key "mysq"; did you mean "mysql"?',
  ],
  [
    'two servers of db-errors',
    `  db-errors:\n    postgres: ${url}\n    mysql: ${url}\n`,
    'deploy-profiles/auth.yaml:4:5 checks.db-errors: name postgres or mysql, not both; a second server needs a check of its own',
  ],
  [
    'two sources of a budget',
    `  connection-budget:\n    clients: { auth: { replicas: 1, poolMax: 1 } }\n    postgres: ${url}\n    mysql: ${url}\n`,
    'deploy-profiles/auth.yaml:4:5 checks.connection-budget: name exactly one: usable (how many slots there are), or postgres or mysql (the server is asked)',
  ],
  [
    'others that nobody can look at',
    `  connection-budget:\n    clients: { auth: { replicas: 1, poolMax: 1 } }\n    postgres: ${url}\n    others: observed\n`,
    'deploy-profiles/auth.yaml:6:13 checks.connection-budget.others: observed needs postgres or mysql (where to look) and role (whose connections are not others)',
  ],
  [
    'two ways to look at a pool',
    `  pooler:\n    kind: pool-wait\n    probe: ${url}\n    pgbouncer: { urls: ["${url}"], database: auth }\n`,
    'deploy-profiles/auth.yaml:4:5 checks.pooler: name exactly one: pgbouncer, probe, or a metric source such as scrape or prometheus',
  ],
])('%s', async (_, checks, problem) => {
  expect(await validate(profile(checks))).toMatchObject({ problems: [problem] });
});

it('an environment may name another sort of server', async () => {
  const overlay = `environments:\n  staging:\n    checks: { db-connections: { mysql: "${url}" } }\n`;
  const text = `${profile(`  db-connections:\n    role: a\n    postgres: ${url}\n`)}${overlay}`;
  expect(await validate(text)).toMatchObject({ problems: [] });
});
