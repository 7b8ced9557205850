// What is known from before the deploy, set for a check and judged: what attribution compares with.
import type { Baseline, Json, RecordedSample, Sample, StoredBaseline, Verdict } from '../kit/index.ts';
import { assess } from './assess.ts';
import { fromRecorded } from './samples.ts';
import type { Watched } from './watched.ts';

/** Uses what an earlier `baseline` or run has stored; checks that it does not name stay without. */
export const restoreBaselines = (watched: readonly Watched[], stored: StoredBaseline['checks']): void => {
  for (const one of watched) {
    const known = stored[one.check.id];
    if (known?.kind === one.check.kind.name) {
      setBaseline(one, { from: 'captured', samples: fromRecorded(known.samples) });
    }
  }
};

/** Sets a baseline and judges it. */
export const setBaseline = (watched: Watched, baseline: Baseline<Json>): void => {
  watched.baseline = baseline;
  watched.before = verdictOn(watched, baseline);
};

/** The release's own rules applied to what was there before, without a "before" of its own. */
export const verdictOn = ({ check, plan }: Watched, { samples }: Baseline<Json>): Verdict | undefined => {
  const last = samples.at(-1);
  if (!last) return undefined;
  const failAfter = check.kind.baseline === 'window' ? plan.failAfter : Math.min(2, samples.length);
  return assess(check.kind, check.spec, {
    baseline: { from: 'none', samples: [] },
    samples: samples.map((sample) => ({ ...sample, phase: 'hold' })),
    control: [],
    marks: [],
    plan: { ...plan, failAfter, units: Math.max(1, samples.length), absolute: true },
    now: last.at + last.ms,
    ended: true,
  });
};

/** The baseline of all checks in the form of the store. */
export const storedChecks = (
  watched: readonly Watched[],
  recorded: (samples: readonly Sample<Json>[]) => RecordedSample[],
): StoredBaseline['checks'] =>
  Object.fromEntries(
    watched.map(({ check, baseline }) => [check.id, { kind: check.kind.name, samples: recorded(baseline.samples) }]),
  );
