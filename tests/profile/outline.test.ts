// What the loader asks of a kind about its keys: the steps of a look, and how often it may look.
import * as z from 'zod';
import { expect, it } from 'vitest';
import type { Registry } from '../../src/kit/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { kind } from './parts.ts';
import { ioOf, one } from './project.ts';

const stepping = kind('sign-in', z.strictObject({ target: z.string() }), {
  leastEvery: () => ({ every: 30_000, because: 'each code works once' }),
  outline: (settings) => [`open ${(settings as { target: string }).target}`, 'close it'],
});
const registry: Registry = {
  kinds: new Map([['sign-in', { part: stepping, origin: 'holdpoint' }]]),
  sources: new Map(),
  platforms: new Map(),
  reporters: new Map(),
};

const load = (check: string) =>
  loadProfile({
    name: 'auth',
    cwd: '/project',
    io: ioOf(one(`service: auth\nhold: { for: 2m }\nchecks: { a: { kind: sign-in, target: /in${check} } }\n`)),
    registry,
    checksFolder: '/holdpoint/checks',
    verb: 'validate',
    resolve: false,
  });

it('shows the steps of a look below the profile', async () => {
  const { show } = await load(', every: 30s');
  expect(show().split('\n').slice(-4)).toEqual(['# a, step by step:', '#   1. open /in', '#   2. close it', '']);
});

it('refuses a check that looks more often than its keys allow, at the place where that is written', async () => {
  await expect(load(', every: 15s')).rejects.toThrow(
    'deploy-profiles/auth.yaml:3:51 checks.a.every: 15 s is too often: each code works once; the least is 30 s',
  );
});
