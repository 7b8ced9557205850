// The wall clock, the monotonic clock, and a sleep that an abort ends.
import { setMaxListeners } from 'node:events';
import type { Clock } from '../kit/index.ts';

/** Longer delays overflow a 32-bit timer, which would then fire at once. */
const longestDelay = 2 ** 31 - 1;

const inRange = (ms: number): number => Math.min(Math.max(ms, 0), longestDelay);

/** By hand: node:timers/promises makes an error with a stack for each wait that is given up. */
const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    // Many waits share the signal of a run: more than ten listeners are no leak.
    if (signal) setMaxListeners(0, signal);
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, inRange(ms));
    signal?.addEventListener('abort', end, { once: true });
  });

const alarm = (ms: number, ring: () => void): (() => void) => {
  const timer = setTimeout(ring, inRange(ms));
  return () => clearTimeout(timer);
};

/** The clock of this machine. */
export const createClock = (): Clock => ({ now: () => Date.now(), monotonic: () => performance.now(), sleep, alarm });
