// What only the whole profile shows: checks that name each other, none that can block, timings that rule out a pass.
import { type CheckPlan, nearest, type RollbackPlan, type Timings } from '../kit/index.ts';
import type { PlannedChecks } from './checks.ts';
import type { Problems } from './problems.ts';
import { timingProblems } from './timings.ts';
import { type MapTree, originAt, type Path } from './tree.ts';

export interface Together extends PlannedChecks {
  whole: MapTree;
  /** Absent where the profile's own timings have mistakes. */
  timings: Timings | undefined;
  rollback: RollbackPlan | undefined;
}

type Tell = (text: string, path: Path) => void;

const tellCovered = ({ id, coveredBy }: CheckPlan, ids: readonly string[], tell: Tell): void => {
  if (coveredBy.length === 0) return;
  const others = ids.filter((other) => other !== id);
  for (const [place, name] of coveredBy.entries())
    if (!others.includes(name)) {
      const text = `there is no other check "${name}" that is switched on; ${nearest(name, others)}`;
      tell(text, ['checks', id, 'coveredBy', place]);
    }
};

/** With a check that has mistakes it is not known whether any can block. */
const tellBlocking = ({ plans, ids }: PlannedChecks, tell: Tell): void => {
  if (plans.length < ids.length || plans.some(({ onFail }) => onFail !== 'warn')) return;
  const why = plans.length === 0 ? 'there is none that is switched on' : 'every one has onFail: warn';
  tell(`no check can block: ${why}; a run without a blocking check would always pass`, ['checks']);
};

/** Adds what is wrong as problems. */
export const tellTogether = (together: Together, problems: Problems): void => {
  const { whole, ids, plans, timings, rollback } = together;
  const tell: Tell = (text, path) => problems.add(text, originAt(whole, path), path);
  for (const plan of plans) tellCovered(plan, ids, tell);
  tellBlocking(together, tell);
  if (timings) for (const { text, path } of timingProblems(timings, plans, rollback)) tell(text, path);
};
