// A bounded burst of logins: the first goes alone, then the users begin one after the other; every session is signed
// out, and the first sign of harm ends it.
import { messageOf } from '../../../kit/errors.ts';
import { isGranted, setOut, signIn, signOut, type Stage } from '../attempt.ts';
import { quantile } from '../observe/times.ts';
import type { BurstSeen, LoginSeen, StepSeen } from '../seen.ts';
import type { BurstKeys } from './burst-keys.ts';
import { type Course, type OneLogin, openCourse } from './course.ts';

/** What a burst is made of. */
export interface Load {
  /** Id of the check. */
  check: string;
  keys: BurstKeys;
  signal: AbortSignal;
  /** Aborts when another check begins to fail. */
  harm: AbortSignal | undefined;
  clock: Stage['clock'];
  /** The place of the n-th login, for one that may take until `until` (monotonic milliseconds) once it is signed in. */
  stage(n: number, limit: { until: number }): Stage;
  /** Told of the n-th login, for what the account was refused. */
  told(seen: LoginSeen, n: number): void;
}

/** A step that could not even be looked at. */
const unseen = (note: string): StepSeen => ({
  name: 'sign in',
  role: 'login',
  outcome: 'broken',
  status: null,
  ms: 0,
  trail: '',
  note,
  reason: '',
});

/** Signing out is no part of the login: it may take as long again. */
const loginOnce = async (load: Load, n: number, over: AbortSignal): Promise<OneLogin> => {
  const { clock, keys } = load;
  const limit = { until: clock.monotonic() + keys.stopOn.slower };
  const stage = load.stage(n, limit);
  const walk = await setOut(stage, stage.spec.account.password);
  walk.over = over;
  const started = clock.monotonic();
  const steps = await signIn(stage, walk);
  const ms = Math.round(clock.monotonic() - started);
  const late = clock.monotonic() >= limit.until;
  limit.until = clock.monotonic() + keys.stopOn.slower;
  if (steps.at(-1)?.role === 'probe') await signOut(stage, walk);
  const failed = steps.find((step) => !isGranted(step));
  if (!failed && steps.at(-1)?.role !== 'probe') return { outcome: 'left', ms };
  const tell = (): void => load.told({ steps, ms }, n);
  return failed ? { outcome: failed.outcome, ms, failed, late, tell } : { outcome: 'granted', ms, tell };
};

/** Nobody waits for one user while another fails: what cannot be looked at counts as broken. */
const loginSafely = (load: Load, n: number, over: AbortSignal): Promise<OneLogin> =>
  loginOnce(load, n, over).catch((error: unknown) => ({
    outcome: 'broken' as const,
    ms: 0,
    failed: unseen(messageOf(error)),
  }));

/** One more login, if there is a turn for it. */
const next = async (load: Load, course: Course, numbers: { n: number }): Promise<boolean> => {
  if (!(await course.enter())) return false;
  course.leave(await loginSafely(load, numbers.n++, course.over));
  return true;
};

const user = async (load: Load, course: Course, numbers: { n: number }, wait: number): Promise<void> => {
  await load.clock.sleep(wait, course.over);
  while (await next(load, course, numbers));
};

const firstFailure = (course: Course): Pick<BurstSeen, 'failure'> => {
  const { failed, late } = course.done.find((one) => one.failed) ?? {};
  if (!failed) return {};
  const { outcome, name, trail, note, evidence } = failed;
  return {
    failure: { outcome, step: name, trail, note, ...(late ? { late } : {}), ...(evidence ? { evidence } : {}) },
  };
};

/** Milliseconds; nothing where no login was granted. */
const timesOf = (times: readonly number[]): Pick<BurstSeen, 'mean' | 'p50' | 'p95' | 'p99'> =>
  times.length === 0
    ? {}
    : {
        mean: Math.round(times.reduce((sum, ms) => sum + ms, 0) / times.length),
        p50: quantile(times, 0.5) ?? 0,
        p95: quantile(times, 0.95) ?? 0,
        p99: quantile(times, 0.99) ?? 0,
      };

const endOf = (course: Course): Pick<BurstSeen, 'ended' | 'harm'> => {
  const [ended, harm] = [course.ended(), course.harm()];
  return { ...(ended === undefined ? {} : { ended }), ...(harm === undefined ? {} : { harm }) };
};

/** Carries a burst out. */
export const burst = async (load: Load): Promise<BurstSeen> => {
  const { check, keys, clock } = load;
  const course = openCourse(keys, load);
  const numbers = { n: 0 };
  const started = clock.monotonic();
  await next(load, course, numbers);
  const waits = Array.from({ length: keys.users }, (_, place) => (place * keys.rampUp) / keys.users);
  await Promise.all(waits.map((wait) => user(load, course, numbers, wait)));
  // Those that were refused last: a login that was under way beside them and came through takes nothing back.
  for (const { tell } of course.done.toSorted((a, b) => Number(Boolean(a.failed)) - Number(Boolean(b.failed))))
    tell?.();
  const times = course.done.filter(({ outcome }) => outcome === 'granted').map(({ ms }) => ms);
  return {
    check,
    total: keys.total,
    done: course.done.length,
    granted: times.length,
    atOnce: course.highest,
    ms: Math.round(clock.monotonic() - started),
    ...timesOf(times),
    ...endOf(course),
    ...firstFailure(course),
  };
};
