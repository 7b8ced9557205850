// The whole weighing: reference cases, each condition of FAIL and PASS alone, refusals, and whole holds with chance baselines.
import { describe, expect, it } from 'vitest';
import { lowerLimit, upperLimit } from '../../src/stats/baseline-limits.ts';
import { type Case, weigh } from '../../src/stats/weigh.ts';
import { drawn, expectClose, failures, generator, repeated, tallies } from './fixtures.ts';

const TERMS = {
  alpha: 0.01,
  beta: 0.05,
  planned: 60,
  strict: false,
  minUnitsForPass: 24,
  tolerance: { points: 0.005 },
};

describe('the reference cases', () => {
  it('FAIL after two units of an outage', () => {
    const found = weigh({ ...TERMS, baseline: { errors: 2, requests: 1800 }, units: tallies([3, 5], [4, 6]) });
    expect(found).toMatchObject({ decision: 'fail', badUnits: 2, counted: 2, errors: 7, requests: 11 });
    expect(found.requestsNeeded).toBeUndefined();
    expectClose(found.limit, 0.0115141317192);
    expectClose(found.passLimit, 0.00504249075237);
    expectClose(found.capital.value, 285.494452154);
    expectClose(found.capital.needed, 125, 14);
    expectClose(found.atLeast, 0.0174880418223);
  });

  it('CONTINUE after a quiet hour with too few requests', () => {
    const found = weigh({ ...TERMS, baseline: { errors: 0, requests: 1800 }, units: repeated(60, 0, 5) });
    expect(found).toMatchObject({ decision: 'continue', requestsNeeded: 1309, atLeast: 0, badUnits: 0 });
    expectClose(found.limit, 0.00844660682248);
    expectClose(found.atMost, 0.0264993336553);
    expectClose(found.proof.needed, 25, 14);
    expectClose(found.capital.value, 0.0220940795989);
    expectClose(found.proof.value, 1.70222111897);
  });

  it('CONTINUE after two bad units against a ceiling: a third is needed', () => {
    const given = {
      ...TERMS,
      baseline: { errors: 0, requests: 30 },
      units: tallies([5, 5], [4, 5]),
      tolerance: { points: 0.005, ceiling: 0.05 },
    };
    const found = weigh(given);
    expect(found).toMatchObject({ decision: 'continue', badUnits: 2, errors: 9, limit: 0.05 });
    expectClose(found.capital.value, 31.7783541667);
    expect(weigh({ ...given, units: [...given.units, { errors: 5, requests: 5 }] }).decision).toBe('fail');
  });
});

describe('FAIL', () => {
  const given: Case = { ...TERMS, baseline: { errors: 2, requests: 180_000 }, units: [] };

  it('needs two bad units, however strong the evidence', () => {
    const certain = weigh({ ...given, units: tallies([500, 500]), tolerance: { points: 1e-6 } });
    expect(certain.capital.value).toBeGreaterThan(certain.capital.needed);
    expect(certain).toMatchObject({ decision: 'continue', badUnits: 1, errors: 500 });
  });

  it('needs four errors', () => {
    const three = weigh({ ...given, units: tallies([1, 1], [2, 2]) });
    expect(three.capital.value).toBeGreaterThan(three.capital.needed);
    expect(three.decision).toBe('continue');
    expect(weigh({ ...given, units: tallies([2, 2], [2, 2]) }).decision).toBe('fail');
  });

  it('needs more evidence when alpha is shared by several tests', () => {
    const units = tallies([3, 5], [4, 6]);
    const baseline = { errors: 2, requests: 1800 };
    const shared = weigh({ ...TERMS, baseline, units, alpha: 0.01 / 4 });
    expectClose(shared.capital.needed, 500, 14);
    expect(shared.decision).toBe('continue');
  });

  it('finds a small regression with much traffic after five units where the baseline told of clusters', () => {
    const units = repeated(5, 110, 5000);
    const baseline = { errors: 1800, requests: 180_000 };
    expect(weigh({ ...given, baseline, units }).decision).toBe('continue');
    expect(weigh({ ...given, baseline, units, phi: 1.2 }).decision).toBe('fail');
    expect(weigh({ ...given, baseline, units, phi: 5 }).decision).toBe('continue');
    expect(weigh({ ...given, baseline, units: units.slice(0, 4), phi: 1.2 }).decision).toBe('continue');
    expect(weigh({ ...given, baseline, units, phi: 1.2, strict: true }).decision).toBe('continue');
  });

  it('keeps the exact account alone when strict', () => {
    const units = repeated(20, 50, 2500);
    const baseline = { errors: 1800, requests: 180_000 };
    expect(weigh({ ...given, baseline, units }).decision).toBe('fail');
    expect(weigh({ ...given, baseline, units, strict: true }).decision).toBe('continue');
  });

  it('reports evidence beyond any double as the largest one, and its logarithm', () => {
    const found = weigh({ ...given, units: repeated(400, 500, 500), planned: 400 });
    expect(found.capital.value).toBe(Number.MAX_VALUE);
    expect(found.capital.log).toBeGreaterThan(1000);
    expect(JSON.parse(JSON.stringify(found))).toMatchObject({ decision: 'fail', capital: { log: found.capital.log } });
  });
});

describe('a planned length that is no whole number', () => {
  it('counts its whole units, or more than the capital would be put in', () => {
    const given = { ...TERMS, baseline: { errors: 2, requests: 1800 }, units: repeated(20, 1, 5) };
    expect(weigh({ ...given, planned: 20.5 })).toEqual(weigh({ ...given, planned: 20 }));
  });
});

