// A number with its unit as people read it.
import { count, duration, percent } from '../kit/index.ts';

const number = (value: number): string => {
  if (Number.isInteger(value)) return count(value);
  return Math.abs(value) >= 1000 ? count(value) : String(Number(value.toPrecision(3)));
};

/** Waits below 100 ms differ in their fractions: 0.048 is not 0. */
const milliseconds = (value: number): string =>
  Math.abs(value) < 100 ? `${Number(value.toPrecision(3))} ms` : duration(value);

const formats: Record<string, (value: number) => string> = {
  share: percent,
  ms: milliseconds,
  s: (value) => milliseconds(value * 1000),
  connections: count,
};

/** 0.021 `share` → `2.1 %`; 250 `ms` → `250 ms`; 97 `connections` → `97`; 12.5 `requests/s` → `12.5 requests/s`. */
export const formatValue = (value: number, unit?: string): string => {
  if (!Number.isFinite(value)) return 'no number';
  const format = unit === undefined ? number : formats[unit];
  return format ? format(value) : `${number(value)} ${unit}`;
};
