// A bounded burst of logins: the concurrency rises one by one, every session is signed out, and the first login that is
// not granted ends it.
import { messageOf } from '../../../kit/errors.ts';
import { isGranted, setOut, signIn, signOut, type Stage } from '../attempt.ts';
import { quantile } from '../observe/times.ts';
import type { BurstSeen, StepOutcome, StepSeen } from '../seen.ts';
import type { BurstKeys } from './burst-keys.ts';

/** What became of one login of a burst. */
interface OneLogin {
  outcome: StepOutcome;
  /** Milliseconds from the first request to the granted page. */
  ms: number;
  /** The step that was not granted. */
  failed?: StepSeen;
}

/** Nobody waits for one worker while another fails: what cannot be looked at counts as broken, and ends the burst. */
const loginSafely = async (stage: Stage): Promise<OneLogin> => {
  try {
    return await loginOnce(stage);
  } catch (error) {
    const note = messageOf(error);
    const step = { name: 'sign in', role: 'login', status: null, ms: 0, trail: '', reason: '' } as const;
    return { outcome: 'broken', ms: 0, failed: { ...step, outcome: 'broken', note } };
  }
};

const loginOnce = async (stage: Stage): Promise<OneLogin> => {
  const walk = await setOut(stage, stage.spec.account.password);
  const started = stage.clock.monotonic();
  const steps = await signIn(stage, walk);
  const ms = Math.round(stage.clock.monotonic() - started);
  const failed = steps.find((step) => !isGranted(step));
  if (steps.at(-1)?.role === 'probe') await signOut(stage, walk);
  return failed ? { outcome: failed.outcome, ms, failed } : { outcome: 'granted', ms };
};

const firstFailure = (logins: readonly OneLogin[]): BurstSeen['failure'] => {
  const failed = logins.find((one) => one.failed)?.failed;
  return failed && { outcome: failed.outcome, step: failed.name, trail: failed.trail, note: failed.note };
};

/** How a burst goes on: shared by its workers. */
interface Course {
  begun: number;
  done: OneLogin[];
  atOnce: number;
  highest: number;
}

const mayBegin = ({ begun, done }: Course, { logins }: BurstKeys, signal: AbortSignal): boolean =>
  begun < logins && !signal.aborted && done.every(({ outcome }) => outcome === 'granted');

/** One login after the other; each that ends well lets one more worker begin, up to the concurrency. */
const work = async (course: Course, keys: BurstKeys, stages: readonly Stage[]): Promise<void> => {
  const more: Promise<void>[] = [];
  for (let stage = stages[0]; stage && mayBegin(course, keys, stage.around.signal); ) {
    stage = stages[course.begun % stages.length] ?? stage;
    course.begun += 1;
    course.atOnce += 1;
    course.highest = Math.max(course.highest, course.atOnce);
    course.done.push(await loginSafely(stage));
    course.atOnce -= 1;
    if (course.atOnce + 1 < keys.concurrency) more.push(work(course, keys, stages));
  }
  await Promise.all(more);
};

/** Milliseconds; nothing where no login was granted. */
const timesOf = (times: readonly number[]): Pick<BurstSeen, 'mean' | 'p50' | 'p95'> =>
  times.length === 0
    ? {}
    : {
        mean: Math.round(times.reduce((sum, ms) => sum + ms, 0) / times.length),
        p50: quantile(times, 0.5) ?? 0,
        p95: quantile(times, 0.95) ?? 0,
      };

/** Carries a burst out at the places of a check. `check`: its id. */
export const burst = async (check: string, keys: BurstKeys, stages: readonly Stage[]): Promise<BurstSeen> => {
  const course: Course = { begun: 0, done: [], atOnce: 0, highest: 0 };
  const started = stages[0]?.clock.monotonic() ?? 0;
  await work(course, keys, stages);
  const times = course.done.filter(({ outcome }) => outcome === 'granted').map(({ ms }) => ms);
  const failure = firstFailure(course.done);
  return {
    check,
    asked: keys.logins,
    done: course.done.length,
    granted: times.length,
    concurrency: course.highest,
    ms: Math.round((stages[0]?.clock.monotonic() ?? 0) - started),
    ...timesOf(times),
    ...(failure ? { failure } : {}),
  };
};
