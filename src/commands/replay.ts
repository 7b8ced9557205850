// `holdpoint replay RECORD PROFILE`: would another profile have decided otherwise? Judges recorded samples again.
import { relative, resolve } from 'node:path';
import { createRedactor, type Profile, type RunRecord, UsageError } from '../kit/index.ts';
import { replay } from '../run/index.ts';
import { readRecord } from '../store/index.ts';
import type { Context } from './context.ts';
import { storeBeside } from './project-store.ts';
import { replayText } from './replay-text.ts';
import { told } from './told.ts';
import { loadResolved } from './resolved.ts';
import { openReporting } from './reporting.ts';
import { recordSchema } from './schema/record.ts';
import { withEnvFile } from './session.ts';

export interface ReplayOptions {
  reporter: string[];
  store?: string;
  envFile?: string;
  reportOnly: boolean;
}

/**
 * Prints what was and what would be. The exit code is that of the new decision, or 0 with `--report-only`; instead of 0
 * it is 2 when a report could not be written.
 */
export const replayCommand = async (
  record: string | undefined,
  profile: string | undefined,
  options: ReplayOptions,
  given: Context,
): Promise<number> => {
  if (record === undefined || profile === undefined)
    throw new UsageError('name a record (a file, or the id of a run) and a profile: holdpoint replay RECORD PROFILE');
  const context = await withEnvFile(options.envFile, given);
  const redactor = createRedactor();
  const { profile: loaded } = await loadResolved({ name: profile, verb: 'replay', standIns: true }, redactor, context);
  const recorded = await findRecord(record, loaded, options, context);
  refuse(recorded, loaded);
  const replayed = replay(recorded, loaded);
  const notes = [...loaded.warnings, ...replayed.notes];
  const text = replayText({ recorded, replayed: replayed.record, notes, profile: relative(context.cwd, loaded.file) });
  context.stdout.write(redactor.text(`${text}\n`));
  const isWritten = await report(redactor.json(replayed.record), loaded, options, context);
  const exitCode = options.reportOnly ? 0 : replayed.record.exitCode;
  return exitCode === 0 && !isWritten ? 2 : exitCode;
};

/** A file, else a run of the store beside the profile. */
const findRecord = async (
  wanted: string,
  { root }: Profile,
  { store }: ReplayOptions,
  context: Context,
): Promise<RunRecord> => {
  const text = await told(`${wanted} cannot be read`, () =>
    context.io.files.readIfExists(resolve(context.cwd, wanted)),
  );
  if (text !== undefined) {
    const read = readRecord(text);
    if ('value' in read) return whole(read.value, wanted);
    throw new UsageError(`${wanted} is not a record that holdpoint wrote: ${read.problem}`);
  }
  const opened = storeBeside(root, { store }, context);
  const [found] = await opened.records({ runId: wanted, limit: 1 });
  await opened.close();
  if (found) return whole(found, wanted);
  throw new UsageError(`there is no file ${wanted}, and no run of that id in ${opened.where}`);
};

/** The store takes a record by its head; judging needs all of it. */
const whole = (record: RunRecord, wanted: string): RunRecord => {
  const [issue] = recordSchema().safeParse(record).error?.issues ?? [];
  if (issue === undefined) return record;
  throw new UsageError(`${wanted} cannot be replayed: ${issue.path.join('.')}: ${issue.message}`);
};

const refuse = (recorded: RunRecord, profile: Profile): void => {
  if (recorded.verb === 'rollback')
    throw new UsageError(`run ${recorded.runId} is a rollback by hand: nothing was judged before it`);
  const kinds = new Map(recorded.checks.map(({ id, kind }) => [id, kind]));
  if (!profile.checks.some(({ id, kind }) => kinds.get(id) === kind.name))
    throw new UsageError(
      `${profile.name} and run ${recorded.runId} have no check in common; the record has ${[...kinds.keys()].join(', ')}`,
    );
};

const report = async (
  record: RunRecord,
  { registry }: Profile,
  { reporter }: ReplayOptions,
  context: Context,
): Promise<boolean> => {
  if (reporter.length === 0) return true;
  const reporting = openReporting(reporter, registry, context, (text) => text);
  const isWritten = await reporting.end(record);
  reporting.close();
  return isWritten;
};
