// A run that is called again after a kill: where its rollback has brought the target back, only the proof is left.
import type { BegunRollback, Decision } from '../kit/index.ts';
import { type Course, note, readable } from './course.ts';
import { permissionOf } from './fault.ts';

/**
 * The decision of the earlier call, when it was a rollback that has acted and whose target is live now. Anything else
 * is judged anew: what is live decides.
 */
export const resumed = async (course: Course): Promise<Decision | undefined> => {
  const { input, to } = course;
  const begun = await begunOf(course);
  if (!begun || begun.to !== to || (await liveNow(course)) !== to) return undefined;
  course.from = begun.from;
  note(course, 'info', `an earlier call has gone back from ${begun.from} to ${to}, which is live: it is proven now`);
  return input.signal.aborted ? undefined : { action: 'rollback', because: begun.causes };
};

/** A deploy command of its own makes it another deploy. */
const begunOf = async (course: Course): Promise<BegunRollback | undefined> => {
  const { input, baselineTakenAt } = course;
  const { begun, deploy, identity, profile } = input;
  if (!begun || deploy || baselineTakenAt === undefined || !permissionOf(input).rollback) return undefined;
  const { service, environment } = profile;
  return readable(course, undefined, () => begun({ service, environment, label: identity.label, baselineTakenAt }));
};

const liveNow = async ({ input }: Course): Promise<string | undefined> => {
  try {
    return (await input.platform?.live(input.signal))?.revision;
  } catch {
    // The roll-out that follows reads it again, and tells what is wrong.
    return undefined;
  }
};
