// What platforms share about commands: how one is shown to a person, and how its end is told.
import { duration, type Finished } from '../../kit/index.ts';

const isPlain = /^[\w@%+=:,./-]+$/;

/** An argument list as a person would type it into a POSIX shell. */
export const shellLine = (argv: readonly string[]): string =>
  argv.map((word) => (isPlain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(' ');

/** Characters of its output that stand in a sentence about a failed command. */
const shown = 300;

const lastLines = ({ stdout, stderr }: Finished): string => {
  const text = (stderr.trim() || stdout.trim()).slice(-shown).replace(/\s*\n\s*/g, ' | ');
  return text === '' ? '' : `: ${text}`;
};

/** A sentence about a command that did not end with 0; undefined when it did. */
export const failureOf = (argv: readonly string[], finished: Finished, deadline: number): string | undefined => {
  const { exit, signal, timedOut, startError } = finished;
  const line = shellLine(argv);
  if (startError !== undefined) return `\`${line}\` could not be started (${startError})`;
  if (timedOut) return `\`${line}\` had not ended after ${duration(deadline)} and was stopped${lastLines(finished)}`;
  if (exit === undefined) return `\`${line}\` was ended by ${signal ?? 'a signal'}${lastLines(finished)}`;
  return exit === 0 ? undefined : `\`${line}\` ended with ${exit}${lastLines(finished)}`;
};

/** Throws that sentence as an Error. */
export const mustSucceed = (argv: readonly string[], finished: Finished, deadline: number): void => {
  const failure = failureOf(argv, finished, deadline);
  if (failure !== undefined) throw new Error(failure);
};
