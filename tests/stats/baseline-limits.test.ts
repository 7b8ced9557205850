// Confidence limits of a baseline against exact values, and their promise by counting every outcome.
import { describe, expect, it } from 'vitest';
import { lowerLimit, upperLimit } from '../../src/stats/baseline-limits.ts';
import { expectClose } from './fixtures.ts';

describe('upperLimit', () => {
  it.each([
    [18, 18000, undefined, 0.00207430327658],
    [0, 1800, undefined, 0.00344660682248],
    [1, 600, undefined, 0.0156590717106],
    [60, 60000, 2.5, 0.00190082207938],
  ])('of %d in %d with phi %s at 0.2 %%', (errors, requests, phi, expected) => {
    expectClose(upperLimit({ errors, requests, phi }, 0.002), expected);
  });

  it('without errors is 1 - risk^(phi/n)', () => {
    expectClose(upperLimit({ errors: 0, requests: 300, phi: 2 }, 0.01), 1 - 0.01 ** (2 / 300));
  });

  it('is 1 when everything failed or nothing was seen', () => {
    expect(upperLimit({ errors: 30, requests: 30 }, 0.002)).toBe(1);
    expect(upperLimit({ errors: 0, requests: 0 }, 0.002)).toBe(1);
  });
});

describe('lowerLimit', () => {
  it.each([
    [18, 18000, 0.000444193715917],
    [1, 600, 0.00000615911955173],
  ])('of %d in %d at 1 %%', (errors, requests, expected) => {
    expectClose(lowerLimit({ errors, requests }, 0.01), expected);
  });

  it('is 0 without errors or requests', () => {
    expect(lowerLimit({ errors: 0, requests: 1e9 }, 0.01)).toBe(0);
    expect(lowerLimit({ errors: 0, requests: 0 }, 0.01)).toBe(0);
  });

  it('of nothing but errors is risk^(1/n)', () => {
    expectClose(lowerLimit({ errors: 30, requests: 30 }, 0.01), 0.01 ** (1 / 30));
  });
});

describe('both limits', () => {
  it.each([0.02, 0.3, 0.5, 0.97])(
    'miss a true rate of %d with at most the promised risk, over all outcomes',
    (rate) => {
      const requests = 40;
      let above = 0;
      let below = 0;
      let chance = (1 - rate) ** requests;
      for (let errors = 0; errors <= requests; errors += 1) {
        if (upperLimit({ errors, requests }, 0.05) < rate) above += chance;
        if (lowerLimit({ errors, requests }, 0.05) > rate) below += chance;
        chance *= ((requests - errors) / (errors + 1)) * (rate / (1 - rate));
      }
      expect(above).toBeLessThanOrEqual(0.05);
      expect(below).toBeLessThanOrEqual(0.05);
      // A limit that never misses would promise nothing: these come near.
      expect(above + below).toBeGreaterThan(0.001);
    },
  );

  it('widen with phi', () => {
    const seen = { errors: 18, requests: 18000 };
    expect(upperLimit({ ...seen, phi: 4 }, 0.01)).toBeGreaterThan(upperLimit(seen, 0.01));
    expect(lowerLimit({ ...seen, phi: 4 }, 0.01)).toBeLessThan(lowerLimit(seen, 0.01));
  });

  it.each([
    [
      { errors: Number.NaN, requests: 5 },
      0.01,
      'baseline must be finite counts, requests at least 0, got NaN errors in 5 requests.',
    ],
    [
      { errors: 0, requests: 5, phi: 0.5 },
      0.01,
      `baseline: phi must be a finite number from 1 to ${Number.MAX_SAFE_INTEGER}, got 0.5.`,
    ],
    [{ errors: 0, requests: 5 }, 0, `risk must be a finite number from ${Number.MIN_VALUE} to 1, got 0.`],
  ])('refuse %j at risk %d', (baseline, risk, message) => {
    expect(() => upperLimit(baseline, risk)).toThrow(new RangeError(message));
    expect(() => lowerLimit(baseline, risk)).toThrow(new RangeError(message));
  });
});
