// Keeps the findings of all watched checks up to date as samples come in.
import { type Attribution, type Emit, type Json, type Sample, type Verdict, worseAction } from '../kit/index.ts';
import { assess } from './assess.ts';
import { attribute } from './attribution.ts';
import type { Finding } from './finding.ts';
import { asks } from './policy.ts';
import { historyOf, type Watched } from './watched.ts';

/** Judges one check now. With `sticky`, a confirmed failure stays unless a worse one takes its place. */
export const judgeNow = (watched: Watched, now: number, options: { sticky: boolean; ended?: boolean }): Finding => {
  const { check } = watched;
  const verdict = assess(check.kind, check.spec, historyOf(watched, now, options.ended ?? false));
  const finding = findingOf(watched, verdict);
  if (!options.sticky) return finding;
  const kept = watched.confirmed && findingOf(watched, watched.confirmed);
  if (kept && !isAtLeastAsBad(finding, kept)) return kept;
  if (verdict.outcome === 'fail' && verdict.settled) watched.confirmed = verdict;
  return finding;
};

/** The finding on one check now (epoch milliseconds), as `judgeNow` gives it, kept for as long as it stands. */
export type Judging = (watched: Watched, now: number) => Finding;

/** Without a new sample only time can change a verdict (an instrument that stays silent): so often, in milliseconds. */
const renewEvery = 1000;

/** Judges a check when it has a new sample, and from time to time; among many checks most have none. */
export const createJudging = (options: { sticky: boolean }): Judging => {
  const known = new Map<Watched, { finding: Finding; samples: number; at: number }>();
  return (watched, now) => {
    const last = known.get(watched);
    const samples = watched.samples.length;
    if (last?.samples === samples && now - last.at < renewEvery) return last.finding;
    const finding = judgeNow(watched, now, options);
    known.set(watched, { finding, samples, at: now });
    return finding;
  };
};

const findingOf = (watched: Watched, verdict: Verdict): Finding => ({
  check: watched.check,
  verdict,
  attribution: attributionOf(watched, verdict),
});

const attributionOf = ({ before }: Watched, verdict: Verdict): Attribution => attribute(verdict, before);

const isAtLeastAsBad = (next: Finding, kept: Finding): boolean =>
  next.verdict.outcome === 'fail' && next.verdict.settled && worseAction(asks(next), asks(kept)) === asks(next);

/** Shows what the newest looks would mean, before the hold: numbers for the person who watches, never a judgement. */
export const preview = (emit: Emit, watched: Watched, samples: readonly Sample<Json>[], at: number): void => {
  const { check } = watched;
  const shown = samples.map((sample) => ({ ...sample, phase: 'hold' as const }));
  const verdict = assess(check.kind, check.spec, { ...historyOf(watched, at, false), samples: shown });
  emit({ type: 'preview', at, check: check.id, verdict });
};

/** Tells the reporters what stands about a check. */
export const announce = (emit: Emit, finding: Finding, watched: Watched, at: number): void =>
  emit({
    type: 'verdict',
    at,
    check: finding.check.id,
    verdict: finding.verdict,
    attribution: finding.attribution,
    ...(watched.before?.value === undefined ? {} : { baseline: watched.before.value }),
  });
