// An abort signal that fires after a time by the injected clock, or with its parent.
import { setMaxListeners } from 'node:events';
import type { Clock } from '../kit/index.ts';

export interface Deadline {
  signal: AbortSignal;
  /** Ends the waiting; must be called on every path. */
  clear(): void;
}

/** `ms` from now, or when the parent aborts. */
export const deadlineIn = (clock: Clock, ms: number, parent?: AbortSignal): Deadline => {
  const over = new AbortController();
  const done = new AbortController();
  void clock.sleep(ms, done.signal).then(() => {
    if (!done.signal.aborted) over.abort('the time is over');
  });
  // Not AbortSignal.any: for a thousand looks side by side it costs more than the looks.
  const follow = (): void => over.abort(parent?.reason);
  // Each look that is under way listens: beyond ten Node would print a warning of a leak into the report.
  if (parent) setMaxListeners(0, parent);
  if (parent?.aborted) follow();
  parent?.addEventListener('abort', follow, { once: true });
  return {
    signal: over.signal,
    clear: () => {
      // With a reason: without one Node makes an error with a stack.
      done.abort('done');
      parent?.removeEventListener('abort', follow);
    },
  };
};

/** Resolves when the signal aborts, or at once when it has. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
