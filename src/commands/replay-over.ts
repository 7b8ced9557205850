// `holdpoint replay --over 7d PROFILE`: would this profile have cried wolf? Replays its rule over the history of its sources.
import { relative } from 'node:path';
import { createRedactor, isMissedLook, type Profile, type Span, UsageError } from '../kit/index.ts';
import { type Over, replayOver } from '../run/index.ts';
import type { Context } from './context.ts';
import { storeBeside } from './project-store.ts';
import { loadResolved } from './resolved.ts';
import { overText } from './replay-over-text.ts';
import { withEnvFile } from './session.ts';

export interface ReplayOverOptions {
  /** Milliseconds of history. */
  over: number;
  deploysPerMonth?: number;
  store?: string;
  envFile?: string;
  reporter: string[];
  reportOnly: boolean;
}

/** One deploy a working day and some more. */
const usualDeploys = 30;

/** Prints how many windows would have been rolled back. Ends with 0: nothing is decided. */
export const replayOverCommand = async (
  profile: string | undefined,
  other: string | undefined,
  options: ReplayOverOptions,
  given: Context,
): Promise<number> => {
  if (profile === undefined || other !== undefined)
    throw new UsageError('name one profile and no record: holdpoint replay --over 7d PROFILE');
  if (options.reporter.length > 0 || options.reportOnly)
    throw new UsageError('--reporter and --report-only are for the replay of a record, not for --over');
  const context = await withEnvFile(options.envFile, given);
  const redactor = createRedactor();
  try {
    // A secret that is missing costs its own check only.
    const { profile: loaded } = await loadResolved({ name: profile, verb: 'check' }, redactor, context);
    const now = context.io.clock.now();
    const span = { from: now - options.over, to: now };
    const over = await replayed(loaded, span, redactor.learn, options, context);
    const text = overText({
      over,
      length: options.over,
      deploys: options.deploysPerMonth ?? usualDeploys,
      alpha: loaded.alpha,
      profile: relative(context.cwd, loaded.file),
    });
    context.stdout.write(redactor.text(`${text}\n`));
    return 0;
  } finally {
    await context.io.http.close();
  }
};

const replayed = async (
  profile: Profile,
  span: Span,
  learn: (secret: string, name: string) => void,
  options: ReplayOverOptions,
  context: Context,
): Promise<Over> => {
  const deploys = await recordedRuns(profile, span, options, context);
  try {
    const over = await replayOver({ profile, io: context.io, learn, span, deploys });
    if (over.checks.length > 0) return over;
  } catch (error) {
    if (!isMissedLook(error)) throw error;
    throw new UsageError(`the history cannot be read: ${error.missed.because}`, { cause: error });
  }
  throw new UsageError(
    `${profile.name} has no check with a history to replay: that is a rate or a latency out of prometheus or log`,
  );
};

/** When releases were verified: those windows are not quiet. */
const recordedRuns = async (
  profile: Profile,
  span: Span,
  { store }: ReplayOverOptions,
  context: Context,
): Promise<Span[]> => {
  const opened = storeBeside(profile.root, { store }, context);
  const { service, environment } = profile;
  const records = await opened.records({ service, environment, limit: 1000 });
  await opened.close();
  return records
    .filter(({ verb }) => verb !== 'check')
    .map(({ startedAt, finishedAt }) => ({ from: Date.parse(startedAt), to: Date.parse(finishedAt) }))
    .filter(({ to }) => to >= span.from);
};
