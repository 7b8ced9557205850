// How far a burst has come: who may begin another login and when, and what ended it.
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../../kit/io.ts';
import { duration } from '../../../kit/text.ts';
import type { StepSeen } from '../seen.ts';
import type { BurstKeys } from './burst-keys.ts';

/** What became of one login of a burst; `left`: it was given up before the password was sent. */
export interface OneLogin {
  outcome: StepSeen['outcome'] | 'left';
  /** Milliseconds from the first request to the granted page. */
  ms: number;
  /** The step that was not granted. */
  failed?: StepSeen;
  /** It took longer than it may. */
  late?: boolean;
  /** Tells the account of it. */
  tell?: () => void;
}

/** A burst under way. */
export interface Course {
  keys: BurstKeys;
  /** Logins that came to their end, in that order. */
  done: OneLogin[];
  /** The most that were under way at once. */
  highest: number;
  /** Aborts when no login may begin any more. */
  over: AbortSignal;
  /** What another check said that began to fail. */
  harm(): string | undefined;
  /** Why it ended before all logins were made, as half a sentence, where no login is the reason. */
  ended(): string | undefined;
  /** Waits for a turn to begin a login; false when there is none. Call `leave` with what became of it. */
  enter(): Promise<boolean>;
  leave(login: OneLogin): void;
}

/** The first refusal or throttle counts against the account; errors may be several where the check says so. */
const isEnough = (done: readonly OneLogin[], { stopOn }: BurstKeys): boolean =>
  done.some(({ outcome }) => outcome === 'refused' || outcome === 'throttled') ||
  done.filter(({ outcome }) => outcome === 'broken').length >= stopOn.broken;

/** Opens it. `signal`: of the look; `harm`: aborts with a sentence when another check begins to fail. */
export const openCourse = (
  keys: BurstKeys,
  { clock, signal, harm }: { clock: Clock; signal: AbortSignal; harm: AbortSignal | undefined },
): Course => {
  const own = new AbortController();
  const over = AbortSignal.any([own.signal, signal, ...(harm ? [harm] : [])]);
  // Each user and each request under way listens: beyond ten Node would print a warning of a leak into the report.
  setMaxListeners(0, over, signal);
  const last = clock.monotonic() + keys.within;
  let [begun, under, next] = [0, 0, 0];

  const isLate = (): boolean => clock.monotonic() >= last;
  const mayBegin = (): boolean => begun < keys.total && !over.aborted && !isLate();

  const course: Course = {
    keys,
    done: [],
    highest: 0,
    over,
    harm: () => (harm?.aborted ? String(harm.reason) : undefined),
    ended: () => (begun < keys.total && isLate() ? `${duration(keys.within)} were over` : undefined),
    async enter() {
      if (!mayBegin()) return false;
      begun += 1;
      const at = Math.max(next, clock.monotonic());
      next = at + 1000 / keys.rate;
      await clock.sleep(at - clock.monotonic(), over);
      if (over.aborted || isLate()) {
        begun -= 1;
        return false;
      }
      under += 1;
      course.highest = Math.max(course.highest, under);
      return true;
    },
    leave(login) {
      under -= 1;
      if (login.outcome !== 'left') course.done.push(login);
      if (isEnough(course.done, keys)) own.abort('enough');
    },
  };
  return course;
};
