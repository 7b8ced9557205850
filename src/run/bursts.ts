// How long errors stood above a limit without a break, around a moment.
import type { AnyKind, Json, Sample, Traffic } from '../kit/index.ts';

/** Units in a row that were above the limit. */
export interface Burst {
  /** Epoch milliseconds of the end of its last unit. */
  until: number;
  seconds: number;
  requests: number;
  failed: number;
}

interface Unit extends Traffic {
  at: number;
  failed: number;
}

/** Milliseconds before and after a decision in which its burst is looked for. */
export const aroundBurst = 15 * 60_000;

/** The longest one within a quarter of an hour before and after `at`; units without requests neither end nor lengthen it. */
export const longestBurst = (
  samples: readonly Sample<Json>[],
  kind: AnyKind,
  limit: number,
  at: number,
): Burst | undefined => {
  let longest: Burst | undefined;
  let current: Burst | undefined;
  for (const unit of samples.flatMap((sample) => unitOf(sample, kind, at))) {
    if (unit.requests === 0) continue;
    current = unit.failed / unit.requests > limit ? extended(current, unit) : undefined;
    if (current && current.seconds > (longest?.seconds ?? 0)) longest = current;
  }
  return longest;
};

const unitOf = (sample: Sample<Json>, kind: AnyKind, at: number): Unit[] => {
  if (!('seen' in sample) || Math.abs(sample.at - at) > aroundBurst) return [];
  const traffic = kind.traffic?.(sample.seen);
  return traffic?.failed === undefined ? [] : [{ ...traffic, failed: traffic.failed, at: sample.at }];
};

const extended = (burst: Burst | undefined, unit: Unit): Burst => ({
  until: unit.at,
  seconds: (burst?.seconds ?? 0) + unit.seconds,
  requests: (burst?.requests ?? 0) + unit.requests,
  failed: (burst?.failed ?? 0) + unit.failed,
});
