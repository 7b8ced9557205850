// Lets checks put a bounded load of their own on the service once the hold is green, while the database is watched.
import { duration, type Json, type Sample, type Session } from '../kit/index.ts';
import { assess } from './assess.ts';
import { type Course, enterPhase, mark } from './course.ts';
import { look } from './look.ts';
import { startSampler } from './sampler.ts';
import { historyOf, type Watched } from './watched.ts';

/** Milliseconds: the load at most, between two looks at the database meanwhile, and watching on afterwards. */
const times = { load: 60_000, every: 500, after: 5000 };

/** Layers that show what a load takes and does not give back. */
const watchedLayers: readonly string[] = ['database', 'pool'];

const asHold = (samples: readonly Sample<Json>[]): Sample<Json>[] =>
  samples.map((sample) => ({ ...sample, phase: 'hold' as const }));

type Stimulus = NonNullable<Session<Json>['stimulus']>;

/** What a check reads, with its unit. */
interface Reading {
  value: number;
  unit: string;
  limit?: number;
}

/** The number that a check reads from some samples; undefined where it gives none. */
const numberOf = (one: Watched, samples: readonly Sample<Json>[], now: number): Reading | undefined => {
  const { check } = one;
  const verdict = assess(check.kind, check.spec, { ...historyOf(one, now, false), samples: asHold(samples) });
  const { value, unit = '', limit } = verdict;
  return value === undefined ? undefined : { value, unit, ...(limit === undefined ? {} : { limit }) };
};

/** What the load did to the number of one check. */
const effectOn = (one: Watched, before: Reading | undefined, during: readonly Sample<Json>[], now: number): Json[] => {
  const readings = during.flatMap((sample) => numberOf(one, [sample], now) ?? []);
  // A quiet pool reads nothing, or another quantity than a busy one: then the load's own beginning is compared with.
  const first = readings.some(({ unit }) => unit === before?.unit) ? before : readings[0];
  const values = readings.filter(({ unit }) => unit === first?.unit).map((reading) => reading.value);
  const after = values.at(-1);
  if (!first || after === undefined) return [];
  const { value, ...rest } = first;
  return [{ check: one.check.id, ...rest, before: value, highest: Math.max(value, ...values), after }];
};

/** The same check, looked at more often, with samples of its own until the load is over. */
const watcherOf = (one: Watched): Watched => ({
  ...one,
  check: { ...one.check, every: Math.min(one.check.every, times.every) },
  samples: [],
});

/** What another check says whose newest look is bad: the load is the reason, and waiting for a second one costs more. */
const harmIn = (one: Watched, now: number): string | undefined => {
  const { plan, ...history } = historyOf(one, now, false);
  const meanwhile = { ...history, plan: { ...plan, failAfter: 1 }, samples: asHold(one.samples) };
  const { outcome, because } = assess(one.check.kind, one.check.spec, meanwhile);
  return outcome === 'fail' ? `${one.check.id} fails: ${because}` : undefined;
};

const loadBy = async (course: Course, one: Watched, stimulus: Stimulus): Promise<void> => {
  const { clock } = course.input.io;
  const { signal, emit } = course.input;
  const others = course.watched.filter((other) => other !== one && watchedLayers.includes(other.check.kind.layer));
  const before = others.map((other) => numberOf(other, other.samples, clock.now()));
  const watchers = others.map(watcherOf);
  const harm = new AbortController();
  const onSamples = (other: Watched): void => {
    const found = harmIn(other, clock.now());
    if (found !== undefined) harm.abort(found);
  };
  const sampler = startSampler(watchers, { phase: 'stimulus', clock, signal, onSamples });
  try {
    const loading: Watched = {
      ...one,
      check: { ...one.check, timeout: times.load },
      opened: { session: { sample: (tick) => stimulus({ ...tick, harm: harm.signal }), close: async () => undefined } },
    };
    const samples = await look(loading, { phase: 'stimulus', n: 0 }, clock, signal);
    one.samples.push(...samples);
    emit({ type: 'sample', at: clock.now(), check: one.check.id, samples });
    if (watchers.length > 0) await clock.sleep(times.after, signal);
  } finally {
    await sampler.stop();
  }
  for (const [place, other] of others.entries()) other.samples.push(...(watchers[place]?.samples ?? []));
  const watched = others.flatMap((other, place) =>
    effectOn(other, before[place], watchers[place]?.samples ?? [], clock.now()),
  );
  mark(course, 'stimulus', { check: one.check.id, watched });
};

/** Each load by itself, in the order of the checks. Its samples are in no statistics: they have a phase of their own. */
export const stimulate = async (course: Course): Promise<void> => {
  for (const one of course.watched) {
    const stimulus = 'session' in one.opened ? one.opened.session.stimulus : undefined;
    if (!stimulus || course.input.signal.aborted) continue;
    const text = `${one.check.id}: a load of its own, at most ${duration(times.load)}, while the database is watched`;
    enterPhase(course, 'stimulus', times.load + times.after, text);
    await loadBy(course, one, stimulus);
  }
};
