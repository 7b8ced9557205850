// Who runs this and for which release: taken from the CI's environment, else from the person at the keyboard.
import type { RunRecord } from '../kit/index.ts';
import type { Context } from './context.ts';

type Env = Context['env'];

/** The commit that the CI names, where there is one: the default of `--release`. */
export const ciRelease = (env: Env): string | undefined =>
  firstSet(env, [
    'GITHUB_SHA',
    'CI_COMMIT_SHA',
    'BUILDKITE_COMMIT',
    'CIRCLE_SHA1',
    'GIT_COMMIT',
    'BITBUCKET_COMMIT',
  ])?.slice(0, 12);

/** The pipeline with a link to it, or the user's name. */
export const actorOf = (env: Env): RunRecord['actor'] => {
  const pipeline = pipelines.find(({ name }) => env(name) !== undefined);
  if (pipeline) {
    const url = pipeline.url(env);
    return { kind: 'ci', name: pipeline.title, ...(url === undefined ? {} : { url }) };
  }
  if (env('CI') !== undefined) return { kind: 'ci', name: 'CI' };
  return { kind: 'person', name: firstSet(env, ['USER', 'LOGNAME', 'USERNAME']) ?? 'unknown' };
};

const pipelines = [
  {
    name: 'GITHUB_ACTIONS',
    title: 'GitHub Actions',
    url: (env: Env) => joined(env('GITHUB_SERVER_URL'), env('GITHUB_REPOSITORY'), 'actions/runs', env('GITHUB_RUN_ID')),
  },
  { name: 'GITLAB_CI', title: 'GitLab CI', url: (env: Env) => env('CI_JOB_URL') },
  { name: 'BUILDKITE', title: 'Buildkite', url: (env: Env) => env('BUILDKITE_BUILD_URL') },
  { name: 'CIRCLECI', title: 'CircleCI', url: (env: Env) => env('CIRCLE_BUILD_URL') },
  { name: 'JENKINS_URL', title: 'Jenkins', url: (env: Env) => env('BUILD_URL') },
];

const joined = (...parts: (string | undefined)[]): string | undefined =>
  parts.every((part) => part !== undefined && part !== '') ? parts.join('/') : undefined;

const firstSet = (env: Env, names: readonly string[]): string | undefined =>
  names.map((name) => env(name)).find((value) => value !== undefined && value !== '');

/** Sortable and unique enough for a folder of records: `20261122T150405-3f9a2c`. */
export const newRunId = (now: number, random: () => number): string => {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').slice(0, 15);
  const suffix = Math.floor(random() * 0x1000000)
    .toString(16)
    .padStart(6, '0');
  return `${stamp}-${suffix}`;
};
