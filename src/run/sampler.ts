// Samples every check on its own schedule, side by side, through changing phases. A check never overlaps itself.
import type { Clock, Phase } from '../kit/index.ts';
import { look } from './look.ts';
import type { Watched } from './watched.ts';

export interface Sampler {
  /** Changes the phase: every check is looked at again at once, one that is being looked at right after. */
  enter(phase: Phase): void;
  /** Ends all loops; looks under way are dropped. */
  stop(): Promise<void>;
}

/** Starts sampling in a phase; `onSamples` is told after each look, when the samples stand in `watched.samples`. */
export const startSampler = (
  watched: readonly Watched[],
  options: { phase: Phase; clock: Clock; signal: AbortSignal; onSamples: (watched: Watched, count: number) => void },
): Sampler => {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, options.signal]);
  const now = { phase: options.phase, change: new AbortController() };
  signal.addEventListener('abort', () => now.change.abort('ended'), { once: true });
  const loops = watched.map((one) => sampleOn(one, now, { ...options, signal }));
  return {
    enter: (phase) => {
      const { change } = now;
      now.phase = phase;
      if (!signal.aborted) now.change = new AbortController();
      change.abort('another phase');
    },
    stop: async () => {
      ended.abort('ended');
      await Promise.all(loops);
    },
  };
};

interface Now {
  phase: Phase;
  /** Aborts when the phase changes, and at the end. */
  change: AbortController;
}

interface Loop {
  clock: Clock;
  signal: AbortSignal;
  onSamples: (watched: Watched, count: number) => void;
}

const sampleOn = async (watched: Watched, now: Now, { clock, signal, onSamples }: Loop): Promise<void> => {
  let phase = now.phase;
  let n = 0;
  while (!signal.aborted) {
    const due = clock.monotonic() + watched.check.every;
    const samples = await look(watched, { phase, n }, clock, signal);
    watched.samples.push(...samples);
    if (samples.length > 0) onSamples(watched, samples.length);
    n += 1;
    if (now.phase === phase) await clock.sleep(due - clock.monotonic(), now.change.signal);
    if (now.phase !== phase) [phase, n] = [now.phase, 0];
  }
};
