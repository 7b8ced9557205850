// Builds the record of a run (`holdpoint.record/1`) out of everything that stands at its end.
import {
  type Chart,
  isoTime,
  type Json,
  type Mark,
  type RecordedCheck,
  type RecordedPlan,
  type Timings,
  type Verdict,
} from '../kit/index.ts';
import type { Finding } from './finding.ts';
import { asksAmong } from './policy.ts';
import { toRecorded } from './samples.ts';
import { historyOf, type Watched } from './watched.ts';

/** One check as it stands in the record; without a finding it was skipped, and `why` says why. */
export const recordCheck = (
  watched: Watched,
  finding: Finding | undefined,
  all: readonly Finding[],
  skipped: { reason: string; because: string },
  now: number,
): RecordedCheck => {
  const { check, baseline, before } = watched;
  const verdict: Partial<Verdict> & { reason: string; because: string } = finding?.verdict ?? skipped;
  return {
    id: check.id,
    kind: check.kind.name,
    layer: check.kind.layer,
    title: check.title,
    ...defined({ why: check.why }),
    outcome: finding?.verdict.outcome ?? 'skipped',
    reason: verdict.reason,
    because: verdict.because,
    ...defined({ next: verdict.outcome === 'fail' ? (verdict.next ?? check.next) : undefined }),
    attribution: finding?.attribution ?? 'none',
    onFail: check.onFail,
    action: finding ? asksAmong(finding, all) : 'none',
    ...defined({ value: verdict.value, limit: verdict.limit, unit: verdict.unit }),
    baseline: { from: baseline.from, ...defined({ value: before?.value }), samples: toRecorded(baseline.samples) },
    parts: verdict.parts ?? [],
    charts: chartsOf(watched, now),
    samples: toRecorded(watched.samples),
  };
};

/** Charts are for people: a kind that cannot draw does not spoil the record. */
const chartsOf = (watched: Watched, now: number): Chart[] => {
  const { kind, spec } = watched.check;
  try {
    return kind.charts?.(historyOf(watched, now, true), spec) ?? [];
  } catch {
    return [];
  }
};

export const recordMarks = (marks: readonly Mark[]): { at: string; name: string; data?: Json }[] =>
  marks.map(({ at, ...rest }) => ({ at: isoTime(at), ...rest }));

export const recordPlan = ({ baseline, rollout, hold }: Timings): RecordedPlan => ({ baseline, rollout, ...hold });

/** The object without its undefined fields: optional fields of a record are absent, not null. */
export const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
