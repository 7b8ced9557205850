// What one look gives: connection errors since the look before, by class.
import type { Class } from './classes.ts';

/** Without `seconds` and `counts` there was no earlier look to compare with. */
export type Seen = {
  /** Since the look before. */
  seconds?: number;
  counts?: Partial<Record<Class, number>>;
  /** Lines of the log that were read, errors or not. */
  lines?: number;
  /** Nothing that was asked for exists: these selectors. */
  nothing?: string;
};
