// What is tolerated after a deploy, from the rate before it.
import { describe, expect, it } from 'vitest';
import { tolerated } from '../../src/stats/tolerance.ts';
import { expectClose } from './fixtures.ts';

describe('tolerated', () => {
  it.each([
    ['points alone', 0.01, { points: 0.005 }, 0.015],
    ['a factor alone', 0.01, { factor: 1.5 }, 0.015],
    ['both: only worse when both are exceeded (points)', 0.001, { points: 0.005, factor: 1.5 }, 0.006],
    ['both: only worse when both are exceeded (factor)', 0.1, { points: 0.005, factor: 1.5 }, 0.15],
    ['the ceiling is hard', 0.1, { points: 0.005, factor: 1.5, ceiling: 0.05 }, 0.05],
    ['a ceiling alone', 0.001, { ceiling: 0.05 }, 0.05],
    ['nothing given: no worse than before', 0.001, {}, 0.001],
    ['there is always room for worse', 1, { points: 0.005 }, 0.95],
    ['also below a high ceiling', 1, { ceiling: 1 }, 0.95],
    ['no limit is 0', 0, { factor: 2 }, 1e-15],
  ])('%s', (_, rate, tolerance, expected) => {
    expectClose(tolerated(rate, tolerance), expected, 15);
  });

  it.each([
    {},
    { points: 0.005 },
    { factor: 1.5 },
    { points: 0.01, factor: 3 },
    { points: 0.01, factor: 3, ceiling: 0.2 },
  ])('never falls as the rate grows: %j', (tolerance) => {
    const rates = Array.from({ length: 1001 }, (_, at) => tolerated(at / 1000, tolerance));
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
  });

  it.each([
    [{ points: -0.1 }, 'tolerance: points must be a finite number from 0 to 1, got -0.1.'],
    [{ points: Number.NaN }, 'tolerance: points must be a finite number from 0 to 1, got NaN.'],
    [{ factor: 0.9 }, `tolerance: factor must be a finite number from 1 to ${Number.MAX_SAFE_INTEGER}, got 0.9.`],
    [{ ceiling: 0 }, 'tolerance: ceiling must be a finite number from 1e-15 to 1, got 0.'],
    [
      { ceiling: Number.POSITIVE_INFINITY },
      'tolerance: ceiling must be a finite number from 1e-15 to 1, got Infinity.',
    ],
  ])('refuses %j', (tolerance, message) => {
    expect(() => tolerated(0.01, tolerance)).toThrow(new RangeError(message));
  });
});
