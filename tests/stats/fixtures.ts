// Holds with known results, a fixed-seed generator and a comparison to 12 digits for the tests of src/stats.
import { expect } from 'vitest';
import type { Tally } from '../../src/stats/tally.ts';

/** Tallies out of [errors, requests] pairs. */
export function tallies(...pairs: readonly (readonly [number, number])[]): Tally[] {
  return pairs.map(([errors, requests]) => ({ errors, requests }));
}

/** `count` equal tallies. */
export function repeated(count: number, errors: number, requests: number): Tally[] {
  return Array.from({ length: count }, () => ({ errors, requests }));
}

const TEN = [95, 105, 88, 120, 99, 101, 130, 77, 110, 92];

export const V1 = tallies([1, 5], [3, 5], [4, 5]);
export const V2 = tallies([0, 50], [1, 50], [0, 50], [2, 50], [3, 48], [0, 0], [1, 52]);
export const V3 = [...repeated(24, 0, 100), ...repeated(36, 1, 100)];
export const V4 = [...TEN, ...TEN].map((errors) => ({ errors, requests: 5000 }));

/** Holds of one to nine units of 5,000 requests each, one after the other like V4. */
export const firstOf = (count: number): Tally[] => V4.slice(0, count);

/** Uniform numbers within [0,1), the same for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many of `requests` independent requests fail at `rate`. */
export function failures(random: () => number, requests: number, rate: number): number {
  let count = 0;
  for (let at = 0; at < requests; at += 1) if (random() < rate) count += 1;
  return count;
}

/** `count` units of `requests` requests that fail independently at `rate`. */
export function drawn(random: () => number, count: number, requests: number, rate: number): Tally[] {
  return Array.from({ length: count }, () => ({ errors: failures(random, requests, rate), requests }));
}

/** Asserts that the numbers agree to `digits` significant digits: within half a unit of the last one, as a rounded reference value does. */
export function expectClose(actual: number, expected: number, digits = 12): void {
  const lastDigit = 10 ** (Math.floor(Math.log10(Math.abs(expected) || 1)) + 1 - digits);
  expect(Math.abs(actual - expected), `${actual} is not ${expected}`).toBeLessThanOrEqual(0.5000001 * lastDigit);
}