describe('PASS', () => {
  const given: Case = { ...TERMS, baseline: { errors: 100, requests: 100_000 }, units: repeated(24, 0, 500) };

  it('comes with proof, time and no sign of harm', () => {
    expect(weigh(given)).toMatchObject({ decision: 'pass', requestsNeeded: 0 });
  });

  it('needs its least number of units, and those without requests do not count', () => {
    expect(weigh({ ...given, units: repeated(23, 0, 500) }).decision).toBe('continue');
    expect(weigh({ ...given, units: [...repeated(23, 0, 500), ...repeated(5, 0, 0)] }).decision).toBe('continue');
  });

  it('needs more requests when errors come in clusters', () => {
    expect(weigh({ ...given, phi: 20 }).decision).toBe('continue');
  });

  it('is withheld while something points to harm, although the sum of all requests would prove it', () => {
    const found = weigh({ ...given, units: [...repeated(40, 0, 5000), ...repeated(2, 40, 200)] });
    expect(found.proof.value).toBeGreaterThan(found.proof.needed);
    expect(found.capital.value).toBeGreaterThanOrEqual(2);
    expect(found.decision).toBe('continue');
  });
});

describe('the limits', () => {
  it('without a baseline are the ceiling and the points', () => {
    const found = weigh({ ...TERMS, units: [], tolerance: { points: 0.005, ceiling: 0.05 } });
    expect(found).toMatchObject({ limit: 0.05, passLimit: 0.005, upper: 1, lower: 0, atMost: 1, atLeast: 0 });
  });

  it('take every baseline into account', () => {
    const baseline = { errors: 0, requests: 100_000 };
    const busy = { errors: 2000, requests: 100_000 };
    const alone = weigh({ ...TERMS, baseline, units: [] });
    const both = weigh({ ...TERMS, baseline, otherBaselines: [busy], units: [] });
    expect(both.limit).toBeGreaterThan(4 * alone.limit);
    expect(both.passLimit).toBe(alone.passLimit);
  });
});

describe('refusals', () => {
  const given: Case = { ...TERMS, baseline: { errors: 0, requests: 30 }, units: [] };

  it.each([
    [{ alpha: Number.NaN }, 'alpha must be a finite number from 1e-12 to 0.5, got NaN.'],
    [{ alpha: 0 }, 'alpha must be a finite number from 1e-12 to 0.5, got 0.'],
    [{ beta: 1 }, 'beta must be a finite number from 1e-12 to 0.5, got 1.'],
    [{ planned: 0 }, `planned must be a finite number from 1 to ${Number.MAX_SAFE_INTEGER}, got 0.`],
    [{ planned: Infinity }, `planned must be a finite number from 1 to ${Number.MAX_SAFE_INTEGER}, got Infinity.`],
    [{ phi: 0.5 }, `phi must be a finite number from 1 to ${Number.MAX_SAFE_INTEGER}, got 0.5.`],
    [{ minUnitsForPass: -1 }, `minUnitsForPass must be a finite number from 0 to ${Number.MAX_SAFE_INTEGER}, got -1.`],
    [
      { units: tallies([1, Infinity]) },
      'unit 1 must be finite counts, requests at least 0, got 1 errors in Infinity requests.',
    ],
    [
      { baseline: { errors: Number.NaN, requests: 1 } },
      'baseline must be finite counts, requests at least 0, got NaN errors in 1 requests.',
    ],
  ])('%j', (part, message) => {
    expect(() => weigh({ ...given, ...part })).toThrow(new RangeError(message));
  });
});

describe('whole holds with a baseline of chance, weighed after every unit', () => {
  function failing(runs: number, rate: number): number {
    const random = generator(41);
    let failed = 0;
    for (let run = 0; run < runs; run += 1) {
      const baseline = { errors: failures(random, 1000, 0.01), requests: 1000 };
      const units = drawn(random, 16, 30, rate);
      const looks = units.map((_, at) => weigh({ ...TERMS, planned: 16, baseline, units: units.slice(0, at + 1) }));
      if (looks.some((look) => look.decision === 'fail')) failed += 1;
    }
    return failed / runs;
  }

  it('an unchanged service fails in less than 1 %', () => {
    expect(failing(100, 0.01)).toBeLessThan(0.01);
  });

  it('a service that fails five times as often as tolerated is found', () => {
    expect(failing(30, 0.2)).toBe(1);
  });
});

describe('bad requests whose mark was chosen by a look at the baseline', () => {
  const given: Case = { ...TERMS, baseline: { errors: 90, requests: 1800 }, units: [] };

  it('get limits that hold for every way it could have been chosen', () => {
    const alone = weigh(given);
    const chosen = weigh({ ...given, choices: 512 });
    expectClose(chosen.upper, upperLimit({ errors: 90, requests: 1800 }, 0.002 / 512), 12);
    expectClose(chosen.lower, lowerLimit({ errors: 90, requests: 1800 }, 0.01 / 512), 12);
    expect(chosen.limit).toBeGreaterThan(alone.limit);
    expect(weigh({ ...given, choices: 1 })).toEqual(alone);
  });

  it('refuses less than one way', () => {
    expect(() => weigh({ ...given, choices: 0 })).toThrow('choices must be a finite number from 1 to 1000000, got 0.');
  });
});
