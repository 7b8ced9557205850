// The fixed limits of a hold, out of one baseline, several or none.
import { describe, expect, it } from 'vitest';
import { limits, limitsOfAll } from '../../src/stats/limits.ts';
import { expectClose } from './fixtures.ts';

describe('limits', () => {
  it('adds the tolerance to both limits of the baseline', () => {
    const found = limits({ errors: 2, requests: 1800 }, { points: 0.005 }, 0.002, 0.01);
    expectClose(found.upper, 0.006514131719174);
    expectClose(found.limit, found.upper + 0.005, 15);
    expectClose(found.lower, 0.0000424907523734);
    expectClose(found.passLimit, found.lower + 0.005, 15);
    expect(found.ceilingWasBroken).toBe(false);
  });

  it('without a baseline leaves the ceiling to fail, and the points from 0 to pass', () => {
    expect(limits({ errors: 0, requests: 0 }, { points: 0.005, ceiling: 0.05 }, 0.002, 0.01)).toEqual({
      limit: 0.05,
      passLimit: 0.005,
      upper: 1,
      lower: 0,
      ceilingWasBroken: false,
    });
  });

  it('leaves a ceiling out that was certainly broken before', () => {
    const found = limits({ errors: 1000, requests: 10_000 }, { points: 0.005, ceiling: 0.05 }, 0.002, 0.01);
    expect(found.ceilingWasBroken).toBe(true);
    expectClose(found.limit, found.upper + 0.005, 15);
    expect(found.passLimit).toBeGreaterThan(0.05);
  });

  it('keeps a ceiling that was only perhaps broken', () => {
    const found = limits({ errors: 6, requests: 100 }, { points: 0.005, ceiling: 0.05 }, 0.002, 0.01);
    expect(found).toMatchObject({ ceilingWasBroken: false, limit: 0.05 });
  });
});

describe('limitsOfAll', () => {
  it('takes the most lenient limit and the strictest pass limit', () => {
    const quiet = limits({ errors: 0, requests: 100_000 }, { points: 0.005 }, 0.002, 0.01);
    const busy = limits({ errors: 2000, requests: 100_000 }, { points: 0.005 }, 0.002, 0.01);
    expect(limitsOfAll([quiet, busy])).toEqual({
      limit: busy.limit,
      passLimit: quiet.passLimit,
      upper: busy.upper,
      lower: quiet.lower,
      ceilingWasBroken: false,
    });
  });
});
