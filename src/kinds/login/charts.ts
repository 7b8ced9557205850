// The time of logins over time, for reports: step by step, or one line per instance.
import type { Chart, ChartPoint, History, Sample } from '../../kit/samples.ts';
import { byGroup } from '../../kit/verdicts.ts';
import { faultOf, limitOf } from './judge.ts';
import type { LoginSeen, StepSeen } from './seen.ts';
import type { LoginSpec } from './spec.ts';

/** Also those before the deploy. A login that ended in an error is bad, however fast it was; a step that it never came to took no time, and has no point. */
export const charts = (history: History<LoginSeen>, spec: LoginSpec): Chart[] => {
  // A burst is no login of the statistics.
  const samples = [...history.baseline.samples, ...history.samples].filter(({ phase }) => phase !== 'stimulus');
  const head = { title: 'time of a login', unit: 'ms', ...limitOf(spec) };
  const groups = byGroup(samples);
  if (groups.size > 1)
    return [{ ...head, series: [...groups].map(([name, own]) => ({ name, points: pointsOf(own, spec, totalOf) })) }];
  const names = new Set(
    samples.flatMap((sample) => ('seen' in sample ? timed(sample.seen).map(({ name }) => name) : [])),
  );
  const series = [...names].map((name) => ({ name, points: pointsOf(samples, spec, stepOf(name)) }));
  return series.length === 0 ? [] : [{ ...head, stacked: true, series }];
};

/** Steps of which the time of a login is made: signing out and the negatives come after it. */
const timed = ({ steps }: LoginSeen): StepSeen[] => steps.filter(({ role }) => role === 'login' || role === 'probe');

const totalOf = ({ ms }: LoginSeen): number => ms;

const stepOf =
  (wanted: string) =>
  (seen: LoginSeen): number | undefined => {
    const own = timed(seen).filter(({ name }) => name === wanted);
    return own.length === 0 ? undefined : own.reduce((sum, { ms }) => sum + ms, 0);
  };

const pointsOf = (
  samples: readonly Sample<LoginSeen>[],
  spec: LoginSpec,
  of: (seen: LoginSeen) => number | undefined,
): ChartPoint[] =>
  samples.flatMap((sample): ChartPoint[] => {
    const value = 'seen' in sample ? of(sample.seen) : undefined;
    if (!('seen' in sample) || value === undefined) return [];
    return [{ at: sample.at, value, ...(faultOf(spec)(sample.seen) ? { bad: true } : {}) }];
  });
