// Long series in few points, so that a page stays small and no extreme is lost.

/**
 * Which of `values` to draw when at most about `most` may be: the first, the last, and the lowest and the highest of each
 * stretch, in order. All of them when they are few.
 */
export const thin = (values: readonly number[], most: number): number[] => {
  const all = values.map((_, index) => index);
  if (values.length <= most) return all;
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const length = values.length / stretches;
  const kept = new Set([0, values.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const within = all.slice(Math.floor(stretch * length), Math.floor((stretch + 1) * length));
    for (const index of extremesOf(within, values)) kept.add(index);
  }
  return [...kept].sort((a, b) => a - b);
};

const extremesOf = (within: readonly number[], values: readonly number[]): number[] => {
  const value = (index: number): number => values[index] ?? 0;
  const [first = 0] = within;
  const lowest = within.reduce((best, index) => (value(index) < value(best) ? index : best), first);
  const highest = within.reduce((best, index) => (value(index) > value(best) ? index : best), first);
  return [lowest, highest];
};

/** The first and the last rows of a table that may have at most `most`, and how many are left out between them. */
export const ends = <T>(rows: readonly T[], most: number): { first: T[]; last: T[]; left: number } => {
  if (rows.length <= most) return { first: [...rows], last: [], left: 0 };
  const head = Math.floor(most / 3);
  return { first: rows.slice(0, head), last: rows.slice(head - most), left: rows.length - most };
};
