// The divergence between two rates against exact values, at the ends and where a plain sum of logarithms loses its digits.
import { describe, expect, it } from 'vitest';
import { kl } from '../../src/stats/kl.ts';
import { expectClose } from './fixtures.ts';

describe('kl', () => {
  it.each([
    ['the reference', 0.001, 0.005, 0.00239859153604],
    ['seen 0', 0, 0.005, 0.00501254182354429],
    ['seen 1', 1, 0.5, Math.LN2],
    ['tiny rates', 1e-9, 2e-9, 3.0685281994005e-10],
  ])('%s', (_, seen, rate, expected) => {
    expectClose(kl(seen, rate), expected);
  });

  it('is 0 for equal rates', () => {
    expect([kl(0, 0), kl(0.3, 0.3), kl(1, 1)]).toEqual([0, 0, 0]);
  });

  it.each([
    [0.1, 0],
    [0, 1],
    [0.9, 1],
  ])('is infinite when %d is seen and %d makes it impossible', (seen, rate) => {
    expect(kl(seen, rate)).toBe(Number.POSITIVE_INFINITY);
  });

  it('never becomes negative for rates next to each other', () => {
    for (const rate of [1e-9, 0.001, 0.5, 0.999]) expect(kl(rate, rate * (1 + 1e-15))).toBeGreaterThanOrEqual(0);
  });
});
