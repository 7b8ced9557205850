// The capital against a limit: monotone, indifferent to what it must not see, finite at the extremes, and rarely wrong.
import { describe, expect, it } from 'vitest';
import { logBold } from '../../src/stats/bold.ts';
import { atLeast, logCapital, placeBets } from '../../src/stats/capital.ts';
import { logSumExp } from '../../src/stats/numeric.ts';
import { LEAST } from '../../src/stats/tolerance.ts';
import { readUnits, type Tally } from '../../src/stats/tally.ts';
import { drawn, expectClose, firstOf, generator, repeated, tallies, V1, V2, V3, V4 } from './fixtures.ts';

const NEEDED = Math.log(125);
const LIMITS = [LEAST, 1e-12, 1e-9, 1e-4, 0.001, 0.0155, 0.1, 0.3, 0.5, 0.8, 0.95];

describe('logCapital', () => {
  it('is the mean of both accounts', () => {
    expectClose(logCapital(placeBets(V4, 20, false), 0.0155), 22.4237917324);
    expect(logCapital(placeBets([], 20, false), 0.0155)).toBe(0);
  });

  it('is the bold account alone when strict', () => {
    expectClose(logCapital(placeBets(V4, 20, true), 0.0155), 3.49265218031);
  });

  it.each([true, false])('falls as the limit rises (strict: %s)', (strict) => {
    const random = generator(11);
    for (let run = 0; run < 60; run += 1) {
      const count = 1 + Math.floor(random() * 30);
      const bets = placeBets(drawn(random, count, 1 + Math.floor(random() * 40), random() ** 3), 30, strict);
      const capitals = LIMITS.map((limit) => logCapital(bets, limit));
      expect(capitals).toEqual(capitals.toSorted((a, b) => b - a));
    }
  });

  it('of the bold account does not see what happens inside a unit: clusters weigh as much as single requests', () => {
    const random = generator(12);
    const single = drawn(random, 20, 13, 0.2);
    const clusters = single.map(({ errors, requests }) => ({ errors: errors * 4, requests: requests * 4 }));
    expect(logCapital(placeBets(clusters, 20, true), 0.05)).toBe(logCapital(placeBets(single, 20, true), 0.05));
  });

  it('of both accounts bets on much traffic from the fifth unit on where the clusters are known', () => {
    const five = placeBets(firstOf(5), 20, false, 1);
    expectClose(logCapital(five, 0.0155), logSumExp([logBold(five.shares, 0.0155, 20), 7.248144896113]) - Math.LN2);
    expect(logCapital(placeBets(firstOf(5), 20, false), 0.0155)).toBeLessThan(1);
    expect(logCapital(placeBets(firstOf(5), 20, true, 1), 0.0155)).toBe(logBold(five.shares, 0.0155, 20));
  });

  it('does not depend on the order of the requests inside a unit', () => {
    const random = generator(13);
    const units = Array.from({ length: 15 }, () => Array.from({ length: 20 }, () => random() < 0.1));
    const tally = (requests: readonly boolean[]): Tally =>
      requests.reduce((seen, bad) => ({ errors: seen.errors + Number(bad), requests: seen.requests + 1 }), {
        errors: 0,
        requests: 0,
      });
    const shuffled = units.map((unit) => unit.map((bad) => ({ bad, key: random() })).toSorted((a, b) => a.key - b.key));
    const inOrder = placeBets(units.map(tally), 15, false);
    const outOfOrder = placeBets(
      shuffled.map((unit) => tally(unit.map(({ bad }) => bad))),
      15,
      false,
    );
    expect(logCapital(outOfOrder, 0.02)).toBe(logCapital(inOrder, 0.02));
  });

  it.each([
    ['nothing but good requests', repeated(100, 0, 1e9)],
    ['nothing but errors', repeated(100, 1e9, 1e9)],
    ['single errors among 1e9', repeated(100, 1, 1e9)],
    ['one good unit among bad ones', [...repeated(50, 1e9, 1e9), ...repeated(1, 0, 1), ...repeated(49, 1e9, 1e9)]],
    ['tiny fractions', repeated(100, 1e-300, 1e-290)],
    ['far more units than planned', [...repeated(5000, 0, 10), ...repeated(5, 10, 10)]],
  ])('stays a finite number, as does the rate that it proves: %s', (_, units) => {
    for (const planned of [1, 2, 60, 1e15]) {
      for (const strict of [true, false]) {
        const bets = placeBets(units, planned, strict);
        for (const limit of LIMITS) expect(logCapital(bets, limit)).toSatisfy(Number.isFinite);
        const proven = atLeast(bets, NEEDED);
        expect(proven).toBeGreaterThanOrEqual(0);
        expect(proven).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('atLeast', () => {
  it.each([
    ['V1', V1, 60, 0.0403352180221],
    ['V3', V3, 60, 0.00748859196637],
    ['V4', V4, 20, 0.0178886066622],
  ])('%s', (_, units, planned, expected) => {
    expectClose(atLeast(placeBets(units, planned, false), NEEDED), expected);
  });

  it('is the border of what the capital proves', () => {
    const bets = placeBets(readUnits(V2), 60, true);
    const proven = atLeast(bets, 1);
    expect(logCapital(bets, proven * (1 - 1e-9))).toBeGreaterThan(1);
    expect(logCapital(bets, proven * (1 + 1e-9))).toBeLessThan(1);
  });

  it.each([
    ['no unit', []],
    ['no error', repeated(60, 0, 100)],
    ['an error in 1e16 requests', tallies([1, 1e16])],
    ['an error long after the planned units', [...repeated(5000, 0, 100), ...repeated(1, 1, 100)]],
  ])('is 0 with %s', (_, units) => {
    expect(atLeast(placeBets(units, 60, true), NEEDED)).toBe(0);
  });
});

describe('a service exactly at its limit, looked at after every unit', () => {
  /** The share of `runs` holds of 40 units in which the capital ever reached 20 and 125. */
  function crossings(runs: number, requests: number, rate: number, strict: boolean, phi?: number) {
    const random = generator(14);
    const count = { twenty: 0, needed: 0 };
    for (let run = 0; run < runs; run += 1) {
      const units = drawn(random, 40, requests, rate);
      const looks = units.map((_, at) => logCapital(placeBets(units.slice(0, at + 1), 40, strict, phi), rate));
      const top = Math.max(...looks);
      if (top >= Math.log(20)) count.twenty += 1;
      if (top >= NEEDED) count.needed += 1;
    }
    return { twenty: count.twenty / runs, needed: count.needed / runs };
  }

  it.each([
    ['the exact account', 0.02, 20, true, undefined],
    ['both accounts', 0.02, 20, false, undefined],
    ['both accounts, the steady one from five units on', 0.02, 20, false, 1],
    ['the same with much traffic', 0.3, 200, false, 1],
    ['one request in a unit', 0.5, 1, false, undefined],
    ['one request in a unit, from five units on', 0.5, 1, false, 1],
    ['a limit next to 1', 0.95, 1, false, undefined],
  ])(
    '%s: evidence of 20:1 in less than 5, of 125:1 in less than 0.8 of 100 holds',
    (_, rate, requests, strict, phi) => {
      const { twenty, needed } = crossings(500, requests, rate, strict, phi);
      expect(twenty).toBeLessThan(0.05);
      expect(needed).toBeLessThan(0.008);
    },
  );

  it('far above its limit it is found in nearly every hold', () => {
    const random = generator(15);
    let found = 0;
    for (let run = 0; run < 100; run += 1) {
      const units = drawn(random, 20, 20, 0.2);
      if (logCapital(placeBets(units, 60, true), 0.02) >= NEEDED) found += 1;
    }
    expect(found).toBeGreaterThan(95);
  });
});
