// The verdict on a budget: arithmetic alone, so that one look settles it.
import { type Chart, type History, judged, seenOf, type Verdict } from '../../kit/index.ts';
import { fitOf, type Seen } from './budget.ts';
import type { Spec } from './spec.ts';
import { fullText, remedyText, roomText, sumText } from './words.ts';

/** Pure. The numbers of the last look; of others that were observed, the most that were ever seen. */
export const judge = (history: History<Seen>, spec: Spec): Verdict => {
  const looks = seenOf(judged(history));
  const last = looks.at(-1);
  const seen = last && { ...last, ...mostOthers([...seenOf(history.baseline.samples), ...looks]) };
  const fit = seen && fitOf(seen, spec.headroom);
  if (!seen || !fit)
    return { outcome: 'inconclusive', settled: false, reason: 'no_samples', because: 'nothing has been looked at yet' };
  const number = { value: fit.needed, limit: fit.allowed, unit: 'connections' };
  const sum = sumText(seen, fit, spec);
  if (fit.needed <= fit.allowed) {
    const because = `the budget fits: ${sum}${roomText(seen, fit)}`;
    return { outcome: 'pass', settled: true, reason: 'ok', because, ...number };
  }
  const now = seen.inUse === undefined ? '' : `${seen.inUse} connections are in use now, but `;
  return {
    outcome: 'fail',
    settled: true,
    // Nothing is broken yet, and going back is a roll-out, too.
    asks: 'block',
    reason: fit.needed > fit.bound.limit ? 'over_limit' : 'over_headroom',
    because: `${now}the budget does not fit: ${sum}${fullText(seen, fit)}`,
    next: remedyText(seen, fit),
    ...number,
  };
};

const mostOthers = (looks: readonly Seen[]): Pick<Seen, 'others' | 'hidden'> | undefined =>
  [...looks]
    .sort((a, b) => b.others - a.others)
    .map(({ others, hidden }) => ({ others, ...(hidden === undefined ? {} : { hidden }) }))[0];

/** Connections in use against what the budget needs, where the server was asked. */
export const charts = ({ samples }: History<Seen>, spec: Spec): Chart[] => {
  const points = samples.flatMap((sample) =>
    'seen' in sample && sample.seen.inUse !== undefined ? [{ at: sample.at, value: sample.seen.inUse }] : [],
  );
  const last = seenOf(samples).at(-1);
  const fit = last && fitOf(last, spec.headroom);
  if (!fit || points.length === 0) return [];
  const limit = fit.bound.limit;
  return [{ title: 'connections in use', unit: 'connections', limit, series: [{ name: 'in use', points }] }];
};
