// Judges the looks of an `http` check, and says it in words.
import type { Chart, ChartPoint, History, Part, Sample, Verdict } from '../../kit/samples.ts';
import { duration } from '../../kit/text.ts';
import { byGroup, confirmed, type Fault, judged, lastSeen, probeVerdict, seenOf } from '../../kit/verdicts.ts';
import { expiryText, warnDays } from './certificate.ts';
import { evidenceText } from './evidence.ts';
import { isNoAnswer, nextLook } from './next-look.ts';
import type { HttpSeen } from './seen.ts';
import type { HttpSpec } from './spec.ts';
import { mostText, slowStage } from './stages.ts';

const maxTimeOf = ({ expect }: HttpSpec): number | undefined =>
  typeof expect === 'string' ? undefined : expect.maxTime;

const limitOf = (spec: HttpSpec): { limit?: number } => {
  const limit = maxTimeOf(spec);
  return limit === undefined ? {} : { limit };
};

const nextOf = ({ ask, evidence }: HttpSeen, { reason, because }: NonNullable<HttpSeen['fault']>): string => {
  if (isNoAnswer(reason)) return nextLook({ reason, because, ask, evidence });
  if (reason === 'target_5xx')
    return `look into the log of the service for ${ask}; if a database check fails too, start there`;
  return `send ${ask} by hand and compare the answer with expect`;
};

/** What was asked and what came back, as a part: the sentence alone does not hold it. */
const failedPart = ({ ask, ms, evidence }: HttpSeen, because: string): Part => ({
  name: ask,
  outcome: 'fail',
  because,
  ms,
  ...(evidence ? { evidence: evidenceText(evidence) } : {}),
});

const faultOf =
  (spec: HttpSpec) =>
  (seen: HttpSeen): Fault | undefined => {
    const { ask, fault } = seen;
    if (fault) {
      const next = nextOf(seen, fault);
      return {
        reason: fault.reason,
        because: `${ask}: ${fault.because}`,
        next,
        parts: [failedPart(seen, fault.because)],
      };
    }
    return slowFault(spec, seen) ?? expiringFault(spec, seen);
  };

const slowNext = 'look at pool-wait and db-connections first, then at the load of the service';

/** All of it took too long, or one of its stages. */
const slowFault = (spec: HttpSpec, { ask, ms, stages = {} }: HttpSeen): Fault | undefined => {
  const limit = maxTimeOf(spec);
  const whole = {
    because: `${ask} took ${duration(ms)}, limit ${duration(limit ?? 0)}${mostText(stages, ms)}`,
    ms,
    limit: limit ?? 0,
  };
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
  if (fault) return { ...failedPart(seen, fault.because), name: group };
  return { name: group, outcome: 'pass', because: `answered ${seen.status}`, ms: seen.ms };
};

/** `failed`: the part of what failed, where the check has no instances that say it themselves. */
const partsOf = (spec: HttpSpec, samples: Sample<HttpSeen>[], failed: readonly Part[] = []): { parts?: Part[] } => {
  const own =
    spec.instances === undefined ? failed : [...byGroup(samples)].map(([group, all]) => partOf(spec, group, all));
  const parts = [...own, ...certificateParts(samples)];
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
  const { parts, ...verdict } = probeVerdict(confirmation, history.plan, goodOf(spec, lastSeen(samples)));
  return { ...verdict, ...partsOf(spec, samples, parts) };
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
