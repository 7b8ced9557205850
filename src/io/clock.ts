// The wall clock, the monotonic clock, and a sleep that an abort ends.
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../kit/index.ts';

/** Longer delays overflow a 32-bit timer, which would then fire at once. */
const longestDelay = 2 ** 31 - 1;

const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
  const length = Math.min(Math.max(ms, 0), longestDelay);
  // Many waits share the signal of a run: more than ten listeners are no leak.
  if (signal) setMaxListeners(0, signal);
  await delay(length, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
};

/** The clock of this machine. */
export const createClock = (): Clock => ({ now: () => Date.now(), monotonic: () => performance.now(), sleep });
