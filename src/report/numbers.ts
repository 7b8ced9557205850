// The numbers of a check as people read them: what it is, what it may be, what it was.
import type { RecordedCheck, RunRecord } from '../kit/index.ts';
import { formatValue } from './values.ts';

/** One number of a check with its unit. */
export interface Shown {
  name: 'value' | 'limit' | 'before the deploy' | 'last good run';
  text: string;
}

/** What a baseline is called: by hand there is no deploy. */
export const beforeWord = ({ verb }: RunRecord): 'before the deploy' | 'last good run' =>
  verb === 'check' ? 'last good run' : 'before the deploy';

/**
 * The numbers that a check has, in this order; none for a check that only passes or fails. Where a failure left no number
 * there is no unit either, and nothing to hold the one before against.
 */
export const numbersOf = ({ value, limit, unit, baseline }: RecordedCheck, record: RunRecord): Shown[] =>
  [
    { name: 'value' as const, number: value },
    { name: 'limit' as const, number: limit },
    { name: beforeWord(record), number: value === undefined ? undefined : baseline.value },
  ].flatMap(({ name, number }) => (number === undefined ? [] : [{ name, text: formatValue(number, unit) }]));
