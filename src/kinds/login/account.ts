// How often an account may be refused in a run before it is left in peace.
import type { Phase } from '../../kit/samples.ts';
import type { LoginSeen, StepSeen } from './seen.ts';

/**
 * Five wrong passwords in a row lock an account in common products, whatever the phases of a run: two are left to what
 * comes before the judging, four in all to the hold (the rest of its looks count as refused), and one more proves a
 * rollback.
 */
export const mostRefusals = (phase: Phase): number => {
  switch (phase) {
    case 'baseline':
    case 'deploy':
    case 'rollout':
    case 'warmup':
      return 2;
    case 'hold':
    case 'stimulus':
    case 'last':
      return 4;
    case 'verify':
      return 5;
  }
  return phase satisfies never;
};

/** What stands for a look in which the account was left in peace. */
export const notTried = (refusals: number): StepSeen => ({
  name: 'sign in',
  role: 'login',
  outcome: 'refused',
  status: null,
  ms: 0,
  trail: 'not tried again',
  note: `the account was refused ${refusals} times in a row; more could lock it`,
  reason: '',
});

const isRefused = ({ steps }: LoginSeen): boolean =>
  steps.some(({ role, outcome }) => role === 'login' && outcome === 'refused');

const sentWrong = ({ steps }: LoginSeen): boolean => steps.some(({ name }) => name === 'a wrong password');

/** Refusals in a row after this look: the wrong password of ours counts as well, until the right one is taken. */
export const refusalsAfter = (seen: LoginSeen, earlier: number): number => {
  if (!isRefused(seen)) return 0;
  return earlier + (sentWrong(seen) ? 2 : 1);
};
