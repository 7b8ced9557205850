// What the tests of kinds have in common: histories out of what was seen, a world with given parts, ticks.
import type { History, Io, JudgePlan, Look, Missed, Phase, Sample, Source, Tick, World } from '../../src/kit/index.ts';
import { fakeIo } from './fake-io.ts';

/** 2026-01-01T00:00:00Z. */
export const start = Date.UTC(2026, 0, 1);

export const plan: JudgePlan = {
  alpha: 0.01,
  beta: 0.05,
  units: 60,
  failAfter: 3,
  every: 5000,
  errorGrace: 15_000,
  absolute: false,
};

/** One sample per look, five seconds apart. */
export const samples = <Seen>(looks: readonly Look<Seen>[], phase: Phase = 'hold'): Sample<Seen>[] =>
  looks.map((look, index) => ({ ...look, at: start + index * 5000, ms: 10, phase }));

export const seen = <Seen>(...all: Seen[]): Look<Seen>[] => all.map((one) => ({ seen: one }));

export const missed = (by: Missed['by'], reason: string, because = 'it said no'): { missed: Missed } => ({
  missed: { by, reason, because },
});

/** A history of these samples, with these looks as its captured baseline. */
export const historyOf = <Seen>(
  all: Sample<Seen>[],
  baseline: readonly Look<Seen>[] = [],
  changes: Partial<JudgePlan> = {},
): History<Seen> => ({
  baseline: { from: baseline.length > 0 ? 'captured' : 'none', samples: samples(baseline, 'baseline') },
  samples: all,
  control: [],
  marks: [],
  plan: { ...plan, ...changes },
  now: (all.at(-1)?.at ?? start) + 10,
  ended: false,
});

export const tick = (phase: Phase = 'hold', n = 0): Tick => ({
  at: start,
  phase,
  n,
  signal: new AbortController().signal,
  timeout: 5000,
});

/** Resources are opened for each user; only the given parts of the world work. */
export const worldOf = (io: Partial<Io>, source?: Source): World => ({
  io: fakeIo(io),
  check: 'the-check',
  root: '/project',
  every: 5000,
  source: async () => {
    if (source) return source;
    throw new Error('the test gave no source');
  },
  shared: async (_, open) => {
    const { value, close } = await open();
    return { value, release: close };
  },
  learn: () => undefined,
  mark: () => undefined,
});
