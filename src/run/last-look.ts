// One more look at everything before a rollback, and what it showed: the evidence.
import { duration, type Json, type RecordedSample, type Sample } from '../kit/index.ts';
import { type Course, enterPhase } from './course.ts';
import { look } from './look.ts';
import { toRecorded } from './samples.ts';

/** Milliseconds for the last look at everything before a rollback: evidence first, but not for long. */
const lastLook = 5000;

/** Looks at every check side by side; the samples are added to the checks' own. */
export const lookOnceMore = async (course: Course): Promise<void> => {
  const { watched, input } = course;
  const { clock } = input.io;
  enterPhase(
    course,
    'last',
    lastLook,
    `one more look at all checks before the rollback, at most ${duration(lastLook)}`,
  );
  await Promise.all(
    watched.map(async (one) => {
      const samples = await look(one, { phase: 'last', n: 0, timeout: lastLook }, clock, input.signal);
      one.samples.push(...samples);
      input.emit({ type: 'sample', at: clock.now(), check: one.check.id, samples });
    }),
  );
};

/** The newest samples of each check. A run has just looked; by hand nobody has. */
export const snapshot = async (course: Course): Promise<Record<string, RecordedSample[]>> => {
  if (course.input.verb === 'rollback') await lookOnceMore(course);
  return Object.fromEntries(course.watched.map(({ check, samples }) => [check.id, toRecorded(newest(samples))]));
};

const newest = (samples: readonly Sample<Json>[]): Sample<Json>[] => {
  const last = samples.at(-1);
  return samples.filter(({ at }) => at === last?.at);
};
