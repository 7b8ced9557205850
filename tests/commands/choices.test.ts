// Overlays of the built-in parts: naming another member of a choice replaces the one of the base.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { builtIn } from '../../src/commands/registry.ts';
import { validateProfiles } from '../../src/commands/validate.ts';
import { ioOf } from '../profile/project.ts';

const shipped = resolve(import.meta.dirname, '../../checks');
const checks = Object.fromEntries(
  ['login', 'http', 'error-rate-delta', 'pool-wait'].map((name) => [
    `/shipped/${name}.yaml`,
    readFileSync(resolve(shipped, `${name}.yaml`), 'utf8'),
  ]),
);

const base = `
service: auth
checks:
  login:
    target: https://auth.example.com
    account: { username: smoke, password: "\${secret:PASSWORD}" }
    login: { form: { page: /login } }
    session: { cookie: sid }
    probe: { get: /me, granted: { contains: smoke } }
  page:
    use: http
    target: https://page.example.com
    request: { get: /start }
    expect: { status: 200 }
  error-rate-delta:
    scrape: { url: http://auth.example.com/metrics, total: requests_total, errors: code=~"5.." }
  pool-wait:
    pgbouncer: { urls: ["\${secret:CONSOLE}"], database: auth }
environments:
  other:
    checks:
`;

it.each([
  ['a style of login', 'login: { login: { json: { post: /api/login } } }', 'post: /api/login', 'page: /login'],
  [
    'a session',
    'login: { session: { header: { authorization: "Bearer {{token}}" } }, login: { json: { post: /l, token: t } } }',
    'authorization:',
    'cookie: sid',
  ],
  [
    'a place',
    'page: { instances: ["https://a.example.com"] }',
    '- "https://a.example.com"',
    'target: "https://page.example.com"',
  ],
  ['a verb', 'page: { request: { post: /other } }', 'post: /other', 'get: /start'],
  [
    'the pages of a source',
    'error-rate-delta: { scrape: { urls: ["http://a.example.com/metrics"] } }',
    'http://a.example.com/metrics',
    'url: "http://auth',
  ],
  [
    'a source',
    'error-rate-delta: { prometheus: { url: "http://prom.example.com", total: requests_total, errors: code=~"5.." } }',
    'http://prom.example.com',
    'http://auth.example.com/metrics',
  ],
  [
    'a pool',
    'pool-wait: { scrape: { url: "http://b.example.com/metrics", waiting: pool_waiting } }',
    'pool_waiting',
    'pgbouncer:',
  ],
])('%s is replaced', async (_, overlay, there, gone) => {
  const files = { 'deploy-profiles/auth.yaml': `${base}      ${overlay}\n` };
  const io = ioOf({ files: { ...checks, ...files } });
  const options = {
    names: ['auth/other'],
    show: true,
    cwd: '/project',
    io,
    registry: builtIn(),
    checksFolder: '/shipped',
  };
  const { text, problems } = await validateProfiles(options);
  expect(problems).toEqual([]);
  expect(text).toContain(there);
  expect(text).not.toContain(gone);
});
