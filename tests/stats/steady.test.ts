// The steady account: the reference value, its silence where it must not bet, and no certainty out of a few failures.
import { describe, expect, it } from 'vitest';
import { kl } from '../../src/stats/kl.ts';
import { logSteady, steadiness } from '../../src/stats/steady.ts';
import { expectClose, firstOf, repeated, tallies, V1, V4 } from './fixtures.ts';

describe('steadiness', () => {
  it('sums a hold up', () => {
    const { units, mean, variance, requests } = steadiness(V1);
    expect({ units, requests }).toEqual({ units: 3, requests: 5 });
    expectClose(mean, 8 / 15, 15);
    expectClose(variance, 7 / 75, 14);
  });

  it('of nothing is all 0', () => {
    expect(steadiness([])).toEqual({ units: 0, mean: 0, variance: 0, requests: 0, phi: undefined });
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

describe('the first bets, where the baseline told of clusters', () => {
  it.each([
    ['independent requests', firstOf(5), 1, 7.248144896113],
    ['clusters larger than these five shares show', firstOf(5), 3.5, 3.036274818035],
    ['the ninth unit', firstOf(9), 3.5, 6.617425616957],
    [
      'shares that differ more than the clusters explain',
      tallies([60, 5000], [140, 5000], [200, 5000], [20, 5000], [120, 5000]),
      1.2,
      -0.06599681338503,
    ],
  ])('agree with 50 digits: %s', (_, units, phi, expected) => {
    expectClose(logSteady(steadiness(units, phi), 0.0155), expected, 12);
  });

  it('begin with the fifth unit', () => {
    expect(logSteady(steadiness(firstOf(4), 1), 0.0155)).toBe(0);
    expect(logSteady(steadiness(firstOf(9)), 0.0155)).toBe(0);
  });

  it('end with the tenth unit: from there on the shares speak for themselves', () => {
    expectClose(logSteady(steadiness(firstOf(10), 3.5), 0.0155), 10.12422021941);
    expect(logSteady(steadiness(V4, 3.5), 0.0155)).toBe(logSteady(steadiness(V4), 0.0155));
  });

  /** Every unordered choice of `count` items, with the number of orders in which it comes. */
  function choices(items: number, count: number): { chosen: number[]; orders: number }[] {
    if (items === 1) return [{ chosen: [count], orders: 1 }];
    return Array.from({ length: count + 1 }, (_, first) =>
      choices(items - 1, count - first).map(({ chosen, orders }) => ({
        chosen: [first, ...chosen],
        orders: orders * binomial(count, first),
      })),
    ).flat();
  }

  const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k);

  /** The mean of B over every outcome of `count` units with `clusters` clusters of `phi` requests that fail together at the limit. */
  function meanOf(count: number, clusters: number, phi: number, limit: number): number {
    const chances = Array.from(
      { length: clusters + 1 },
      (_, failed) => binomial(clusters, failed) * limit ** failed * (1 - limit) ** (clusters - failed),
    );
    let mean = 0;
    for (const { chosen, orders } of choices(clusters + 1, count)) {
      const units = chosen.flatMap((times, failed) => repeated(times, failed * phi, clusters * phi));
      const chance = chosen.reduce((all, times, failed) => all * (chances[failed] ?? 0) ** times, orders);
      mean += chance * Math.exp(logSteady(steadiness(units, phi), limit));
    }
    return mean;
  }

  it.each([
    [5, 8, 1, 0.25],
    [5, 10, 1, 0.05],
    [7, 6, 4, 0.3],
    [9, 5, 3, 0.1],
  ])(
    'are worth at most 1 in the mean, over every outcome: %d units of %d clusters of %d at %d',
    (count, clusters, phi, limit) => {
      expect(meanOf(count, clusters, phi, limit)).toBeLessThanOrEqual(1);
    },
  );
});
