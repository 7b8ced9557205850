// Takes a baseline before a deploy: out of the source's own history where it has one, else by looking.
import type { Baseline, Clock, Json, Sample } from '../kit/index.ts';
import { setBaseline, verdictOn } from './baseline.ts';
import { deadlineIn } from './deadline.ts';
import { deriveBaseline } from './derive.ts';
import { look } from './look.ts';
import type { Watched } from './watched.ts';

/** A bad first look of a probe is repeated once, after this many milliseconds at most. */
const repeatAfter = 1000;

export interface Capture {
  clock: Clock;
  signal: AbortSignal;
  /** Milliseconds for all of it; a source's own history may take half of that. */
  length: number;
  /** Told after each look of everything that the baseline holds so far. */
  onLook(watched: Watched, samples: Sample<Json>[]): void;
  /** Told where a baseline comes from, when that is not the usual place. */
  onNote(text: string): void;
}

/** Captures a baseline for every check. */
export const captureBaselines = async (watched: readonly Watched[], options: Capture): Promise<void> => {
  const deadline = deadlineIn(options.clock, options.length, options.signal);
  const within = { ...options, signal: deadline.signal };
  try {
    await Promise.all(watched.map(async (one) => setBaseline(one, await capture(one, within))));
  } finally {
    deadline.clear();
  }
};

/** Reads the baseline of every check that has a history of its own, ending at `until` (epoch milliseconds). */
export const deriveBaselines = async (
  watched: readonly Watched[],
  until: number,
  { clock, signal, length, onNote }: Pick<Capture, 'clock' | 'signal' | 'length' | 'onNote'>,
): Promise<void> => {
  const deadline = deadlineIn(clock, length, signal);
  await Promise.all(
    watched.map(async (one) => {
      const derived = await deriveBaseline(one, until, deadline.signal);
      if (derived?.note !== undefined) onNote(derived.note);
      if (derived?.baseline && !knowsMore(one, derived.baseline)) setBaseline(one, derived.baseline);
    }),
  );
  deadline.clear();
};

/** What was captured before the deploy may be more than a source remembers now: only the counters since a start. */
const knowsMore = ({ baseline }: Watched, { samples }: Baseline<Json>): boolean =>
  baseline.samples.length > samples.length;

const capture = async (watched: Watched, options: Capture): Promise<Baseline<Json>> => {
  const now = options.clock.now();
  const half = deadlineIn(options.clock, options.length / 2, options.signal);
  const derived = await deriveBaseline(watched, now, half.signal);
  half.clear();
  if (derived?.note !== undefined) options.onNote(derived.note);
  if (derived?.baseline) return { ...derived.baseline, samples: await withRecent(watched, derived.baseline, options) };
  const samples = await (watched.check.kind.baseline === 'window' ? stretch : lookAndRepeat)(watched, options);
  return { from: samples.length > 0 ? 'captured' : 'none', samples };
};

/** One long unit (the counters since a process began) says nothing of the traffic at this hour: looks are added to it. */
const withRecent = async (watched: Watched, { samples }: Baseline<Json>, options: Capture): Promise<Sample<Json>[]> =>
  samples.length > 1 || watched.check.kind.baseline !== 'window'
    ? samples
    : [...samples, ...(await stretch(watched, options))];

const lookOnce = async (
  watched: Watched,
  n: number,
  before: Sample<Json>[],
  options: Capture,
): Promise<Sample<Json>[]> => {
  const samples = [...before, ...(await look(watched, { phase: 'baseline', n }, options.clock, options.signal))];
  if (samples.length > before.length) options.onLook(watched, samples);
  return samples;
};

const lookAndRepeat = async (watched: Watched, options: Capture): Promise<Sample<Json>[]> => {
  const first = await lookOnce(watched, 0, [], options);
  if (verdictOn(watched, { from: 'captured', samples: first })?.outcome !== 'fail') return first;
  await options.clock.sleep(Math.min(repeatAfter, watched.plan.every), options.signal);
  return lookOnce(watched, 1, first, options);
};

const stretch = async (watched: Watched, options: Capture): Promise<Sample<Json>[]> => {
  const { clock, signal } = options;
  let samples: Sample<Json>[] = [];
  for (let n = 0; !signal.aborted; n += 1) {
    const due = clock.monotonic() + watched.plan.every;
    samples = await lookOnce(watched, n, samples, options);
    await clock.sleep(due - clock.monotonic(), signal);
  }
  return samples;
};
