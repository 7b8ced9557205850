// A run that is called again: a rollback that was cut off with its target live is proven, one that has ended is told again.
import type { BegunRollback, Decision } from '../kit/index.ts';
import { type Course, note, readable } from './course.ts';
import { permissionOf } from './fault.ts';

/**
 * The decision of an earlier call whose rollback was cut off, when its target is live now. Anything else is judged anew:
 * what is live decides.
 */
export const resumed = async (course: Course): Promise<Decision | undefined> => {
  const begun = await liveAgain(course);
  if (!begun || begun.ended) return undefined;
  const text = `an earlier call has gone back from ${begun.from} to ${begun.to}, which is live: it is proven now`;
  return adopted(course, begun, text);
};

/** The same of a rollback that has ended, once a whole roll-out was waited for and nothing new came: it explains why. */
export const toldAgain = async (course: Course): Promise<Decision | undefined> => {
  if (!course.stops.every(({ reason }) => reason === 'not_live')) return undefined;
  const begun = course.stops.length > 0 ? await liveAgain(course) : undefined;
  if (!begun?.ended) return undefined;
  course.stops.length = 0;
  return adopted(
    course,
    begun,
    `an earlier call has gone back from ${begun.from} to ${begun.to}, and nothing new is live`,
  );
};

const adopted = (course: Course, { from, causes }: BegunRollback, text: string): Decision => {
  course.from = from;
  note(course, 'info', text);
  return { action: 'rollback', because: causes };
};

/** The rollback of this deploy whose target is live. A deploy command of its own makes the run another deploy. */
const liveAgain = async (course: Course): Promise<BegunRollback | undefined> => {
  const { input, baselineTakenAt, to } = course;
  const { begun, deploy, identity, profile, signal } = input;
  if (!begun || deploy || baselineTakenAt === undefined || !permissionOf(input).rollback) return undefined;
  const { service, environment } = profile;
  const asked = { service, environment, label: identity.label, baselineTakenAt };
  const found = await readable(course, undefined, () => begun(asked));
  return found?.to === to && !signal.aborted && (await liveNow(course)) === to ? found : undefined;
};

const liveNow = async ({ input }: Course): Promise<string | undefined> => {
  try {
    return (await input.platform?.live(input.signal))?.revision;
  } catch {
    // The roll-out that follows reads it again, and tells what is wrong.
    return undefined;
  }
};
