// `holdpoint rollback --record FILE`: one job has judged (`run --no-rollback`), this one acts, with rights of its own.
import { resolve } from 'node:path';
import { type RunRecord, UsageError } from '../kit/index.ts';
import { carryOutJudged } from '../run/index.ts';
import { readRecord } from '../store/index.ts';
import type { Context } from './context.ts';
import { drilled, type RollbackOptions } from './rollback-options.ts';
import { engineInput, finish } from './run.ts';
import { recordSchema } from './schema/record.ts';
import type { Opened } from './session.ts';
import { told } from './told.ts';

/** Carries out what the record has decided, with all guards of an automatic rollback. Nothing to do is exit code 0. */
export const actOnRecord = async (
  file: string,
  options: RollbackOptions,
  opened: Opened,
  context: Context,
): Promise<number> => {
  if (options.to !== undefined) throw new UsageError('--record names the revision to go back to: it takes no --to');
  if (opened.overrides.length > 0) throw new UsageError('--record judges nothing: it takes neither --only nor --skip');
  const judged = await recordIn(file, context);
  mustFit(judged, opened);
  if (judged.decision.withheld === undefined) {
    context.stderr.write(`run ${judged.runId} did not ask for a rollback: nothing to do\n`);
    return 0;
  }
  const input = engineInput('rollback', opened, context, judged.release.label);
  const acting = { ...input, ...drilled(input, options), permission: { rollback: true }, overrides: [], shadow: false };
  return finish(await carryOutJudged(acting, judged), opened, context);
};

const recordIn = async (file: string, { io, cwd }: Context): Promise<RunRecord> => {
  const text = await told(`--record ${file} cannot be read`, () => io.files.readIfExists(resolve(cwd, file)));
  if (text === undefined) throw new UsageError(`--record ${file}: there is no such file`);
  const read = readRecord(text);
  const problem = 'value' in read ? problemOf(read.value) : read.problem;
  if ('value' in read && problem === undefined) return read.value;
  throw new UsageError(`--record ${file}: this is not a record that holdpoint wrote: ${problem}`);
};

/** The store takes a record by its head; an order needs all of it. */
const problemOf = (record: RunRecord): string | undefined => {
  const [issue] = recordSchema().safeParse(record).error?.issues ?? [];
  return issue && `${issue.path.join('.')}: ${issue.message}`;
};

/** A record of another service, of another profile, or of a run that does not count is no order. */
const mustFit = (
  { verb, service, environment, overrides, shadow, tool, runId }: RunRecord,
  { profile }: Opened,
): void => {
  const problems: [boolean, string][] = [
    [verb !== 'run', `it is of \`${verb}\`, not of \`run\``],
    [
      service !== profile.service || environment !== profile.environment,
      `it is of ${service}/${environment}, the profile of ${profile.service}/${profile.environment}`,
    ],
    [tool.profileHash !== profile.hash, 'the profile was changed since: judge again'],
    [shadow, 'it is of a shadow run, which does not count'],
    [
      overrides.some((each) => each !== '--no-rollback'),
      `the run was lowered by ${overrides.join(', ')}: a part of the checks never rolls back`,
    ],
  ];
  const found = problems.find(([is]) => is);
  if (found) throw new UsageError(`run ${runId} is no order to roll back: ${found[1]}`);
};
