// Judges the looks of an `http` check, and says it in words.
import type { Chart, ChartPoint, History, Part, Sample, Verdict } from '../../kit/samples.ts';
import { duration } from '../../kit/text.ts';
import { byGroup, confirmed, type Fault, judged, lastSeen, probeVerdict } from '../../kit/verdicts.ts';
import type { HttpSeen } from './seen.ts';
import type { HttpSpec } from './spec.ts';

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
    const { ask, ms, fault } = seen;
    if (fault) {
      const next = (nextSteps[fault.reason] ?? otherwise)(seen);
      return { reason: fault.reason, because: `${ask}: ${fault.because}`, next };
    }
    const limit = maxTimeOf(spec);
    if (limit === undefined || ms <= limit) return undefined;
    return {
      reason: 'too_slow',
      because: `${ask} took ${duration(ms)}, limit ${duration(limit)}`,
      next: 'look at pool-wait and db-connections first, then at the load of the service',
      asks: 'block',
      value: ms,
      limit,
      unit: 'ms',
    };
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
  if (spec.instances === undefined) return {};
  return { parts: [...byGroup(samples)].map(([group, own]) => partOf(spec, group, own)) };
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
