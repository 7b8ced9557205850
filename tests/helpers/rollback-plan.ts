// The rollback plan of a test: it lets everything pass, until something else is said.
import type { RollbackPlan } from '../../src/kit/index.ts';

/** A plan that acts by itself, with nothing in its way. The platform is the test's own. */
export const openPlan = (given: Partial<RollbackPlan> & Pick<RollbackPlan, 'platform'>): RollbackPlan => ({
  mode: 'auto',
  settings: {},
  reversible: { by: 'declaration', reversible: true },
  control: { none: 'a test' },
  allowClientFence: true,
  validFor: 3_600_000,
  perEnvironment: 3,
  deadline: 60_000,
  verify: { for: 5000, deadline: 10_000 },
  mitigations: [],
  evidence: [],
  ...given,
});
