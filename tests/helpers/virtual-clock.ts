// A clock that jumps: sleeping costs no time, and the order of all wake-ups is the same on every machine.
import type { Clock } from '../../src/kit/index.ts';
import { alarmBy } from './alarm.ts';

export interface VirtualClock extends Clock {
  /** Lets the work run, jumping from one wake-up to the next, until it is done. */
  until<T>(work: Promise<T>): Promise<T>;
}

interface Sleeper {
  at: number;
  wake: () => void;
}

/** Starts at 2026-01-01T00:00:00Z. */
export const virtualClock = (start = Date.UTC(2026, 0, 1)): VirtualClock => {
  let now = start;
  const sleepers = new Set<Sleeper>();
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = (): void => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: now + Math.max(0, ms), wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  const jump = (): void => {
    const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
    if (!next) return;
    now = Math.max(now, next.at);
    next.wake();
  };
  return {
    now: () => now,
    monotonic: () => now - start,
    sleep,
    alarm: alarmBy(sleep),
    until: async (work) => {
      const state = { done: false };
      const finished = work.finally(() => {
        state.done = true;
      });
      finished.catch(() => {});
      while (!state.done) {
        await settle();
        if (!state.done) jump();
      }
      return finished;
    },
  };
};

/** Everything that can go on without time passing has gone on after this. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
