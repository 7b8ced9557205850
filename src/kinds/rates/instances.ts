// Which process is worse than the others, so that one bad instance behind a balancer is named.
import { count, percent } from '../../kit/index.ts';
import { type Tally, total } from '../../stats/tally.ts';
import { rateOf } from './words.ts';

/** Fewer bad requests say nothing about one process. */
const fewestErrors = 3;
/** The worst one must be bad this many times as often as the rest. */
const clearly = 2;

/** The instance whose rate is above `limit` and clearly above that of all others together; undefined when there is none. */
export const worstInstance = (
  units: readonly Readonly<Record<string, Tally>>[],
  limit: number,
): { name: string; text: string } | undefined => {
  const tallies = new Map<string, Tally>();
  for (const unit of units)
    for (const [name, tally] of Object.entries(unit)) {
      // Processes of the control group, and those that nobody asks, are no others to compare with.
      if (tally.requests === 0) continue;
      const sum = tallies.get(name);
      tallies.set(name, sum ? total([sum, tally]) : tally);
    }
  if (tallies.size < 2) return undefined;
  const [worst, ...others] = [...tallies].sort(([, a], [, b]) => rateOf(b) - rateOf(a));
  if (!worst) return undefined;
  const [name, tally] = worst;
  const rest = rateOf(total(others.map(([, other]) => other)));
  if (tally.errors < fewestErrors || rateOf(tally) <= limit || rateOf(tally) < clearly * rest) return undefined;
  const text = `instance ${name} alone ${count(tally.errors)} of ${count(tally.requests)} (${percent(rateOf(tally))}), the others ${percent(rest)}`;
  return { name, text };
};
