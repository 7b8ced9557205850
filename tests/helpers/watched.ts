// A check in the middle of a run, for the functions that look at one check alone.
import type { CheckPlan, Json, JudgePlan, Look } from '../../src/kit/index.ts';
import type { Watched } from '../../src/run/watched.ts';
import { scriptedKind } from './fake-kind.ts';

/** A check with a timeout of a second, whose session gives what `sample` gives. */
export const watchedBy = (sample: () => Promise<Look<Json>[]>, over: Partial<Watched> = {}): Watched => ({
  check: { id: 'odd', kind: scriptedKind(() => 0), timeout: 1000 } as unknown as CheckPlan,
  opened: { session: { sample, close: async () => undefined } },
  plan: {} as JudgePlan,
  marks: [],
  baseline: { from: 'none', samples: [] },
  before: undefined,
  samples: [],
  pending: undefined,
  confirmed: undefined,
  ...over,
});
