// Timings that could never end green, found before anything runs.
import { type CheckPlan, duration, type RollbackPlan, type Timings } from '../kit/index.ts';
import type { Path } from './tree.ts';

/** What cannot work, and the key to change. */
export interface TimingProblem {
  path: Path;
  text: string;
}

type Hold = Timings['hold'];

const holdProblems = ({ warmup, for: green, every, failAfter, deadline }: Hold): TimingProblem[] => {
  const problems: TimingProblem[] = [];
  if (warmup + green > deadline) {
    const sum = `warmup ${duration(warmup)} + for ${duration(green)} is longer than deadline ${duration(deadline)}`;
    problems.push({ path: ['hold', 'deadline'], text: `can never end green: ${sum}` });
  }
  if (failAfter * every > green) {
    const text = `can never end green: ${samples(failAfter, every)}, longer than for ${duration(green)}`;
    problems.push({ path: ['hold', 'for'], text });
  }
  return problems;
};

const samples = (failAfter: number, every: number): string =>
  `${failAfter} samples, one each ${duration(every)}, take ${duration(failAfter * every)}`;

/** A check that needs time before it can pass at all, and then has to stay green. */
const slowProblems = (
  { id, kind, spec, every }: CheckPlan,
  { warmup, for: green, deadline }: Hold,
): TimingProblem[] => {
  const least = spec === undefined ? undefined : kind.leastTime?.(spec, every);
  if (least === undefined || warmup + least.time + green <= deadline) return [];
  const sum = `warmup ${duration(warmup)} + ${duration(least.time)} (${least.because}) + for ${duration(green)}`;
  return [
    { path: ['checks', id], text: `can never end green: ${sum} is longer than hold.deadline ${duration(deadline)}` },
  ];
};

const checkProblems = (check: CheckPlan, hold: Hold): TimingProblem[] => {
  const { id, every, failAfter } = check;
  const slow = slowProblems(check, hold);
  const own = every !== hold.every || failAfter !== hold.failAfter;
  const limit = Math.min(hold.for, hold.deadline);
  if (!own || failAfter * every <= limit) return slow;
  const text = `can never end green: ${samples(failAfter, every)}, longer than hold.for ${duration(hold.for)}`;
  return [{ path: ['checks', id, 'every'], text }, ...slow];
};

const verifyProblems = (plan: RollbackPlan, checks: readonly CheckPlan[], { warmup }: Hold): TimingProblem[] => {
  const { verify, deadline } = plan;
  const path = ['rollback', 'verify', 'deadline'];
  const needed = warmup + verify.for;
  const slow = checks.filter(({ every, failAfter }) => warmup + failAfter * every > verify.deadline);
  const sum = `hold.warmup ${duration(warmup)} + verify.for ${duration(verify.for)}`;
  const tooShort = (what: string, limit: number): TimingProblem[] =>
    needed > limit ? [{ path, text: `can never be verified: ${sum} is longer than ${what} ${duration(limit)}` }] : [];
  return [
    ...tooShort('verify.deadline', verify.deadline),
    ...tooShort('rollback.deadline', deadline),
    ...slow.map(({ id, every, failAfter }) => ({
      path,
      text: `can never be verified: hold.warmup ${duration(warmup)} and then ${samples(failAfter, every)} (${id}), longer than ${duration(verify.deadline)}`,
    })),
  ];
};

/** Every timing that rules out a green end. `hold: once` waits for nothing. */
export const timingProblems = (
  { hold }: Timings,
  checks: readonly CheckPlan[],
  rollback: RollbackPlan | undefined,
): TimingProblem[] => [
  ...(hold.for === 0 ? [] : [...holdProblems(hold), ...checks.flatMap((check) => checkProblems(check, hold))]),
  ...(rollback ? verifyProblems(rollback, checks, hold) : []),
];
