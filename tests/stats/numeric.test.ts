// Sums of logarithms and root searches, at the edges where naive ones overflow or stall.
import { describe, expect, it } from 'vitest';
import { bisect, decreasingRoot, logSumExp } from '../../src/stats/numeric.ts';
import { expectClose } from './fixtures.ts';

describe('logSumExp', () => {
  it.each([
    [[0, 0], Math.log(2)],
    [[1000, 1000], 1000 + Math.log(2)],
    [[-1000, -1001], -1000 + Math.log1p(Math.exp(-1))],
    [[5, Number.NEGATIVE_INFINITY], 5],
  ])('of %j', (logs, expected) => {
    expectClose(logSumExp(logs), expected, 15);
  });

  it('of nothing is ln 0', () => {
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY);
    expect(logSumExp([Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('bisect', () => {
  it('finds neighbouring doubles', () => {
    const { inside, outside } = bisect((at) => at * at < 2, 0, 2);
    expect(inside * inside).toBeLessThan(2);
    expect(outside * outside).toBeGreaterThanOrEqual(2);
    expect((outside - inside) / inside).toBeLessThan(3e-16);
  });
});

describe('decreasingRoot', () => {
  const counted = (value: (at: number) => number) => {
    const seen: number[] = [];
    return { seen, look: (at: number) => (seen.push(at), value(at)) };
  };

  it.each([
    ['a line', (at: number) => 3 - at, 3],
    ['a steep curve', (at: number) => Math.exp(-at) - Math.exp(-3), 3],
    ['a jump', (at: number) => (at <= 3 ? 1e6 : -1e-6), 3],
    ['a flat side', (at: number) => (at < 3 ? (3 - at) ** 3 : -1e-9), 3],
  ])('finds the border of %s from the side that is >= 0', (_, value, expected) => {
    const { seen, look } = counted(value);
    const root = decreasingRoot(look, -40, 50, 1e-12);
    expect(value(root)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(root - expected)).toBeLessThan(1e-3);
    expect(seen.length).toBeLessThan(110);
  });

  it('needs few looks where the function is smooth', () => {
    const { seen, look } = counted((at) => Math.exp(-at) - 0.5);
    expectClose(decreasingRoot(look, -5, 5, 1e-12), Math.LN2);
    expect(seen.length).toBeLessThan(15);
  });
});
