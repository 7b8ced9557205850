// Which machines are thrown away after the job, and which store is meant.
import { expect, it } from 'vitest';
import { namedStore, throwAwayRunner } from '../../src/commands/store-url.ts';

const env = (all: Record<string, string>) => (name: string) => all[name];

it.each<[Record<string, string>, string | undefined]>([
  [{ RUNNER_ENVIRONMENT: 'github-hosted' }, 'a runner that GitHub hosts'],
  [{ RUNNER_ENVIRONMENT: 'self-hosted', GITHUB_ACTIONS: 'true' }, undefined],
  [{ CI_DISPOSABLE_ENVIRONMENT: 'true' }, 'a disposable environment of GitLab'],
  [{ GITLAB_CI: 'true' }, undefined],
  [{ CIRCLECI: 'true' }, 'a container of CircleCI'],
  [{ BITBUCKET_PIPELINE_UUID: '{7}' }, 'a container of Bitbucket'],
  [{}, undefined],
])('%j is %s', (all, expected) => {
  expect(throwAwayRunner(env(all))).toBe(expected);
});

it.each<[string | undefined, Record<string, string>, string | undefined]>([
  ['a', { HOLDPOINT_STORE: 'b' }, 'a'],
  [undefined, { HOLDPOINT_STORE: 'b' }, 'b'],
  [undefined, { HOLDPOINT_STORE: '' }, undefined],
])('the flag %s and %j mean %s', (store, all, expected) => {
  expect(namedStore(store === undefined ? {} : { store }, { env: env(all) })).toBe(expected);
});
