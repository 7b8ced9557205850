// Counts: clamped where two counters disagree, refused where they are no numbers.
import { describe, expect, it } from 'vitest';
import { readTally, readUnits, total, within } from '../../src/stats/tally.ts';
import { tallies } from './fixtures.ts';

describe('readTally', () => {
  it.each([
    ['more errors than requests', [7, 5], [5, 5]],
    ['negative errors', [-1, 5], [0, 5]],
    ['errors without requests', [3, 0], [0, 0]],
    ['fractions', [0.5, 2.5], [0.5, 2.5]],
  ] as const)('clamps %s', (_, [errors, requests], [clamped, kept]) => {
    expect(readTally({ errors, requests }, () => 'unit 1')).toEqual({ errors: clamped, requests: kept });
  });

  it.each([
    [Number.NaN, 5, 'got NaN errors in 5 requests.'],
    [Number.POSITIVE_INFINITY, 5, 'got Infinity errors in 5 requests.'],
    [0, Number.NaN, 'got 0 errors in NaN requests.'],
    [0, Number.POSITIVE_INFINITY, 'got 0 errors in Infinity requests.'],
    [0, -1, 'got 0 errors in -1 requests.'],
  ])('refuses %d errors in %d requests', (errors, requests, got) => {
    expect(() => readTally({ errors, requests }, () => 'baseline')).toThrow(
      new RangeError(`baseline must be finite counts, requests at least 0, ${got}`),
    );
  });
});

describe('readUnits', () => {
  it('leaves out units without requests', () => {
    expect(readUnits(tallies([0, 50], [0, 0], [2, 50]))).toEqual(tallies([0, 50], [2, 50]));
  });

  it('names the unit that it refuses, counted from 1', () => {
    expect(() => readUnits(tallies([0, 5], [0, 0], [Number.NaN, 5]))).toThrow(
      new RangeError('unit 3 must be finite counts, requests at least 0, got NaN errors in 5 requests.'),
    );
  });
});

describe('total', () => {
  it('adds up', () => {
    expect(total(tallies([1, 5], [3, 5]))).toEqual({ errors: 4, requests: 10 });
    expect(total([])).toEqual({ errors: 0, requests: 0 });
  });
});

describe('within', () => {
  it('returns what is in range, ends included', () => {
    expect([within('x', 1, 1, 2), within('x', 2, 1, 2)]).toEqual([1, 2]);
  });

  it.each([0.5, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    expect(() => within('phi', value, 1, 2)).toThrow(
      new RangeError(`phi must be a finite number from 1 to 2, got ${value}.`),
    );
  });
});
