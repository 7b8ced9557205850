// The numbers of a check as people read them: what it is, what it may be, what it was.
import type { RecordedCheck } from '../kit/index.ts';
import { formatValue } from './values.ts';

/** One number of a check with its unit. */
export interface Shown {
  name: 'value' | 'limit' | 'before the deploy';
  text: string;
}

/** The numbers that a check has, in this order; none for a check that only passes or fails. */
export const numbersOf = ({ value, limit, unit, baseline }: RecordedCheck): Shown[] =>
  [
    { name: 'value' as const, number: value },
    { name: 'limit' as const, number: limit },
    { name: 'before the deploy' as const, number: baseline.value },
  ].flatMap(({ name, number }) => (number === undefined ? [] : [{ name, text: formatValue(number, unit) }]));
