// Lets a loop sleep until something was seen.
import type { Clock } from '../kit/index.ts';

/** News for one sleeper. */
export interface News {
  /** Wakes it, or keeps it from falling asleep the next time. */
  tell(): void;
  /** Sleeps for at most `ms` milliseconds, until news or the signal. */
  wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void>;
}

/** No news yet. */
export const createNews = (): News => {
  let arrived = new AbortController();
  return {
    tell: () => arrived.abort('news'),
    wait: async (clock, ms, signal) => {
      await clock.sleep(ms, AbortSignal.any([arrived.signal, signal]));
      arrived = new AbortController();
    },
  };
};
