// The words of `latency-delta`: the bounds that requests are held against.
import type { Bound } from './bounds.ts';

/** `250 ms`, `2.5 s`, `0.4 ms`: an edge is never rounded away. */
export const edgeText = (ms: number): string =>
  ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;

/** `250 ms (the edge of the histogram at the p95 before the deploy)`. */
export const boundText = ({ name, ms, share, beyond, widened }: Bound): string => {
  if (share === undefined) return edgeText(ms);
  if (widened)
    return `${edgeText(ms)} (the next edge above the ${name} before the deploy, because the buckets became wider)`;
  return beyond
    ? `${edgeText(ms)} (the last edge of the histogram, the ${name} before the deploy lies beyond)`
    : `${edgeText(ms)} (the edge of the histogram at the ${name} before the deploy)`;
};

/** Above the limit at a bound that was chosen anew. */
export const widenedText = (because: string): string =>
  `${because}; but the buckets became wider meanwhile, so the bound was not fixed before and this is no proof`;

/** The bound cuts buckets, before the deploy or after it, so that what is slower cannot be counted. */
export const cutText = ({ name, ms }: Bound, around: string, when: string): string =>
  `${edgeText(ms)}${name === 'slowerThan' ? '' : `, the edge at the ${name} before the deploy,`} is no edge of the histogram ${when}: it lies within ${around}`;
