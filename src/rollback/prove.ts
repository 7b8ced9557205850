// The proof of a rollback: the target is live everywhere, and the failed checks are green again.
import { duration, type RollbackReport, type Verification } from '../kit/index.ts';
import { bounded } from './bounded.ts';
import { type Course, end, enter, left, markInterrupted, note, reportOf, say, type Way } from './course.ts';
import { readLiveFirmly, waitUntilLive } from './live.ts';

/** Milliseconds in which a verification that was told to end may still say what it has seen. */
const lastWord = 2000;

/** Waits for the target, then holds the failed checks. `trouble`: what went wrong with the act. */
export const prove = async (course: Course, way: Way, trouble?: string): Promise<RollbackReport> => {
  const { tools, order } = course;
  if (course.until === Number.POSITIVE_INFINITY) course.until = tools.io.clock.monotonic() + tools.plan.deadline;
  if (order.drill)
    return end(course, { state: 'WITHHELD', reason: 'drill', because: `a drill: ${way.to} is live already` });
  await enter(course, 'WAITING', `waiting until ${way.to} is live everywhere, at most ${duration(left(course))}`);
  const waited = await waitUntilLive(course, way);
  switch (waited.end) {
    case 'interrupted':
      return interrupted(course);
    case 'superseded': {
      const because = supersededMeanwhile(waited.live.revision, way);
      return end(course, { state: 'REFUSED', reason: 'superseded', because });
    }
    case 'deadline':
      return trouble === undefined
        ? end(course, { state: 'FAILED', reason: 'not_live', because: waited.because })
        : end(course, { state: 'FAILED', reason: 'undo_failed', because: `${trouble}; ${waited.because}` });
    case 'live':
      return verify(course, way, waited.live.detail);
    default:
      return waited satisfies never;
  }
};

const verify = async (course: Course, way: Way, detail: string): Promise<RollbackReport> => {
  const { to } = way;
  await enter(course, 'VERIFYING', `${detail}; the failed checks are held again`);
  const verification = await hold(course);
  if (course.tools.signal.aborted) return interrupted(course);
  const changed = await changedMeanwhile(course, way);
  if (changed) return changed;
  const took = duration(course.tools.io.clock.monotonic() - course.began);
  return verification.green
    ? end(course, { state: 'ROLLED_BACK', reason: '', because: `back on ${to} after ${took}: ${verification.because}` })
    : end(course, {
        state: 'UNVERIFIED',
        reason: 'still_failing',
        because: `back on ${to} after ${took}, which did not help: ${verification.because}`,
      });
};

/** The checks took their time: what they have shown counts only for the revision that is live after them, too. */
const changedMeanwhile = async (course: Course, { from, to }: Way): Promise<RollbackReport | undefined> => {
  const found = await readLiveFirmly(course);
  if (course.tools.signal.aborted) return interrupted(course);
  if ('problem' in found) {
    const because = `${to} was live, and was not seen again after the checks: ${found.problem}`;
    return end(course, { state: 'UNVERIFIED', reason: 'live_lost', because });
  }
  const { revision, detail } = found.live;
  if (revision === to) return undefined;
  return revision === from
    ? end(course, { state: 'FAILED', reason: 'not_live', because: `${to} was live, and then ${from} again: ${detail}` })
    : end(course, { state: 'REFUSED', reason: 'superseded', because: supersededMeanwhile(revision, { from, to }) });
};

const supersededMeanwhile = (live: string, { from, to }: Way): string =>
  `${live} is live, neither ${from} nor ${to}: somebody else has deployed meanwhile`;

const hold = async (course: Course): Promise<Verification> => {
  const { io, signal, verify: again } = course.tools;
  try {
    return await bounded({ clock: io.clock, ms: left(course), grace: lastWord, signal }, again);
  } catch (error) {
    return { green: false, because: `the checks could not be held again: ${(error as Error).message}` };
  }
};

/** A signal came: the journal stays open, so that the same order goes on from here. */
export const interrupted = async (course: Course): Promise<RollbackReport> => {
  const { state } = course;
  // The act has written its interruption down itself, at the moment of the signal.
  if (state !== 'EXECUTING') await markInterrupted(course);
  const because = `interrupted in ${state}: the same command again goes on from what is live then`;
  note(course, because);
  say(course, state, because);
  return reportOf(course, { state, reason: 'interrupted', because });
};
