// What a check has counted, weighed: against a control group, else the time before the deploy, else the ceiling alone.
import { duration, type JudgePlan, type SourceRef } from '../../kit/index.ts';
import { dispersion } from '../../stats/dispersion.ts';
import { type Tally, total } from '../../stats/tally.ts';
import type { Tolerance } from '../../stats/tolerance.ts';
import { type Case, weigh, type Weighing } from '../../stats/weigh.ts';

/** Proof needs so many units: slow faults need time. */
const unitsForProof = 24;

/** The keys of a check that every sequential test has. */
export interface RateTerms {
  require: 'evidence' | 'proof';
  strict: boolean;
  minRequests: number;
  /** The source with its settings. */
  from: SourceRef;
}

/** One sequential test: bad requests among all, unit by unit. */
export interface RateCase {
  /** Since the deploy. */
  units: readonly Tally[];
  /** The group without the release in the same units; empty when there is none. */
  control: readonly Tally[];
  /** Before the deploy. */
  past: readonly Tally[];
  tolerance: Tolerance;
  /** Among how many ways what counts as bad was chosen by a look at the baseline. */
  choices?: number | undefined;
  plan: JudgePlan;
  terms: RateTerms;
}

/** A weighing with what it compares with. */
export interface Weighed {
  weighing: Weighing;
  /** The sum of the control group or of the baseline; undefined when the ceiling alone decides. */
  compared: Tally | undefined;
  from: 'baseline' | 'control group';
}

/** How many units the hold has: as many as looks, or fewer where the source has new numbers less often. */
const plannedUnits = ({ units, every }: JudgePlan, { from }: RateTerms): number =>
  Math.max(1, Math.floor((units * every) / unitLength(every, from)));

/** Milliseconds. */
const unitLength = (every: number, { settings }: SourceRef): number => Math.max(every, resolutionOf(settings));

/** How long it takes until a proof can be there. */
export const timeForProof = (
  { require, from }: RateTerms,
  every: number,
): { time: number; because: string } | undefined =>
  require === 'proof'
    ? {
        time: unitsForProof * unitLength(every, from),
        because: `require: proof needs ${unitsForProof} units of ${duration(unitLength(every, from))}`,
      }
    : undefined;

/** Milliseconds; 0 for a source that is as fast as it is asked. */
const resolutionOf = (settings: unknown): number =>
  typeof settings === 'object' &&
  settings !== null &&
  'resolution' in settings &&
  typeof settings.resolution === 'number'
    ? settings.resolution
    : 0;

const termsOf = ({ units, past, plan, terms }: RateCase): Omit<Case, 'tolerance'> => ({
  units,
  alpha: plan.alpha,
  beta: plan.beta,
  // Fixed before the first unit: a plan that grew with the data would void the guarantee.
  planned: plannedUnits(plan, terms),
  strict: terms.strict,
  phi: dispersion(past)?.upper,
  minUnitsForPass: unitsForProof,
});

/** What these units show. */
export const weighRate = (given: RateCase): Weighed => {
  const { control, past, tolerance } = given;
  const [controls, before] = [total(control), total(past)];
  if (controls.requests > 0) {
    const weighing = weigh({ ...termsOf(given), control, tolerance });
    return { weighing, compared: controls, from: 'control group' };
  }
  if (before.requests === 0) return { weighing: weighAlone(given), compared: undefined, from: 'baseline' };
  const baseline = { ...before, phi: dispersion(past)?.point };
  const weighing = weigh({ ...termsOf(given), baseline, choices: given.choices, tolerance });
  return { weighing, compared: before, from: 'baseline' };
};

/** What these units show against the ceiling alone. */
export const weighAlone = (given: RateCase): Weighing =>
  weigh({ ...termsOf(given), tolerance: { ceiling: given.tolerance.ceiling } });
