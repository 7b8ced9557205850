// The Kullback-Leibler divergence between two error rates: how strongly seeing one speaks against the other.

/**
 * KL(seen || rate) = x ln(x/p) + (1-x) ln((1-x)/(1-p)) in nats for shares within [0,1], Infinity where `rate` makes `seen` impossible.
 *
 * Computed as x h((p-x)/x) + (1-x) h((x-p)/(1-x)) with h(u) = u - ln(1+u), which is the same sum: the linear parts cancel.
 * Both terms are >= 0, so nothing is lost where the rates are tiny or close to each other.
 */
export function kl(seen: number, rate: number): number {
  if (seen === rate) return 0;
  if (rate === 0 || rate === 1) return Number.POSITIVE_INFINITY;
  if (seen === 0) return -Math.log1p(-rate);
  if (seen === 1) return -Math.log(rate);
  return seen * excess((rate - seen) / seen) + (1 - seen) * excess((seen - rate) / (1 - seen));
}

function excess(change: number): number {
  return Math.max(0, change - Math.log1p(change));
}
