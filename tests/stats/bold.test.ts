// The bold account: reference values, and its promise by adding up every possible hold in exact fractions.
import { describe, expect, it } from 'vitest';
import { logBold } from '../../src/stats/bold.ts';
import { logSumExp } from '../../src/stats/numeric.ts';
import { readUnits, type Tally } from '../../src/stats/tally.ts';
import { expectClose, V1, V2, V3, V4 } from './fixtures.ts';

const shares = (hold: readonly Tally[]) => readUnits(hold).map((unit) => unit.errors / unit.requests);

const units = (count: number, share: number) => Array<number>(count).fill(share);

/** The account kept in logarithms at every step. */
function boldInLogarithms(long: readonly number[], limit: number, planned: number): number {
  const accounts = [0.05, 0.12, 0.3, 0.6, 0.9, 0.98].map((stake) => {
    let held = Number.NEGATIVE_INFINITY;
    for (const [at, share] of long.entries()) {
      const weight = at === 0 ? 0.5 : at < planned ? 0.5 / (planned - 1) : 0;
      held = logSumExp([held, Math.log(weight)]) + Math.log(1 - stake + (stake * share) / limit);
    }
    return held - Math.log(6);
  });
  return logSumExp([...accounts, Math.log(Math.max(0, (planned - long.length) / (2 * (planned - 1))))]);
}

describe('logBold', () => {
  it.each([
    ['three bad units', V1, 0.0115, 60, 9.23452279503],
    ['a slow rise, one unit without requests', V2, 0.007, 60, 1.37690932961],
    ['a late small regression', V3, 0.006, 60, 12.7662239652],
    ['much traffic, a small regression', V4, 0.0155, 20, 3.49265218031],
  ])('%s', (_, hold, limit, planned, expected) => {
    expectClose(logBold(shares(hold), limit, planned), expected);
  });

  it('starts at a capital of 1', () => {
    expect(logBold([], 0.01, 60)).toBe(0);
  });

  it('of a hold of one unit puts half of the capital in', () => {
    expectClose(Math.exp(logBold([1], 0.5, 1)), 1 + 0.5 * ((0.05 + 0.12 + 0.3 + 0.6 + 0.9 + 0.98) / 6), 14);
  });

  it.each([
    ['an endless outage', [...units(400, 1), ...units(100, 0)], 1e-9, 1000],
    ['an outage long after the planned units', [...units(400, 0), ...units(2000, 1)], 1e-9, 60],
    ['outages and quiet hours in turn', [...units(90, 1), ...units(400, 0), ...units(90, 1)], 1e-6, 400],
  ])('keeps its digits beyond the range of a double: %s', (_, long, limit, planned) => {
    expectClose(logBold(long, limit, planned), boldInLogarithms(long, limit, planned));
  });

  it('forgets no unit that follows a long good stretch', () => {
    const late = logBold([...units(50, 0), 0.7, 0.7, 0.7], 0.01, 60);
    expect(late).toBeGreaterThan(Math.log(125));
  });
});

/** A fraction of big integers. */
interface Fraction {
  top: bigint;
  bottom: bigint;
}

const fraction = (top: number, bottom: number): Fraction => ({ top: BigInt(top), bottom: BigInt(bottom) });
const times = (a: Fraction, b: Fraction): Fraction => ({ top: a.top * b.top, bottom: a.bottom * b.bottom });
const plus = (a: Fraction, b: Fraction): Fraction => ({
  top: a.top * b.bottom + b.top * a.bottom,
  bottom: a.bottom * b.bottom,
});
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { top: -b.top, bottom: b.bottom });
const sum = (all: readonly Fraction[]): Fraction => all.reduce(plus, fraction(0, 1));
const toNumber = ({ top, bottom }: Fraction): number => Number((top * 10n ** 18n) / bottom) / 1e18;

/** The same account, written down from its definition in exact fractions. */
function exactBold(hold: readonly Fraction[], limit: Fraction, planned: number): Fraction {
  const inverse = { top: limit.bottom, bottom: limit.top };
  const weights = hold.map((_, at) => (at === 0 ? fraction(1, 2) : fraction(at < planned ? 1 : 0, 2 * (planned - 1))));
  const accounts = [5, 12, 30, 60, 90, 98].map((percent) => {
    const stake = fraction(percent, 100);
    return hold.reduce(
      (held, share, at) => {
        const growth = plus(minus(fraction(1, 1), stake), times(stake, times(share, inverse)));
        return times(plus(held, weights[at] ?? fraction(0, 1)), growth);
      },
      fraction(0, 1),
    );
  });
  return plus(times(fraction(1, 6), sum(accounts)), minus(fraction(1, 1), sum(weights)));
}

/** Every sequence of `length` items out of `items`. */
function sequences<Item>(items: readonly Item[], length: number): Item[][] {
  if (length === 0) return [[]];
  return sequences(items, length - 1).flatMap((before) => items.map((item) => [...before, item]));
}

interface Outcome {
  share: Fraction;
  chance: Fraction;
}

/** Expected capital over all holds, exact, and the largest distance between logBold and the exact account on the way. */
function expectation(holds: readonly Outcome[][], limit: Fraction, planned: number) {
  let mean = fraction(0, 1);
  let furthest = 0;
  for (const hold of holds) {
    const capital = exactBold(
      hold.map((unit) => unit.share),
      limit,
      planned,
    );
    const found = logBold(
      hold.map((unit) => toNumber(unit.share)),
      toNumber(limit),
      planned,
    );
    furthest = Math.max(furthest, Math.abs(Math.exp(found) / toNumber(capital) - 1));
    mean = plus(mean, hold.map((unit) => unit.chance).reduce(times, capital));
    mean = reduced(mean);
  }
  return { mean: toNumber(mean), furthest };
}

function reduced({ top, bottom }: Fraction): Fraction {
  let [a, b] = [top, bottom];
  while (b !== 0n) [a, b] = [b, a % b];
  return { top: top / a, bottom: bottom / a };
}

describe('the expected capital exactly at the limit, over every outcome', () => {
  const QUARTER = fraction(1, 4);
  /** Three independent requests that fail with probability 1/4. */
  const independent: Outcome[] = [27, 27, 9, 1].map((chance, errors) => ({
    share: fraction(errors, 3),
    chance: fraction(chance, 64),
  }));
  /** Three requests that fail together or not at all. */
  const together: Outcome[] = [
    { share: fraction(0, 1), chance: fraction(3, 4) },
    { share: fraction(1, 1), chance: QUARTER },
  ];

  it.each([
    ['independent requests', sequences(independent, 5), 5],
    ['requests that fail together', sequences(together, 7), 7],
    ['units after the planned ones', sequences(together, 7), 4],
    ['a hold cut short', sequences(independent, 4), 60],
  ])('is 1: %s', (_, holds, planned) => {
    const { mean, furthest } = expectation(holds, QUARTER, planned);
    expect(mean).toBe(1);
    expect(furthest).toBeLessThan(1e-13);
  });

  it('is below 1 for a smaller rate, above 1 for a larger one', () => {
    const holds = sequences(independent, 4);
    expect(expectation(holds, fraction(3, 10), 4).mean).toBeLessThan(1);
    expect(expectation(holds, fraction(1, 5), 4).mean).toBeGreaterThan(1);
  });
});
