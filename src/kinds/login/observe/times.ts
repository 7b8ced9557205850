// The times of logins over a hold: percentiles of the whole and of each step, and which of them is over its budget.
import type { Part } from '../../../kit/samples.ts';
import { duration, plural } from '../../../kit/text.ts';
import type { LoginSeen, StepSeen } from '../seen.ts';

/** Milliseconds that the parts of a login may take. */
export interface Budgets {
  login?: number | undefined;
  step?: number | undefined;
  total?: number | undefined;
}

/** The nearest-rank quantile of times; undefined without any. `share`: 0 to 1. */
export const quantile = (times: readonly number[], share: number): number | undefined => {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
};

/** What took longer than it may, as it stands in a sentence. */
export interface SlowPart {
  what: string;
  ms: number;
  limit: number;
  /** The step that took most of it; empty where none did. */
  most: string;
}

const isTimed = ({ role }: StepSeen): boolean => role !== 'negative';

/** `: most of it was its step "sign in", 2.1 s`, where one step took half or more. */
const mostOf = (steps: readonly StepSeen[], all: number): string => {
  const longest = steps.filter(isTimed).toSorted((a, b) => b.ms - a.ms)[0];
  if (!longest || longest.ms < all / 2) return '';
  return `: most of it was its step "${longest.name}", ${duration(longest.ms)}`;
};

/** The first budget that one login is over: the login, then each step, then all of it. */
export const overBudget = ({ steps, ms, total }: LoginSeen, budgets: Budgets): SlowPart | undefined => {
  const { login, step: each, total: all } = budgets;
  if (login !== undefined && ms > login) return { what: '', ms, limit: login, most: mostOf(steps, ms) };
  for (const { name, ms: took, budget = each } of steps.filter(isTimed))
    if (budget !== undefined && took > budget)
      return { what: `its step "${name}" `, ms: took, limit: budget, most: '' };
  if (all !== undefined && total !== undefined && total > all)
    return { what: 'with its logout ', ms: total, limit: all, most: mostOf(steps, total) };
  return undefined;
};

/** Percentiles of fewer logins say nothing that the last one does not. */
const fewest = 5;

/** `p50 120 ms, p95 180 ms of 12 logins`; empty for a few. */
export const spread = (times: readonly number[]): string => {
  const [middle, high] = [quantile(times, 0.5), quantile(times, 0.95)];
  if (times.length < fewest || middle === undefined || high === undefined) return '';
  return `p50 ${duration(middle)}, p95 ${duration(high)} of ${plural(times.length, 'login')}`;
};

/** The times of the logins that were granted. */
export const loginTimes = (all: readonly LoginSeen[]): number[] =>
  all.filter(({ steps }) => steps.every((step) => !isTimed(step) || step.outcome === 'granted')).map(({ ms }) => ms);

/** The times of one step, by its name and its place among steps of that name. */
export const stepTimes = (all: readonly LoginSeen[], wanted: string): number[] =>
  all.flatMap(({ steps }) => {
    const own = steps.filter((step) => isTimed(step) && step.name === wanted && step.outcome === 'granted');
    return own.length === 0 ? [] : [own.reduce((sum, { ms }) => sum + ms, 0)];
  });

/** The part of a step with its percentiles over all looks. */
export const withSpread = (part: Part, all: readonly LoginSeen[]): Part => {
  const text = spread(stepTimes(all, part.name));
  return text === '' ? part : { ...part, because: `${part.because}; ${text}` };
};
