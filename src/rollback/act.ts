// From the guards to the act: asks them, asks a person, fences, and orders the way back.
import { duration, type Json, type Live, type RollbackReport } from '../kit/index.ts';
import { caveatsOf } from './caveats.ts';
import { collectEvidence } from './evidence.ts';
import { type Course, end, enter, left, note, type Way } from './course.ts';
import { askGuards } from './guards.ts';
import { readLive } from './live.ts';
import { interrupted, prove } from './prove.ts';
import { undo } from './undo.ts';

/** Longest wait (milliseconds) for the target after an act that failed: a supervisor may still bring it up. */
const afterFailure = 60_000;

/** Goes back, unless a guard or a person refuses. */
export const act = async (course: Course, way: Way, live: Live): Promise<RollbackReport> => {
  const stopped = await askTheGuards(course, live);
  if (stopped) return stopped;
  for (const caveat of await caveatsOf(way, course.tools)) note(course, caveat);
  const refused = (await drilled(course, way)) ?? (await askPerson(course, way));
  if (refused) return refused;
  await collectEvidence(course);
  if (course.tools.signal.aborted) return interrupted(course);
  course.until = course.tools.io.clock.monotonic() + course.tools.plan.deadline;
  return (await fence(course, way)) ?? execute(course, way);
};

const askTheGuards = async (course: Course, live: Live): Promise<RollbackReport | undefined> => {
  const { order, tools } = course;
  const answers = await askGuards({ order, tools, live });
  course.guards = answers.map(({ name, answer: { ok, because } }) => ({ name, ok, because: tools.redact(because) }));
  // A command that a signal cut short has not answered.
  if (tools.signal.aborted) return interrupted(course);
  const refusal = answers.map(({ answer }) => answer).find((answer) => !answer.ok);
  return refusal && !refusal.ok ? end(course, { ...refusal, state: 'REFUSED' }) : undefined;
};

const drilled = async (course: Course, { to }: Way): Promise<RollbackReport | undefined> => {
  if (!course.order.drill) return undefined;
  await collectEvidence(course);
  const because = `a drill: all guards let it pass, ${to} could be returned to; nothing was done`;
  return end(course, { state: 'WITHHELD', reason: 'drill', because });
};

const askPerson = async (course: Course, { from, to }: Way): Promise<RollbackReport | undefined> => {
  const { confirm, signal } = course.tools;
  if (!confirm) return undefined;
  const agreed = await Promise.race([confirm(`Roll back from ${from} to ${to}?`), aborted(signal)]);
  if (agreed === 'aborted') return interrupted(course);
  const because = agreed ? 'a person agreed' : 'the person who was asked said no';
  course.guards = [...course.guards, { name: 'person', ok: agreed, because }];
  return agreed ? undefined : end(course, { state: 'REFUSED', reason: 'human_declined', because });
};

const aborted = (signal: AbortSignal): Promise<'aborted'> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });

/** The guards and the person took their time: what is live is read once more, just before the act. */
const fence = async (course: Course, { from, to }: Way): Promise<RollbackReport | undefined> => {
  const { fence: kind } = course.tools.plan.platform;
  const found = await readLive(course);
  if (course.tools.signal.aborted) return interrupted(course);
  if ('problem' in found) return end(course, { state: 'REFUSED', reason: 'live_unknown', because: found.problem });
  const { revision } = found.live;
  if (revision !== from && revision !== to) {
    const because = `${revision} is live, not ${from}: somebody else has deployed in the meantime`;
    return end(course, { state: 'REFUSED', reason: 'superseded', because });
  }
  const { evidence = null } = course;
  await enter(course, 'FENCED', `${revision} is still live, nobody else has deployed (fence: ${kind})`, {
    evidence: evidence as unknown as Json,
  });
  return undefined;
};

const execute = async (course: Course, way: Way): Promise<RollbackReport> => {
  const { tools, journal } = course;
  const { clock } = tools.io;
  await enter(course, 'EXECUTING', `going back to ${way.to}, at most ${duration(left(course))}`);
  course.acted = true;
  const began = clock.monotonic();
  const undone = await undo(course, way);
  switch (undone.end) {
    case 'superseded':
      return end(course, { state: 'REFUSED', reason: 'superseded', because: undone.because });
    case 'interrupted':
      return interrupted(course);
    case 'failed':
      return afterFailedAct(course, way, undone.because);
    case 'done': {
      const took = duration(clock.monotonic() - began);
      const text = `the order was taken after ${took}, which proves nothing yet`;
      await enter(course, 'EXECUTED', text, {
        acts: tools.acts().map((each) => ({ ...each })),
        attempt: journal.token,
      });
      return prove(course, way);
    }
    default:
      return undone satisfies never;
  }
};

/** The failure of a command proves as little as its success: what is live decides. */
const afterFailedAct = async (course: Course, way: Way, because: string): Promise<RollbackReport> => {
  const found = await readLive(course);
  if ('live' in found && found.live.revision === way.to) {
    course.until = Math.min(course.until, course.tools.io.clock.monotonic() + afterFailure);
    await enter(course, 'EXECUTED', `the act failed, yet ${way.to} is live (${found.live.detail}): ${because}`);
    return prove(course, way, because);
  }
  const seen = 'live' in found ? found.live.detail : found.problem;
  return end(course, { state: 'FAILED', reason: 'undo_failed', because: `${because}; ${seen}` });
};
