// Work with a deadline that holds even when the work does not listen to its signal.
import { type Clock, duration } from '../kit/index.ts';

export interface Bounds {
  clock: Clock;
  /** Milliseconds until the work's signal aborts. */
  ms: number;
  /** Aborts the work's signal as well. */
  signal?: AbortSignal;
  /** Milliseconds after the abort in which the work may still end by itself. */
  grace: number;
}

/** The result of the work; throws an Error that names the limit when the work did not end within `ms` + `grace`. */
export const bounded = async <T>(
  { clock, ms, signal, grace }: Bounds,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const stop = new AbortController();
  const finished = new AbortController();
  const abort = (): void => stop.abort();
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const limit = async (): Promise<never> => {
    await clock.sleep(ms, AbortSignal.any([finished.signal, stop.signal]));
    if (!finished.signal.aborted) stop.abort();
    await clock.sleep(grace, finished.signal);
    throw new Error(`did not end within ${duration(ms + grace)}`);
  };
  try {
    return await Promise.race([work(stop.signal), limit()]);
  } finally {
    finished.abort();
    signal?.removeEventListener('abort', abort);
  }
};
