// Tables, quantiles and simulated cells that every measurement of the sequential test is made of.
import { DISPERSIONS, generator } from './statistics-streams.mjs';

export const ALPHA = 0.01;
/** Requests a second. */
export const RATES = [1, 10, 100, 1000];
/** Seconds. */
export const BASELINE = 1800;
export const WATCH = 300;
/** The two tolerances of the tables: +0.5 percentage points, or times 1.5 but at least 0.05 points. */
export const TOLERANCES = { A: { points: 0.005 }, R: { points: 0.0005, factor: 1.5 } };
/** How errors come without bursts that outlast a unit. */
export const QUIET = ['iid', 'bb 0.0001', 'bb 0.001', 'bb 0.005', 'retry4'];
/** Runs of a cell: with no change and at the limit, after a change, of a change that not every run finds, of a slow rule, of whole releases. */
export const RUNS = { still: 2000, changed: 1000, sparse: 10_000, kayenta: 100, releases: 500 };

export const fixed = (rate) => () => rate;
export const tolerated = (rate, { points, factor = 1 }) => Math.min(0.95, Math.max(rate + points, rate * factor));
export const percent = (share) => `${Number((share * 100).toFixed(share < 0.1 ? 2 : 0))}`;
export const seconds = (value) => (value === undefined ? '–' : `${value}`);
/** Later, where undefined is never. */
export const later = (one, other) => (one ?? Infinity) > (other ?? Infinity);

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/**
 * Share of the runs that fired, and the seconds of its median and 90th percentile over all runs; undefined when fewer fired.
 * `firedMedian`: over those that fired.
 */
export function summary(times) {
  const sorted = times.map((time) => time ?? Infinity).sort((a, b) => a - b);
  const finite = (value) => (Number.isFinite(value) ? value : undefined);
  const fired = sorted.filter(Number.isFinite);
  return {
    share: fired.length / times.length,
    firedMedian: fired.length > 0 ? quantile(fired, 0.5) : undefined,
    median: finite(quantile(sorted, 0.5)),
    p90: finite(quantile(sorted, 0.9)),
  };
}

/** FNV-1a: the same words give the same seed, whatever else is measured before. */
export function seedOf(text) {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.codePointAt(0), 0x01000193);
  return hash >>> 0;
}

/**
 * One cell: `runs` streams of a baseline and a watch, given to `look`.
 * @param rateAt the error rate by second of the watch
 * @param after how errors come after the deploy, where that differs
 */
export function cell(
  { rps, dispersion, after = dispersion, before, rateAt, runs, seconds: unit = 5, watch = WATCH, history = BASELINE },
  look,
) {
  const random = generator(
    seedOf(`${rps} ${dispersion} ${after} ${before} ${rateAt(0)} ${rateAt(watch)} ${unit} ${watch}`),
  );
  for (let run = 0; run < runs; run += 1) {
    const draw = DISPERSIONS[dispersion](unit);
    const drawAfter = after === dispersion ? draw : DISPERSIONS[after](unit);
    const mean = rps * unit;
    const old = Array.from({ length: history / unit }, () => draw(random, mean, before));
    const units = Array.from({ length: watch / unit }, (_, at) => drawAfter(random, mean, rateAt(at * unit)));
    look(old, units, run);
  }
}

/** A table in Markdown. */
export function markdown({ head, rows }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
