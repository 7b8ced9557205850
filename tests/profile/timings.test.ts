// Timings that could never end green, for checks that need time before they can pass.
import { expect, it } from 'vitest';
import * as z from 'zod';
import type { CheckPlan, Timings } from '../../src/kit/index.ts';
import { timingProblems } from '../../src/profile/timings.ts';
import { kind } from './parts.ts';

const timings = (deadline: number): Timings => ({
  baseline: 15_000,
  rollout: 60_000,
  hold: { warmup: 10_000, for: 60_000, every: 5000, failAfter: 3, errorGrace: 15_000, deadline },
});

const check = (time: number): CheckPlan => ({
  id: 'rate',
  kind: kind('rate', z.unknown(), { leastTime: () => ({ time, because: 'require: proof needs 24 units of 5 s' }) }),
  spec: {},
  title: 'rate',
  every: 5000,
  timeout: 5000,
  failAfter: 3,
  errorGrace: 15_000,
  onFail: 'rollback',
  onInconclusive: 'block',
  onError: 'block',
  coveredBy: [],
  sufficientAlone: true,
});

it('a check that cannot pass early enough is refused with the sum', () => {
  expect(timingProblems(timings(180_000), [check(120_000)], undefined)).toEqual([
    {
      path: ['checks', 'rate'],
      text: 'can never end green: warmup 10 s + 2 min (require: proof needs 24 units of 5 s) + for 60 s is longer than hold.deadline 3 min',
    },
  ]);
});

it('one that can is not, nor one whose settings are not known yet', () => {
  expect(timingProblems(timings(190_000), [check(120_000)], undefined)).toEqual([]);
  expect(timingProblems(timings(180_000), [{ ...check(120_000), spec: undefined }], undefined)).toEqual([]);
});
