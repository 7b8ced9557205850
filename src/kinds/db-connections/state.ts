// How the servers stand now, in words: what a pass says, and what hidden rows leave open.
import { byGroup, type Fault, lastSeen, type Sample, type Verdict } from '../../kit/index.ts';
import { fillingIn, fillingText } from './filling.ts';
import { unnamedText } from './holders.ts';
import { limitOf, type Use, usesOf, useText } from './limits.ts';
import { churnBetween, churnText, idleText } from './pressure.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';
import { wordsFor } from './words.ts';

type Samples = readonly Sample<Seen>[];

interface Standing {
  group: string;
  samples: Samples;
  seen: Seen;
  use: Use;
}

/** The last counted look at each server with its worst limit; the server that is fullest comes first. */
const standings = (samples: Samples, spec: Spec): Standing[] =>
  [...byGroup(samples)]
    .flatMap(([group, own]): Standing[] => {
      const seen = lastSeen(own);
      return seen?.slots ? [{ group, samples: own, seen, use: usesOf(seen.slots, spec, 'atMost')[0] }] : [];
    })
    .sort((a, b) => b.use.used / b.use.limit - a.use.used / a.use.limit);

const named = (group: string, text: string): string => (group === '' ? text : `${group}: ${text}`);

/** The sentence of a pass, about the server that is fullest. */
export const goodText = (samples: Samples, spec: Spec): Omit<Fault, 'reason'> => {
  const [worst] = standings(samples, spec);
  if (!worst) return { because: 'nothing could be counted' };
  const { group, use } = worst;
  const limit = limitOf({ ...use, level: 'rollback', fewFree: false }, spec);
  const hidden = use.hidden > 0 ? ` (at most: ${use.hidden} of them are hidden from the probe's role)` : '';
  const fact = `${useText(use, spec)} (${limit.text})${hidden}`;
  return {
    because: named(group, [fact, ...asides(worst, spec)].filter(Boolean).join('; ')),
    value: use.used,
    limit: limit.count,
    unit: 'connections',
  };
};

/** What is worth knowing although it is within the limits. */
const asides = ({ samples, seen }: Standing, spec: Spec): string[] => {
  const filling = fillingIn(samples, spec);
  const first = samples.find((sample) => 'seen' in sample && sample.seen.pressure);
  const churn = churnBetween(first && 'seen' in first ? first.seen : undefined, seen);
  return [
    seen.slots?.standby ? 'the server is a standby' : '',
    unnamedText(seen),
    filling === undefined ? '' : fillingText(filling),
    idleText(seen, spec),
    churn === undefined || churn < 0.05 ? '' : churnText(churn),
  ];
};

/** Hidden rows may be parallel workers, so that over a limit with them is neither good nor proven bad. */
export const hiddenVerdict = (samples: Samples, spec: Spec): Verdict | undefined => {
  const found = standings(samples, spec).find(({ use }) => use.hidden > 0 && use.level !== 'none');
  if (!found) return undefined;
  const { group, use, seen } = found;
  const { hidden } = wordsFor(seen);
  const limit = limitOf(use, spec);
  const text = `at most ${useText(use, spec)} (${limit.text}), but ${use.hidden} of them are hidden from the probe's role`;
  return {
    outcome: 'inconclusive',
    settled: false,
    reason: hidden.reason,
    because: named(group, text),
    next: hidden.next,
    value: use.used,
    limit: limit.count,
    unit: 'connections',
  };
};
