// The alarm of a test's clock, made of its sleep.
import type { Clock } from '../../src/kit/index.ts';

/** Rings when the sleep is over. */
export const alarmBy =
  (sleep: Clock['sleep']): Clock['alarm'] =>
  (ms, ring) => {
    const off = new AbortController();
    void sleep(ms, off.signal).then(() => {
      if (!off.signal.aborted) ring();
    });
    return () => off.abort('off');
  };
