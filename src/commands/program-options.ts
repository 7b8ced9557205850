// What the flags of several verbs share: lists, durations, the name of a profile.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../kit/duration.ts';

/** Where the exit code of the verb that ran is put. */
export type Done = (exitCode: number) => void;

/** `a,b` in one flag, and the flag several times. */
export const collect = (value: string, all: string[]): string[] => [...all, ...value.split(',').filter(Boolean)];
/** The flag several times. */
export const append = (value: string, all: string[]): string[] => [...all, value];

/** `5m` → milliseconds. */
export const duration = (value: string): number => {
  const ms = parseDuration(value);
  if (ms === undefined) throw new InvalidArgumentError('write a duration like 30s, 5m or 1h.');
  return ms;
};

/** A number above 0. */
export const positive = (value: string): number => {
  const number = Number(value);
  if (!(number > 0) || !Number.isFinite(number)) throw new InvalidArgumentError('write a number above 0.');
  return number;
};

/** The argument of a verb that takes a profile. */
export const profileArgument = ['<profile>', 'name[/environment] in deploy-profiles/, or a path'] as const;

/** The flags of every verb that looks at a service. */
export const withCommon = (command: Command): Command =>
  command
    .option('--reporter <name[=file]>', 'how to report; may be given several times', append, [])
    .option('--only <ids>', 'only these checks (never rolls back)', collect, [])
    .option('--skip <ids>', 'all but these checks (never rolls back)', collect, [])
    .option(
      '--store <url>',
      'where baselines, records and locks are kept: a folder, or postgres://… (default: HOLDPOINT_STORE, else .holdpoint)',
    )
    .option('--env-file <file>', 'lines NAME=value for ${env:NAME} and ${secret:NAME}');

/** The flag of every verb that takes the lock. */
export const wait = (): Option =>
  new Option('--wait <duration>', 'wait so long for another run to end').argParser(duration);
