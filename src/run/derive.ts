// The baseline out of a source's own history: the window before the deploy, a day where that is thin, the week before.
import { type Baseline, duration, historyWindow, type Json, type Sample, type Span } from '../kit/index.ts';
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

/** A baseline, with what is worth saying of where it comes from. */
export interface Derived {
  baseline: Baseline<Json>;
  note?: string;
}

/** Reads it; undefined when the source has no history, does not answer before the signal aborts, or fails. */
export const deriveBaseline = async (
  watched: Watched,
  until: number,
  signal: AbortSignal,
): Promise<Derived | undefined> => {
  const { opened, check } = watched;
  if (!('session' in opened) || !opened.session.past) return undefined;
  const { before = usualWindow, lastWeek = false } = historyWindow(check.spec) ?? {};
  try {
    const recent = await readWindow(watched, until, before, signal);
    const former = lastWeek ? await readWindow(watched, until - week, before, signal) : [];
    return choose(watched, recent, former, before);
  } catch {
    // A source without a usable history is no reason to stop: its baseline is captured by looking.
    return undefined;
  }
};

const readWindow = async (
  watched: Watched,
  to: number,
  length: number,
  signal: AbortSignal,
): Promise<Sample<Json>[]> => {
  const { plan } = watched;
  const samples = await past(watched, { from: to - length, to }, plan.every, signal);
  if (length >= day || !isThin(watched, samples)) return samples;
  const long = await past(watched, { from: to - day, to }, Math.max(longUnit, plan.every), signal);
  return hasLooks(long) ? long : samples;
};

const past = async ({ opened }: Watched, span: Span, unit: number, signal: AbortSignal): Promise<Sample<Json>[]> => {
  if (!('session' in opened) || !opened.session.past) return [];
  return Promise.race([opened.session.past(span, unit), aborted(signal).then(() => [])]);
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
  const [now, then] = [recent, former].map((samples) => verdictOn(watched, { from: 'derived', samples }));
  const isHigher = then?.value !== undefined && then.outcome !== 'fail' && then.value > (now?.value ?? -Infinity);
  if (hasLooks(former) && isHigher && now?.outcome !== 'fail')
    return {
      baseline: { from: 'derived', samples: former },
      note: `baseline of ${watched.check.id}: the same ${duration(before)} a week ago, whose rate is the higher one`,
    };
  return hasLooks(recent) ? { baseline: { from: 'derived', samples: recent } } : undefined;
};
