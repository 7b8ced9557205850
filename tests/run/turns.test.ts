// Looks take turns: so many at once, first come, first served, and none begins after the run has ended.
import { expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import { look } from '../../src/run/look.ts';
import { createTurns } from '../../src/run/turns.ts';
import { watchedBy } from '../helpers/watched.ts';

it('as many at once as there are turns, in the order in which they came', async () => {
  const turns = createTurns(2);
  const order: number[] = [];
  const ends: (() => void)[] = [];
  const start = async (n: number): Promise<void> => {
    await turns.take();
    order.push(n);
    await new Promise<void>((resolve) => ends.push(resolve));
    turns.giveBack();
  };
  const all = [1, 2, 3, 4].map(start);
  await Promise.resolve();
  expect(order).toEqual([1, 2]);
  for (let ended = 0; ended < 4; ended += 1) {
    ends[ended]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(all);
  expect(order).toEqual([1, 2, 3, 4]);
  expect(turns.take()).toBeUndefined();
});

it('a look that waited when the run ended does not begin', async () => {
  const turns = createTurns(1);
  const controller = new AbortController();
  const clock = createClock();
  const begun: string[] = [];
  const sampler = (name: string) => async (): Promise<never[]> => {
    begun.push(name);
    controller.abort();
    return [];
  };
  const looks = ['first', 'second'].map((name) =>
    look(watchedBy(sampler(name), { turns }), { phase: 'hold', n: 0 }, clock, controller.signal),
  );
  expect(await Promise.all(looks)).toEqual([[], []]);
  expect(begun).toEqual(['first']);
});
