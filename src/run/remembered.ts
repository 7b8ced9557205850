// A source's history that is read once, a day at a time, and then handed out in windows: a replay asks for thousands of them.
import type { Json, Sample, Span } from '../kit/index.ts';
import type { Past } from './derive.ts';

/** Milliseconds of history that are read at once, about. */
const usualChunk = 24 * 3_600_000;

/** Asks `past` for each stretch once. `until`: epoch milliseconds where the history ends. */
export const remembered = (past: Past, until: number): Past => {
  const chunks = new Map<string, Promise<Sample<Json>[]>>();
  const chunkAt = (from: number, length: number, unit: number): Promise<Sample<Json>[]> => {
    const key = `${unit} ${from}`;
    const known = chunks.get(key);
    if (known) return known;
    const to = Math.min(until, from + length);
    const read = from < to ? past({ from, to }, unit) : Promise.resolve([]);
    chunks.set(key, read);
    return read;
  };
  return async (span, unit) => {
    const length = Math.max(1, Math.floor(usualChunk / unit)) * unit;
    const found: Sample<Json>[] = [];
    for (let from = Math.floor(span.from / length) * length; from < span.to; from += length)
      found.push(...within(await chunkAt(from, length, unit), span));
    return found;
  };
};

/** Samples after `from`, up to `to`; found by halving. */
const within = (samples: readonly Sample<Json>[], { from, to }: Span): Sample<Json>[] =>
  samples.slice(countUpTo(samples, from), countUpTo(samples, to));

const countUpTo = (samples: readonly Sample<Json>[], at: number): number => {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
};
