// What is seen before the deploy: captured now, read from the source's own history, or taken from an earlier capture.
import {
  type Baseline,
  type Clock,
  type Json,
  type RecordedSample,
  type Sample,
  type Span,
  type StoredBaseline,
  type Verdict,
} from '../kit/index.ts';
import { assess } from './assess.ts';
import { deadlineIn } from './deadline.ts';
import { look } from './look.ts';
import { fromRecorded } from './samples.ts';
import type { Watched } from './watched.ts';

/** How far back (milliseconds) a source's own history is read. */
const historySpan = 30 * 60_000;

/** A bad first look of a probe is repeated once, after this many milliseconds at most. */
const repeatAfter = 1000;

/** Captures a baseline for every check, at most `length` milliseconds long. */
export const captureBaselines = async (
  watched: readonly Watched[],
  length: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> => {
  const deadline = deadlineIn(clock, length, signal);
  try {
    await Promise.all(watched.map(async (one) => setBaseline(one, await capture(one, clock, deadline.signal))));
  } finally {
    deadline.clear();
  }
};

/** Reads the baseline of every check that has a history of its own, ending at `until` (epoch milliseconds). */
export const deriveBaselines = async (watched: readonly Watched[], until: number): Promise<void> => {
  const span = { from: until - historySpan, to: until };
  await Promise.all(
    watched.map(async (one) => {
      const derived = await derive(one, span);
      if (derived) setBaseline(one, derived);
    }),
  );
};

/** Uses what an earlier `baseline` or run has stored; checks that it does not name stay without. */
export const restoreBaselines = (watched: readonly Watched[], stored: StoredBaseline['checks']): void => {
  for (const one of watched) {
    const known = stored[one.check.id];
    if (known?.kind === one.check.kind.name)
      setBaseline(one, { from: 'captured', samples: fromRecorded(known.samples) });
  }
};

/** Sets a baseline and judges it: the verdict is what attribution compares with. */
export const setBaseline = (watched: Watched, baseline: Baseline<Json>): void => {
  watched.baseline = baseline;
  watched.before = verdictOn(watched, baseline);
};

/** The release's own rules applied to what was there before, without a "before" of its own. */
const verdictOn = ({ check, plan }: Watched, { samples }: Baseline<Json>): Verdict | undefined => {
  const last = samples.at(-1);
  if (!last) return undefined;
  const failAfter = check.kind.baseline === 'window' ? plan.failAfter : Math.min(2, samples.length);
  return assess(check.kind, check.spec, {
    baseline: { from: 'none', samples: [] },
    samples: samples.map((sample) => ({ ...sample, phase: 'hold' })),
    control: [],
    marks: [],
    plan: { ...plan, failAfter, units: Math.max(1, samples.length), absolute: true },
    now: last.at + last.ms,
    ended: true,
  });
};

const capture = async (watched: Watched, clock: Clock, signal: AbortSignal): Promise<Baseline<Json>> => {
  const derived = await derive(watched, { from: clock.now() - historySpan, to: clock.now() });
  if (derived) return derived;
  const samples = await (watched.check.kind.baseline === 'window' ? stretch : lookAndRepeat)(watched, clock, signal);
  return { from: samples.length > 0 ? 'captured' : 'none', samples };
};

const derive = async ({ opened, plan }: Watched, span: Span): Promise<Baseline<Json> | undefined> => {
  if (!('session' in opened) || !opened.session.past) return undefined;
  try {
    const samples = await opened.session.past(span, plan.every);
    return samples.some((sample) => 'seen' in sample) ? { from: 'derived', samples } : undefined;
  } catch {
    // A source without a usable history is no reason to stop: its baseline is captured by looking.
    return undefined;
  }
};

const lookAndRepeat = async (watched: Watched, clock: Clock, signal: AbortSignal): Promise<Sample<Json>[]> => {
  const firstLook = await look(watched, { phase: 'baseline', n: 0 }, clock, signal);
  if (verdictOn(watched, { from: 'captured', samples: firstLook })?.outcome !== 'fail') return firstLook;
  await clock.sleep(Math.min(repeatAfter, watched.plan.every), signal);
  return [...firstLook, ...(await look(watched, { phase: 'baseline', n: 1 }, clock, signal))];
};

const stretch = async (watched: Watched, clock: Clock, signal: AbortSignal): Promise<Sample<Json>[]> => {
  const samples: Sample<Json>[] = [];
  for (let n = 0; !signal.aborted; n += 1) {
    const due = clock.monotonic() + watched.plan.every;
    samples.push(...(await look(watched, { phase: 'baseline', n }, clock, signal)));
    await clock.sleep(due - clock.monotonic(), signal);
  }
  return samples;
};

/** The baseline of all checks in the form of the store. */
export const storedChecks = (
  watched: readonly Watched[],
  recorded: (samples: readonly Sample<Json>[]) => RecordedSample[],
): StoredBaseline['checks'] =>
  Object.fromEntries(
    watched.map(({ check, baseline }) => [check.id, { kind: check.kind.name, samples: recorded(baseline.samples) }]),
  );
