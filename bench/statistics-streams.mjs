// Streams of requests and errors, unit by unit, from fixed seeds: independent errors, beta-binomial ones, clusters of retries, bursts.

/** Uniform numbers within [0,1), the same for the same seed (mulberry32). */
export function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** ln k! by Stirling's series, exact to 1e-9 from 10 on. */
function logFactorial(k) {
  if (k < 10) {
    let sum = 0;
    for (let at = 2; at <= k; at += 1) sum += Math.log(at);
    return sum;
  }
  return (k + 0.5) * Math.log(k) - k + 0.918938533204673 + 1 / (12 * k) - 1 / (360 * k ** 3);
}

/** Exact: inversion below 10, transformed rejection above (PTRS, Hörmann, Insurance: Mathematics and Economics 12, 1993). */
function poisson(random, mean) {
  if (mean <= 0) return 0;
  if (mean < 10) {
    let chance = Math.exp(-mean);
    let left = random() - chance;
    let count = 0;
    while (left > 0 && count < 1000) {
      count += 1;
      chance *= mean / count;
      left -= chance;
    }
    return count;
  }
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverse = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const accepted = k * Math.log(mean) - mean - logFactorial(k);
    if (Math.log((v * inverse) / (a / (us * us) + b)) <= accepted) return k;
  }
}

/** Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 2000. */
function gamma(random, shape) {
  if (shape < 1) return gamma(random, shape + 1) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

function beta(random, rate, correlation) {
  const total = 1 / correlation - 1;
  const x = gamma(random, rate * total);
  return x / (x + gamma(random, (1 - rate) * total));
}

/** Traffic is Poisson, so that errors and good requests of a unit are two independent Poisson counts. */
function unit(random, mean, rate) {
  const errors = poisson(random, mean * rate);
  return { errors, requests: errors + poisson(random, mean * (1 - rate)) };
}

/** Bursts: 2 % of the time the rate is 20-fold, for 30 s on average; the mean rate is kept. */
const BURST = { share: 0.02, factor: 20, seconds: 30 };

/**
 * How errors come, by name. Each gives a function that draws one unit of `seconds` with `mean` requests at an error rate.
 * `bb0.005`: beta-binomial per unit with that correlation between two requests; `retry4`: a failure is 1 to 4 failed requests.
 */
export const DISPERSIONS = {
  iid: () => unit,
  'bb 0.0001': () => (random, mean, rate) => unit(random, mean, rate > 0 && rate < 1 ? beta(random, rate, 1e-4) : rate),
  'bb 0.001': () => (random, mean, rate) => unit(random, mean, rate > 0 && rate < 1 ? beta(random, rate, 1e-3) : rate),
  'bb 0.005': () => (random, mean, rate) => unit(random, mean, rate > 0 && rate < 1 ? beta(random, rate, 5e-3) : rate),
  retry4: () => (random, mean, rate) => {
    let errors = 0;
    for (let left = poisson(random, (mean * rate) / 2.5); left > 0; left -= 1) errors += 1 + Math.floor(random() * 4);
    return { errors, requests: errors + poisson(random, mean * (1 - rate)) };
  },
  bursts: (seconds) => {
    let bursting = false;
    const { share, factor } = BURST;
    const leave = seconds / BURST.seconds;
    const enter = (leave * share) / (1 - share);
    return (random, mean, rate) => {
      bursting = random() < (bursting ? 1 - leave : enter);
      const usual = rate / (1 - share + share * factor);
      return unit(random, mean, Math.min(1, bursting ? usual * factor : usual));
    };
  },
};

/** Sums of `size` neighbours. */
export function joined(units, size) {
  return Array.from({ length: Math.floor(units.length / size) }, (_, at) => {
    const sum = { errors: 0, requests: 0 };
    for (const one of units.slice(at * size, at * size + size)) {
      sum.errors += one.errors;
      sum.requests += one.requests;
    }
    return sum;
  });
}
