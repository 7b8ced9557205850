// Secrets that are written out in a profile: a warning with its place, and no problem.
import { expect, it } from 'vitest';
import * as z from 'zod';
import { headersSchema, secretUrl } from '../../src/kit/index.ts';
import { literalSecrets } from '../../src/profile/literal-secrets.ts';
import { shapesOf } from '../../src/profile/shape.ts';
import type { Tree } from '../../src/profile/tree.ts';
import { load, one } from './project.ts';

const warningsOf = async (check: string, verb: 'run' | 'check' | 'validate' = 'run'): Promise<readonly string[]> => {
  const project = {
    ...one(`service: auth\nvars: { pw: some-word }\nchecks:\n  sign-in: ${check}\n`),
    env: { PASSWORD: 'pass-word' },
  };
  return (await load(project, { verb, resolve: verb !== 'validate' })).profile.warnings;
};

const sentence = (at: string): string =>
  `deploy-profiles/auth.yaml:4:${at}: a secret is written out here, for everybody who can read the file; write \${secret:NAME} and set NAME in the environment, or \${secret:file:PATH}`;

const password = (text: string): string => `{ target: a, account: { username: u, password: "${text}" } }`;

it.each(['run', 'validate'] as const)('a password is warned of with its place (%s)', async (verb) => {
  expect(await warningsOf(password('lit-eral'), verb)).toEqual([sentence('59 checks.sign-in.account.password')]);
});

it('and never shown', async () => {
  expect((await warningsOf(password('lit-eral'))).join()).not.toContain('lit-eral');
});

it.each(['${secret:PASSWORD}', '${env:PASSWORD}', '${env:NOT_THERE:-local-demo}', '${pw}'])(
  'a reference is none: %s',
  async (text) => {
    expect(await warningsOf(password(text))).toEqual([]);
  },
);

it('a check by hand, in the middle of an outage, says nothing of it', async () => {
  expect(await warningsOf(password('lit-eral'), 'check')).toEqual([]);
});

const origin = { source: { path: '/p.yaml', shown: 'p.yaml', position: () => ({ line: 1, column: 1 }) }, offset: 0 };
const scalar = (value: string): Tree => ({ type: 'scalar', origin, value });
const map = (entries: Record<string, Tree>): Tree => ({
  type: 'map',
  origin,
  entries: new Map(Object.entries(entries).map(([key, value]) => [key, { key: origin, value }])),
});
const shapes = shapesOf(z.strictObject({ url: secretUrl(), headers: headersSchema() }));

it.each<[string, Tree, boolean]>([
  ['url', scalar('postgres://smoke:open-sesame@db/auth'), true],
  ['url', scalar('postgres://smoke:${secret:PW}@db/auth'), false],
  ['url', scalar('postgres://smoke@db/auth'), false],
  ['headers', map({ Authorization: scalar('Bearer abc') }), true],
  ['headers', map({ 'X-Api-Key': scalar('abcdef') }), true],
  ['headers', map({ Authorization: scalar('Bearer {{token}}') }), false],
  ['headers', map({ 'X-Forwarded-Proto': scalar('https') }), false],
  ['headers', map({ Accept: scalar('text/html') }), false],
])('%s: %o', (key, value, isLiteral) => {
  expect(literalSecrets(map({ [key]: value }), shapes, [])).toHaveLength(isLiteral ? 1 : 0);
});
