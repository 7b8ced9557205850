// The robust slope: what it says of leaks, of pools that fill up, of noise, and of too little.
import { describe, expect, it } from 'vitest';
import { robustSlope, secondsUntil } from '../../src/kit/forecast.ts';

/** One value every five seconds. */
const every5s = (...values: number[]) => values.map((value, index) => ({ at: 1_000_000 + index * 5000, value }));

describe('robustSlope', () => {
  it.each([
    ['a straight line', every5s(10, 20, 30, 40, 50), { slope: 2, atLeast: 2 }],
    ['a flat line', every5s(10, 10, 10, 10, 10), { slope: 0, atLeast: 0 }],
    ['a falling line', every5s(50, 40, 30, 20, 10), { slope: -2, atLeast: -2 }],
    ['one outlier in a straight line', every5s(10, 20, 90, 40, 50, 60, 70), { slope: 2, atLeast: 2 }],
    ['four points', every5s(10, 20, 30, 40), undefined],
    ['five points of one moment', every5s(1, 2, 3, 4, 5).map((point) => ({ ...point, at: 7 })), undefined],
  ])('%s', (_, points, expected) => {
    expect(robustSlope(points)).toEqual(expected);
  });

  it('does not follow one wild value, as a straight line through the mean would', () => {
    expect(robustSlope(every5s(20, 20, 20, 20, 20, 20, 90))?.slope).toBe(0);
  });

  it('has a bound by rank that many noisy points lift above 0', () => {
    const noisy = every5s(10, 13, 12, 16, 15, 19, 18, 22, 21, 25, 24, 28);
    expect(robustSlope(noisy)).toEqual({ slope: 0.3, atLeast: 0.3 });
  });
});

describe('secondsUntil', () => {
  it.each([
    ['a leak of 2 per second', every5s(10, 20, 30, 40, 50), 97, 23.5],
    ['a leak that has arrived', every5s(60, 70, 80, 90, 100), 97, 0],
    ['a pool that has filled up to its size', every5s(4, 9, 14, 20, 20, 20, 20), 37, undefined],
    ['a growth that slows down: the later half counts', every5s(10, 20, 30, 40, 45, 50, 55), 65, 10],
    ['a growth that speeds up: the whole counts', every5s(10, 11, 12, 13, 23, 33, 43), 97, 49.090909090909086],
    ['a number that swings', every5s(20, 30, 20, 30, 20, 30, 20), 97, undefined],
    ['a rise that noise could have made: its bound is below 0', every5s(50, 40, 60, 45, 65, 50, 70), 97, undefined],
    ['one step up', every5s(20, 20, 20, 40, 40, 40, 40), 97, undefined],
    ['less and less', every5s(50, 40, 30, 20, 10), 97, undefined],
    ['too few points', every5s(10, 20, 30, 40), 97, undefined],
  ])('%s', (_, points, limit, expected) => {
    expect(secondsUntil(points, limit)).toEqual(expected);
  });
});
