// Was a failure introduced by this release, was it there before, or is it unknown?
import type { Attribution, Verdict } from '../kit/index.ts';

/** A failure counts as worse than before from 10 % on. */
const worseFrom = 0.1;

/**
 * In this order: it failed before the deploy and is not worse → `preexisting`, whatever the kind says, or the kind proves
 * that; the kind proves that the growth is somebody else's → `unknown`; it was looked at before and did not fail, or the kind proves that the
 * growth belongs to the release → `introduced`; else `unknown`. `before` is the verdict on the baseline.
 */
export const attribute = (verdict: Verdict, before: Verdict | undefined): Attribution => {
  if (verdict.outcome !== 'fail') return 'none';
  if (verdict.preexisting || (before?.outcome === 'fail' && !isWorse(verdict, before))) return 'preexisting';
  if (verdict.introduced === false) return 'unknown';
  if (before?.outcome === 'pass' || verdict.introduced === true) return 'introduced';
  return 'unknown';
};

/** A failure without a number against a limit counts as not worse. */
const isWorse = (now: Verdict, before: Verdict): boolean =>
  now.value !== undefined &&
  before.value !== undefined &&
  now.limit !== undefined &&
  before.limit !== undefined &&
  now.value - before.value >= before.value * worseFrom;
