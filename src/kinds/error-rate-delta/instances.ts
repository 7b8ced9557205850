// Which process is worse than the others, so that one bad instance behind a balancer is named.
import { count, percent } from '../../kit/index.ts';
import type { Seen, Tally } from './count.ts';

/** Fewer errors say nothing about one process. */
const fewestErrors = 3;
/** The worst one must fail this many times as often as the rest. */
const clearly = 2;

const rate = ({ requests, errors }: Tally): number => (requests > 0 ? errors / requests : 0);

const add = (one: Tally, other: Tally): Tally => ({
  requests: one.requests + other.requests,
  errors: one.errors + other.errors,
});

const none: Tally = { requests: 0, errors: 0 };

/** The instance whose rate is above `limit` and clearly above that of all others together; undefined when there is none. */
export const worstInstance = (
  units: readonly Extract<Seen, { state: 'counted' }>[],
  limit: number,
): { name: string; text: string } | undefined => {
  const tallies = new Map<string, Tally>();
  for (const { instances = {} } of units)
    for (const [name, tally] of Object.entries(instances)) tallies.set(name, add(tallies.get(name) ?? none, tally));
  if (tallies.size < 2) return undefined;
  const [worst, ...others] = [...tallies].sort(([, a], [, b]) => rate(b) - rate(a));
  if (!worst) return undefined;
  const [name, tally] = worst;
  const rest = others.reduce((sum, [, other]) => add(sum, other), none);
  if (tally.errors < fewestErrors || rate(tally) <= limit || rate(tally) < clearly * rate(rest)) return undefined;
  const text = `instance ${name} alone ${count(tally.errors)} of ${count(tally.requests)} (${percent(rate(tally))}), the others ${percent(rate(rest))}`;
  return { name, text };
};
