// What a record keeps of a command that was run: argument list, end, and the tail of its output, redacted.
import type { Act, Finished } from '../kit/index.ts';

export interface Keeping {
  redact(text: string): string;
  /** Characters of its output that are kept: the last ones. */
  tail: number;
}

/** `at`: ISO 8601 in UTC, of its start. Redacted before it is cut: half a secret would pass unseen. */
export const actOf = (at: string, argv: readonly string[], finished: Finished, { redact, tail }: Keeping): Act => ({
  at,
  argv: argv.map(redact),
  ...(finished.exit === undefined ? {} : { exit: finished.exit }),
  ...(finished.signal === undefined ? {} : { signal: finished.signal }),
  ...(finished.timedOut ? { timedOut: true } : {}),
  ms: Math.round(finished.ms),
  outTail: redact(finished.stdout + finished.stderr).slice(-tail),
});
