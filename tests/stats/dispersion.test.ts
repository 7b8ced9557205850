// The clustering of errors: a worked example by hand, and the sizes that known clusters must give.
import { describe, expect, it } from 'vitest';
import { dispersion } from '../../src/stats/dispersion.ts';
import { drawn, expectClose, generator, repeated } from './fixtures.ts';

describe('dispersion', () => {
  it('agrees with a calculation by hand', () => {
    // 16 units of 2 and 16 of 6 errors in 100, alternating: rate 0.04, each unit 4 off its 4 expected, 4/3.84 per unit.
    const units = Array.from({ length: 32 }, (_, at) => ({ errors: at % 2 === 0 ? 2 : 6, requests: 100 }));
    const single = (32 * (4 / 3.84)) / 31;
    const found = dispersion(units);
    expectClose(found?.point ?? 0, single, 14);
    expectClose(found?.upper ?? 0, single * (1 + 1.645 * Math.sqrt((2 + 1 / 4) / 31)), 14);
  });

  it('sees bursts that are longer than a unit', () => {
    // Eight bad units in a row out of 32: a unit alone is 4 times, their sum 8 times as unusual.
    const burst = [...repeated(8, 8, 1000), ...repeated(24, 1, 1000)];
    const short = Array.from({ length: 32 }, (_, at) => ({ errors: at % 4 === 0 ? 8 : 1, requests: 1000 }));
    expect(dispersion(burst)?.point).toBeGreaterThan(6 * (dispersion(short)?.point ?? 0));
  });

  it('of independent requests is near 1', () => {
    const found = dispersion(drawn(generator(31), 360, 200, 0.02));
    expect(found?.point).toBeGreaterThanOrEqual(1);
    expect(found?.point).toBeLessThan(1.4);
  });

  it('of failures that are retried four times is near 4, and the upper estimate above it', () => {
    const units = drawn(generator(32), 360, 200, 0.02).map(({ errors }) => ({ errors: errors * 4, requests: 800 }));
    const found = dispersion(units);
    expect(found?.point).toBeGreaterThan(3);
    expect(found?.point).toBeLessThan(6);
    expect(found?.upper).toBeGreaterThan(4);
  });

  it.each([
    ['19 units', repeated(19, 5, 100)],
    ['19 errors', repeated(19, 1, 100).concat(repeated(20, 0, 100))],
    ['20 units of which one has no requests', repeated(19, 5, 100).concat(repeated(1, 0, 0))],
  ])('is unknown with %s', (_, units) => {
    expect(dispersion(units)).toBeUndefined();
  });

  it('is 1 when every request failed or every unit is the same', () => {
    expect(dispersion(repeated(20, 5, 5))).toEqual({ point: 1, upper: 1 });
    expect(dispersion(repeated(20, 1, 5))).toEqual({ point: 1, upper: 1 });
  });

  it('is finite when all errors stand in the last units, which the longest sums leave over', () => {
    const found = dispersion(repeated(18, 0, 100).concat(repeated(4, 10, 100)));
    expect(Number.isFinite(found?.upper)).toBe(true);
    expect(found?.point).toBeGreaterThan(5);
  });

  it('refuses what is no number', () => {
    expect(() => dispersion([{ errors: 1, requests: Number.NaN }])).toThrow(
      new RangeError('unit 1 must be finite counts, requests at least 0, got 1 errors in NaN requests.'),
    );
  });
});
