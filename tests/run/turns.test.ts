// Looks take turns: so many at once, first come, first served, and none begins after the run has ended.
import { expect, it } from 'vitest';
import { createClock } from '../../src/io/clock.ts';
import type { CheckPlan, JudgePlan, Tick } from '../../src/kit/index.ts';
import { look } from '../../src/run/look.ts';
import { createTurns, type Turns } from '../../src/run/turns.ts';
import type { Watched } from '../../src/run/watched.ts';
import { scriptedKind } from '../helpers/fake-kind.ts';

const watchedBy = (turns: Turns, sample: (tick: Tick) => Promise<never[]>): Watched => ({
  check: { id: 'slow', kind: scriptedKind(() => 0), timeout: 1000 } as unknown as CheckPlan,
  opened: { session: { sample, close: async () => undefined } },
  plan: {} as JudgePlan,
  marks: [],
  baseline: { from: 'none', samples: [] },
  before: undefined,
  samples: [],
  pending: undefined,
  confirmed: undefined,
  turns,
});

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
    look(watchedBy(turns, sampler(name)), { phase: 'hold', n: 0 }, clock, controller.signal),
  );
  expect(await Promise.all(looks)).toEqual([[], []]);
  expect(begun).toEqual(['first']);
});
