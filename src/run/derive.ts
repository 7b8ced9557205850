// The baseline out of a source's own history: the window before the deploy, a day where that is thin, the week before.
import { type Baseline, duration, historyWindow, type Json, messageOf, type Sample, type Span } from '../kit/index.ts';
import { verdictOn } from './baseline.ts';
import { aborted } from './deadline.ts';
import type { Watched } from './watched.ts';

/** Milliseconds that are read of a source that says nothing of `before`. */
const usualWindow = 30 * 60_000;

/** Fewer requests per second than this: half an hour says too little about a small rate. */
const thinTraffic = 10;
const day = 24 * 3_600_000;
const week = 7 * day;

/** Milliseconds of a unit in a window of a day: a record need not hold thousands of them. */
const longUnit = 5 * 60_000;

/** A baseline, with what is worth saying of where it comes from, or why there is none. */
export interface Derived {
  baseline?: Baseline<Json>;
  note?: string;
}

/** What a source remembers of a span, in units of so many milliseconds; oldest first. */
export type Past = (span: Span, unit: number) => Promise<Sample<Json>[]>;

/** Reads it; undefined when the source has no history, or does not answer before the signal aborts. */
export const deriveBaseline = async (
  watched: Watched,
  until: number,
  signal: AbortSignal,
): Promise<Derived | undefined> => {
  const { opened } = watched;
  if (!('session' in opened) || !opened.session.past) return undefined;
  const past = opened.session.past.bind(opened.session);
  try {
    return await derived(watched, until, (span, unit) =>
      Promise.race([past(span, unit), aborted(signal).then(() => [])]),
    );
  } catch (error) {
    // A source without a usable history is no reason to stop: its baseline is captured by looking.
    return { note: `the time before the deploy of ${watched.check.id} could not be read: ${messageOf(error)}` };
  }
};

/** The baseline of a deploy at `until`, epoch milliseconds; undefined when nothing is remembered of the time before it. */
export const derived = async (watched: Watched, until: number, past: Past): Promise<Derived | undefined> => {
  const { before = usualWindow, lastWeek = false } = historyWindow(watched.check.spec) ?? {};
  const recent = await readWindow(watched, until, before, past);
  const former = lastWeek ? await readWindow(watched, until - week, before, past) : [];
  return choose(watched, recent, former, before);
};

const readWindow = async (watched: Watched, to: number, length: number, past: Past): Promise<Sample<Json>[]> => {
  const { every } = watched.plan;
  const samples = await past({ from: to - length, to }, every);
  if (length >= day || !isThin(watched, samples)) return samples;
  const long = await past({ from: to - day, to }, Math.max(longUnit, every));
  return hasLooks(long) ? long : samples;
};

const hasLooks = (samples: readonly Sample<Json>[]): boolean => samples.some((sample) => 'seen' in sample);

/** Whether fewer requests came than a rate needs; false where the kind counts none. */
const isThin = ({ check: { kind } }: Watched, samples: readonly Sample<Json>[]): boolean => {
  if (!kind.traffic) return false;
  const units = samples.flatMap((sample) => ('seen' in sample ? (kind.traffic?.(sample.seen) ?? []) : []));
  const requests = units.reduce((sum, unit) => sum + unit.requests, 0);
  const seconds = units.reduce((sum, unit) => sum + unit.seconds, 0);
  return requests < thinTraffic * seconds || seconds === 0;
};

/** Of two healthy windows the one with the higher rate: what was normal a week ago at this hour is normal now. */
const choose = (
  watched: Watched,
  recent: Sample<Json>[],
  former: Sample<Json>[],
  before: number,
): Derived | undefined => {
  if (hasLooks(former) && isWorse(watched, former, recent))
    return {
      baseline: { from: 'derived', samples: former },
      note: `baseline of ${watched.check.id}: the same ${duration(before)} a week ago, whose rate is the higher one`,
    };
  return hasLooks(recent) ? { baseline: { from: 'derived', samples: recent } } : undefined;
};

/** Both healthy, and the former with the higher rate. */
const isWorse = (watched: Watched, former: Sample<Json>[], recent: Sample<Json>[]): boolean => {
  const [now, then] = [recent, former].map((samples) => verdictOn(watched, { from: 'derived', samples }));
  const isHigher = then?.value !== undefined && then.outcome !== 'fail' && then.value > (now?.value ?? -Infinity);
  return isHigher && now?.outcome !== 'fail';
};
