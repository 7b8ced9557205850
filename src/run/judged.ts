// What a record of another run says about the rollback that is to be carried out now.
import type { Decision, RunRecord, StoredBaseline } from '../kit/index.ts';
import { askControl } from './control.ts';
import type { Course } from './course.ts';

/** The revisions and the time come from the record; the migration from the baseline of the same release. */
export const adoptJudged = (course: Course, judged: RunRecord, baseline: StoredBaseline | undefined): void => {
  const { from, to } = judged.release;
  course.judged = judged;
  if (from !== undefined) course.from = from;
  if (to !== undefined) course.to = to;
  if (baseline?.live === to && baseline?.migration !== undefined) course.migration = baseline.migration;
};

/** The judge did not ask the control, and time has passed. */
export const confirmed = async ({ input, stops }: Course, { decision }: RunRecord): Promise<Decision> => {
  const { profile, io, signal } = input;
  const control = await askControl(profile.rollback?.control, profile.root, io, signal);
  if (!control) return { action: 'rollback', because: decision.because };
  stops.push(control);
  return { action: 'block', because: [...decision.because, control], withheld: control.text };
};

/** When the judged release was deployed: its deploy command's end, else the beginning of the run. */
export const deployedAtOf = ({ marks, startedAt }: RunRecord): string =>
  marks.findLast(({ name }) => name === 'deploy-finished')?.at ?? startedAt;

/** The checks that had failed and that this release has broken: they must be green again. */
export const failedIn = ({ checks }: RunRecord): ReadonlySet<string> =>
  new Set(
    checks
      .filter(({ outcome, attribution }) => outcome === 'fail' && attribution !== 'preexisting')
      .map(({ id }) => id),
  );
