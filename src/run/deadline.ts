// An abort signal that fires after a time by the injected clock, or with its parent.
import { setMaxListeners } from 'node:events';
import type { Clock } from '../kit/index.ts';

export interface Deadline {
  signal: AbortSignal;
  /** Resolves when the signal aborts. */
  over: Promise<void>;
  /** Ends the waiting; must be called on every path. */
  clear(): void;
}

/** `ms` from now, or when the parent aborts. */
export const deadlineIn = (clock: Clock, ms: number, parent?: AbortSignal): Deadline => {
  const controller = new AbortController();
  let tell = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const end = (reason: unknown): void => {
    controller.abort(reason);
    tell();
  };
  const silence = clock.alarm(ms, () => end('the time is over'));
  // Not AbortSignal.any: for a thousand looks side by side it costs more than the looks.
  const follow = (): void => end(parent?.reason);
  // Each look that is under way listens: beyond ten Node would print a warning of a leak into the report.
  if (parent) setMaxListeners(0, parent);
  if (parent?.aborted) follow();
  parent?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    over,
    clear: () => {
      silence();
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
