// The verdict on connection errors: how many there were in the last minute, against two limits.
import {
  byGroup,
  type Chart,
  duration,
  type Fault,
  type History,
  judged,
  plural,
  type Sample,
  seenOf,
  type Verdict,
} from '../../kit/index.ts';
import { type Class, sessionEnds, sorts } from './classes.ts';
import { rateText } from './rate.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Errors are counted over so many seconds; less when the release is younger. */
const window = 60;

/** What happened in the window. */
interface Minute {
  seconds: number;
  counts: Partial<Record<Class, number>>;
  errors: number;
  lines: number | undefined;
  looks: number;
  /** Looks that found an error. */
  bad: number;
}

/** Pure. Errors are counted, not sampled: above the limit they need no confirmation. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const groups = [...byGroup(judged(history))];
  const verdicts = groups.flatMap(([group, samples]) => {
    const verdict = judgeGroup(samples, spec, history.plan.failAfter);
    return verdict === undefined
      ? []
      : [group === '' ? verdict : { ...verdict, because: `${group}: ${verdict.because}` }];
  });
  return (
    verdicts.find(({ outcome, asks }) => outcome === 'fail' && asks === undefined) ??
    verdicts.find(({ outcome }) => outcome === 'fail') ??
    verdicts.find(({ outcome }) => outcome === 'inconclusive') ??
    together(verdicts) ?? {
      outcome: 'inconclusive',
      settled: false,
      reason: 'no_samples',
      because: 'nothing has been looked at yet',
    }
  );
};

/** Several passes are one, settled when all of them are. */
const together = (passes: readonly Verdict[]): Verdict | undefined => {
  const [first] = passes;
  if (!first) return undefined;
  const because = passes.map((verdict) => verdict.because).join('; ');
  return { ...first, settled: passes.every(({ settled }) => settled), because };
};

const judgeGroup = (samples: readonly Sample<Seen>[], spec: Spec, failAfter: number): Verdict | undefined => {
  const looks = seenOf(samples);
  const nothing = looks.at(-1)?.nothing;
  if (nothing !== undefined) {
    const because = `none of these exists in the source: ${nothing}`;
    return { outcome: 'inconclusive', settled: false, reason: 'no_data', because };
  }
  if (looks.length === 0) return undefined;
  const minute = lastMinute(looks, spec);
  if (minute.looks === 0)
    return { outcome: 'inconclusive', settled: false, reason: 'no_samples', because: 'errors are counted from now on' };
  const fault = faultOf(minute, spec, failAfter);
  if (fault) return { outcome: 'fail', settled: true, ...fault };
  const number = { value: minute.errors, limit: spec.limits.block, unit: 'errors per minute' };
  const because = `${whatText(minute)} (limit ${rateText(spec.limits.block)})${linesText(minute)}`;
  return { outcome: 'pass', settled: minute.looks >= failAfter, reason: 'ok', because, ...number };
};

const countedOf = ({ counts = {} }: Seen, { sessions }: Spec): [Class, number][] =>
  (Object.entries(counts) as [Class, number][]).filter(
    ([name]) => !isSessionEnd(name) || (sessions as readonly Class[]).includes(name),
  );

const isSessionEnd = (name: Class): boolean => (sessionEnds as readonly Class[]).includes(name);

/** The first look reaches back into the time before it, which is not judged. */
const lastMinute = (looks: readonly Seen[], spec: Spec): Minute => {
  const minute: Minute = { seconds: 0, counts: {}, errors: 0, lines: undefined, looks: 0, bad: 0 };
  for (const seen of looks.slice(1).reverse()) {
    if (seen.seconds === undefined) continue;
    if (minute.looks > 0 && minute.seconds + seen.seconds > window) break;
    const counted = countedOf(seen, spec);
    const errors = counted.reduce((sum, [, count]) => sum + count, 0);
    minute.seconds += seen.seconds;
    minute.errors += errors;
    minute.looks += 1;
    minute.bad += errors > 0 ? 1 : 0;
    if (seen.lines !== undefined) minute.lines = (minute.lines ?? 0) + seen.lines;
    for (const [name, count] of counted) minute.counts[name] = (minute.counts[name] ?? 0) + count;
  }
  return minute;
};

/** A single burst blocks; only errors in `failAfter` looks show that it lasts, and ask for a rollback. */
const faultOf = (minute: Minute, { limits }: Spec, failAfter: number): Fault | undefined => {
  if (minute.errors <= limits.block) return undefined;
  const grave = minute.errors > limits.rollback && minute.bad >= failAfter;
  const limit = grave ? limits.rollback : limits.block;
  const perMinute = (minute.errors * 60) / Math.max(minute.seconds, 1);
  const [[most] = ['errors' as const]] = sorted(minute);
  return {
    ...(grave ? {} : { asks: 'block' as const }),
    reason: 'connection_errors',
    because: `${whatText(minute)}, ${rateText(Math.round(perMinute))} (limit ${rateText(limit)})`,
    next: sorts[most].next,
    value: perMinute,
    limit,
    unit: 'errors per minute',
  };
};

const sorted = ({ counts }: Minute): [Class, number][] =>
  (Object.entries(counts) as [Class, number][]).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);

/** `12 connection errors in 25 s: 10 refused for lack of slots, 2 lost (08xxx)`. */
const whatText = (minute: Minute): string => {
  const parts = sorted(minute).filter(([name]) => name !== 'errors');
  const list = parts.map(([name, count]) => `${count} ${sorts[name].words}`).join(', ');
  const sum = `${plural(minute.errors, 'connection error')} in ${duration(minute.seconds * 1000)}`;
  return list === '' ? sum : `${sum}: ${list}`;
};

const linesText = ({ lines }: Minute): string => {
  if (lines === undefined) return '';
  return lines === 0 ? '; nothing at all was written to the log' : `; ${plural(lines, 'line')} of the log read`;
};

/** Errors of each look over time, also before the deploy. */
export const charts = ({ baseline, samples }: History<Seen>, spec: Spec): Chart[] => {
  const series = [...byGroup([...baseline.samples, ...samples])].map(([group, all]) => ({
    name: group === '' ? 'errors' : group,
    points: all.flatMap((sample) =>
      'seen' in sample && sample.seen.counts
        ? [{ at: sample.at, value: countedOf(sample.seen, spec).reduce((sum, [, count]) => sum + count, 0) }]
        : [],
    ),
  }));
  const known = series.filter(({ points }) => points.length > 0);
  return known.length === 0 ? [] : [{ title: 'connection errors', unit: 'errors', series: known }];
};
