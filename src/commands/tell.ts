// The last word on an error that reached the top: a sentence for the caller's mistakes, a stack for ours.
import { UsageError } from '../kit/errors.ts';
import { NotBegun } from './not-begun.ts';

/** Tells the error on `stderr`. Usage errors are sentences and exit 2; anything unknown is a bug. */
export const tell = (error: unknown, stderr: { write(text: string): unknown } = process.stderr): number => {
  if (error instanceof UsageError) {
    stderr.write(`${error.message}\n`);
    return 2;
  }
  if (error instanceof NotBegun) {
    stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  stderr.write(bugText(error));
  return 1;
};

/** What to do with a bug, and its stack. */
export const bugText = (thrown: unknown): string =>
  `This is a bug in holdpoint, or in the plugin that the stack names; please report it with these lines.\n${thrown instanceof Error ? thrown.stack : String(thrown)}\n`;
