// The fixed limits of a hold, out of one baseline, several or none.
import { describe, expect, it } from 'vitest';
import { limits, limitsOfAll, limitsOfControl } from '../../src/stats/limits.ts';
import { drawn, expectClose, generator, repeated } from './fixtures.ts';

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

describe('limitsOfControl', () => {
  const tolerance = { points: 0.005, ceiling: 0.05 };

  it('takes the rates that hold at every look', () => {
    const found = limitsOfControl(repeated(20, 1, 100), tolerance, 0.002, 1, 60);
    // Both are those of atMost and atLeast for 20 of 2,000 in 20 units.
    expect(found.upper).toBeGreaterThan(0.01);
    expect(found.upper).toBeLessThan(0.03);
    expectClose(found.limit, found.upper + 0.005, 15);
    expect(found).toMatchObject({ passLimit: 0.005, ceilingWasBroken: false });
  });

  it('knows a control group above the ceiling', () => {
    const found = limitsOfControl(repeated(20, 30, 100), tolerance, 0.002, 1, 60);
    expect(found.lower).toBeGreaterThan(0.15);
    expect(found).toMatchObject({ ceilingWasBroken: true });
    expect(found.limit).toBeGreaterThan(0.3);
  });

  it('is below the tolerated rate at no look in more than the risk of the runs', () => {
    const random = generator(51);
    let below = 0;
    for (let run = 0; run < 200; run += 1) {
      const control = drawn(random, 20, 25, 0.04);
      const looks = control.map((_, at) => limitsOfControl(control.slice(0, at + 1), { points: 0 }, 0.05, 1, 20));
      if (looks.some(({ limit }) => limit < 0.04)) below += 1;
    }
    expect(below / 200).toBeLessThan(0.05);
  });
});
