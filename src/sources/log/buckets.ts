// The histogram of a numeric field: buckets whose edges have two significant digits, so that slower lines can be counted.

/** Non-positive values share one bucket. */
const nothing = { gt: '-1', le: '0' };

/** Values that stand on an edge belong below it, whatever the arithmetic of binary fractions says. */
const tolerance = 1e-9;

/** The bucket (gt, le] of a value: 0.1234 lies in (0.12, 0.13], 99.5 in (99, 100], 1 in (0.99, 1]. */
export const bucketOf = (value: number): { gt: string; le: string } => {
  if (value <= 0) return nothing;
  let exponent = Math.floor(Math.log10(value)) - 1;
  let step = Math.ceil(value / 10 ** exponent - tolerance);
  if (step <= 10) {
    // The beginning of a decade is the end of the one below, whose buckets are finer.
    exponent -= 1;
    step = 100;
  }
  const edge = (steps: number): string => String(Number((steps * 10 ** exponent).toPrecision(3)));
  return { gt: edge(step - 1), le: edge(step) };
};

/** The number that a field holds; undefined for texts, lists of numbers and nothing. */
export const numberOf = (text: string | undefined): number | undefined => {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
};
