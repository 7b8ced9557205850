// The steady account: the reference value, its silence where it must not bet, and no certainty out of a few failures.
import { describe, expect, it } from 'vitest';
import { kl } from '../../src/stats/kl.ts';
import { logSteady, steadiness } from '../../src/stats/steady.ts';
import { expectClose, repeated, V1, V4 } from './fixtures.ts';

describe('steadiness', () => {
  it('sums a hold up', () => {
    const { units, mean, variance, requests } = steadiness(V1);
    expect({ units, requests }).toEqual({ units: 3, requests: 5 });
    expectClose(mean, 8 / 15, 15);
    expectClose(variance, 7 / 75, 14);
  });

  it('of nothing is all 0', () => {
    expect(steadiness([])).toEqual({ units: 0, mean: 0, variance: 0, requests: 0 });
  });
});

describe('logSteady', () => {
  it('agrees with the reference', () => {
    expectClose(logSteady(steadiness(V4), 0.0155), 23.11693891);
  });

  it('does not bet before ten units', () => {
    expect(logSteady(steadiness(repeated(9, 5, 5)), 0.01)).toBe(0);
    expect(logSteady(steadiness(repeated(10, 5, 5)), 0.01)).toBeGreaterThan(0);
  });

  it('is worth nothing while the mean is within the limit', () => {
    expect(logSteady(steadiness(repeated(20, 1, 128)), 1 / 128)).toBe(Number.NEGATIVE_INFINITY);
  });

  it.each([
    [1, 0.95],
    [1, 0.5],
    [1, 0.01],
    [0.9, 0.1],
    [0.9, 0.8],
    [0.3, 0.2],
  ])('never claims more than independent requests would prove: seen %d, limit %d', (share, limit) => {
    const bound = 12 * 10 * kl(share, limit);
    expect(logSteady(steadiness(repeated(12, 10 * share, 10)), limit)).toBeLessThanOrEqual(bound);
  });

  it('does not take ten failures for certainty', () => {
    // 0.95^10 = 0.6: ten failures are to be expected at this limit.
    expectClose(logSteady(steadiness(repeated(10, 1, 1)), 0.95), -0.868749449449);
  });
});
