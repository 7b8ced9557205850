// Numerics that several formulas need: sums of logarithms and two root searches.

/** ln(sum of e^x) without overflow. Terms of -Infinity count as 0; of nothing but them it is -Infinity. */
export function logSumExp(logs: readonly number[]): number {
  const top = Math.max(...logs);
  if (top === Number.NEGATIVE_INFINITY) return top;
  return top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0));
}

/**
 * The border between where `holds` is true (from `low` on) and where it is false (up to `high`), to the last bit.
 * Neither end is evaluated; returns the last value on the true side, and the value next to it on the false side.
 */
export function bisect(holds: (at: number) => boolean, low: number, high: number): { inside: number; outside: number } {
  let inside = low;
  let outside = high;
  for (;;) {
    const middle = inside + (outside - inside) / 2;
    if (middle === inside || middle === outside) return { inside, outside };
    if (holds(middle)) inside = middle;
    else outside = middle;
  }
}

/**
 * The border as in `bisect` for a `value` that falls from >= 0 at `low` to < 0 at `high`, within `width`; returns the side that is >= 0.
 * For expensive functions: inverse quadratic steps where the last three points allow them, else bisection (Chandrupatla, "A new hybrid
 * quadratic/bisection algorithm for finding the zero of a nonlinear function", Advances in Engineering Software 28, 1997); a jump cannot stall it.
 */
export function decreasingRoot(value: (at: number) => number, low: number, high: number, width: number): number {
  const look = (at: number): Point => ({ at, value: value(at) });
  let newest = look(high);
  let across = look(low);
  let share = 0.5;
  while (Math.abs(across.at - newest.at) > width) {
    const next = look(newest.at + share * (across.at - newest.at));
    const sameSide = next.value < 0 === newest.value < 0;
    const spare = sameSide ? newest : across;
    if (!sameSide) across = newest;
    newest = next;
    const least = Math.min(0.5, width / 2 / Math.abs(across.at - newest.at));
    share = Math.min(Math.max(quadraticShare(newest, across, spare), least), 1 - least);
  }
  return newest.value >= 0 ? newest.at : across.at;
}

interface Point {
  at: number;
  value: number;
}

/** Where between `a` (0) and `b` (1) the parabola through three points crosses 0; 0.5 where it is no good guide. */
function quadraticShare(a: Point, b: Point, c: Point): number {
  const xi = (a.at - b.at) / (c.at - b.at);
  const phi = (a.value - b.value) / (c.value - b.value);
  if (!(phi ** 2 < xi && (1 - phi) ** 2 < 1 - xi)) return 0.5;
  const first = (a.value / (b.value - a.value)) * (c.value / (b.value - c.value));
  const second = ((c.at - a.at) / (b.at - a.at)) * (a.value / (c.value - a.value)) * (b.value / (c.value - b.value));
  return first + second;
}
