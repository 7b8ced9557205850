// Which store a command uses: the flag, else HOLDPOINT_STORE, else `.holdpoint`; and whether files last on this machine.
import { type Profile, type Redactor, UsageError } from '../kit/index.ts';
import { isPostgresUrl } from '../store/index.ts';
import type { Context } from './context.ts';

/** The name of the variable: a URL with a password does not belong into a command line, which every user can read. */
const variable = 'HOLDPOINT_STORE';

/** What was named; undefined: the default, beside the profiles. */
export const namedStore = (
  { store }: { store?: string | undefined },
  { env }: Pick<Context, 'env'>,
): string | undefined => store ?? (env(variable) || undefined);

/** Its password is never shown. */
export const learnStore = (url: string | undefined, redactor: Redactor): void => {
  if (url === undefined || !isPostgresUrl(url) || !URL.canParse(url)) return;
  const { password } = new URL(url);
  if (password !== '') redactor.learn(decodeURIComponent(password), 'store');
};

/** Runners that are thrown away after the job, each with the variable by which it says so. */
const throwAway: readonly (readonly [name: string, value: string, runner: string])[] = [
  ['RUNNER_ENVIRONMENT', 'github-hosted', 'a runner that GitHub hosts'],
  ['CI_DISPOSABLE_ENVIRONMENT', 'true', 'a disposable environment of GitLab'],
  ['CIRCLECI', 'true', 'a container of CircleCI'],
  ['BITBUCKET_PIPELINE_UUID', '', 'a container of Bitbucket'],
];

/** What this machine is, when its disk is gone after the job. */
export const throwAwayRunner = (env: Context['env']): string | undefined =>
  throwAway.find(([name, value]) => (value === '' ? env(name) !== undefined : env(name) === value))?.[2];

/** The budget, the lock and the journal of `auto` must outlive the run. A folder that somebody names is their word. */
export const refuseThrowAway = (
  { rollback, name }: Profile,
  url: string | undefined,
  { env }: Pick<Context, 'env'>,
): void => {
  const runner = throwAwayRunner(env);
  if (rollback?.mode !== 'auto' || url !== undefined || runner === undefined) return;
  throw new UsageError(
    `${name}: rollback.mode is auto, and .holdpoint is on ${runner}: gone after the job. Name a store that stays (${variable}=postgres://…, or --store with a folder that is kept), or use mode: ask`,
  );
};
