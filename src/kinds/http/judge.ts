// Judges the looks of an `http` check, and says it in words.
import type { Chart, ChartPoint, History, Part, Sample, Verdict } from '../../kit/samples.ts';
import { duration } from '../../kit/text.ts';
import { byGroup, confirmed, type Fault, judged, lastSeen, probeVerdict, seenOf } from '../../kit/verdicts.ts';
import { expiryText, warnDays } from './certificate.ts';
import type { HttpSeen } from './seen.ts';
import type { HttpSpec } from './spec.ts';
import { slowStage } from './stages.ts';

const maxTimeOf = ({ expect }: HttpSpec): number | undefined =>
  typeof expect === 'string' ? undefined : expect.maxTime;

const limitOf = (spec: HttpSpec): { limit?: number } => {
  const limit = maxTimeOf(spec);
  return limit === undefined ? {} : { limit };
};

const nextSteps: Record<string, (seen: HttpSeen) => string> = {
  target_unreachable: () => 'look whether the service runs and listens there, then at the network between',
  target_timeout: () => 'look at pool-wait and db-connections first, then at the load of the service',
  target_tls: () => 'look at the certificate and who renews it',
  target_5xx: ({ ask }) => `look into the log of the service for ${ask}; if a database check fails too, start there`,
};

const otherwise = ({ ask }: HttpSeen): string => `send ${ask} by hand and compare the answer with expect`;

const faultOf =
  (spec: HttpSpec) =>
  (seen: HttpSeen): Fault | undefined => {
    const { ask, fault } = seen;
    if (fault) {
      const next = (nextSteps[fault.reason] ?? otherwise)(seen);
      return { reason: fault.reason, because: `${ask}: ${fault.because}`, next };
    }
    return slowFault(spec, seen) ?? expiringFault(spec, seen);
  };

const slowNext = 'look at pool-wait and db-connections first, then at the load of the service';

/** All of it took too long, or one of its stages. */
const slowFault = (spec: HttpSpec, { ask, ms, stages = {} }: HttpSeen): Fault | undefined => {
  const limit = maxTimeOf(spec);
  const whole = { because: `${ask} took ${duration(ms)}, limit ${duration(limit ?? 0)}`, ms, limit: limit ?? 0 };
  const stage = slowStage(stages, spec.budgets);
  const slow = limit !== undefined && ms > limit ? whole : stage && { ...stage, because: `${ask}: ${stage.because}` };
  if (!slow) return undefined;
  const { because, ms: value, limit: most } = slow;
  return { reason: 'too_slow', because, next: slowNext, asks: 'block', value, limit: most, unit: 'ms' };
};

const expiringFault = ({ tls: wanted }: HttpSpec, { ask, tls }: HttpSeen): Fault | undefined => {
  if (wanted === undefined || tls?.days === undefined || tls.days >= wanted.minDays) return undefined;
  return {
    reason: 'certificate_expires',
    because: `${ask}: the certificate ${expiryText(tls.days, wanted.minDays)}`,
    next: 'look at who renews the certificate, and why that did not happen',
    asks: 'block',
  };
};

/** The least number of days of all certificates: a warning in the last three weeks. */
const certificateParts = (samples: readonly Sample<HttpSeen>[]): Part[] => {
  const days = Math.min(...seenOf(samples).map(({ tls }) => tls?.days ?? Number.POSITIVE_INFINITY));
  return days < warnDays ? [{ name: 'certificate', outcome: 'warn', because: expiryText(days, warnDays) }] : [];
};

const partOf = (spec: HttpSpec, group: string, samples: Sample<HttpSeen>[]): Part => {
  const seen = lastSeen(samples);
  if (!seen) return { name: group, outcome: 'inconclusive', because: 'not seen yet' };
  const fault = faultOf(spec)(seen);
  return {
    name: group,
    outcome: fault ? 'fail' : 'pass',
    because: fault?.because ?? `answered ${seen.status}`,
    ms: seen.ms,
  };
};

const partsOf = (spec: HttpSpec, samples: Sample<HttpSeen>[]): { parts?: Part[] } => {
  const groups = spec.instances === undefined ? [] : [...byGroup(samples)];
  const parts = [...groups.map(([group, own]) => partOf(spec, group, own)), ...certificateParts(samples)];
  return parts.length === 0 ? {} : { parts };
};

const goodOf = (spec: HttpSpec, seen: HttpSeen | undefined): Omit<Fault, 'reason'> =>
  seen
    ? {
        because: `${seen.ask} answered ${seen.status} in ${duration(seen.ms)}`,
        value: seen.ms,
        unit: 'ms',
        ...limitOf(spec),
      }
    : { because: 'nothing was seen yet' };

/** Pure: the same history gives the same verdict. */
export const judge = (history: History<HttpSeen>, spec: HttpSpec): Verdict => {
  const samples = judged(history);
  const confirmation = confirmed(samples, history.plan.failAfter, faultOf(spec));
  return { ...probeVerdict(confirmation, history.plan, goodOf(spec, lastSeen(samples))), ...partsOf(spec, samples) };
};

/** The time of each answer, also of those before the deploy; one line per instance. */
export const charts = (history: History<HttpSeen>, spec: HttpSpec): Chart[] => {
  const isBad = faultOf(spec);
  const answered = [...history.baseline.samples, ...history.samples].filter(
    (sample) => 'seen' in sample && sample.seen.status !== null,
  );
  const series = [...byGroup(answered)].map(([name, samples]) => ({
    name: name || 'answer',
    points: samples.flatMap((sample): ChartPoint[] =>
      'seen' in sample ? [{ at: sample.at, value: sample.seen.ms, ...(isBad(sample.seen) ? { bad: true } : {}) }] : [],
    ),
  }));
  return [{ title: 'time of the answer', unit: 'ms', ...limitOf(spec), series }];
};
