// Monte Carlo of the sequential test beside the rules of other tools, from fixed seeds: false alarms, misses, time to decision, cost.
// npm run bench -- statistics prints the tables of docs/statistics.md in Markdown.
import { performance } from 'node:perf_hooks';
import { parts } from './parts.mjs';
import { argoRule, flaggerRule, holdpointRule, kayentaRule, totalOf, zRule } from './statistics-rules.mjs';
import { DISPERSIONS, generator, joined } from './statistics-streams.mjs';

const ALPHA = 0.01;
const RATES = [1, 10, 100, 1000];
/** Seconds. */
const BASELINE = 1800;
const WATCH = 300;
/** The two tolerances of the tables: +0.5 percentage points, or times 1.5 but at least 0.05 points. */
const TOLERANCES = { A: { points: 0.005 }, R: { points: 0.0005, factor: 1.5 } };
const RUNS = { still: 2000, changed: 1000, kayenta: 100 };

const tolerated = (rate, { points, factor = 1 }) => Math.min(0.95, Math.max(rate + points, rate * factor));
const percent = (share) => `${Number((share * 100).toFixed(share < 0.1 ? 2 : 0))}`;

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/**
 * Share of the runs that fired, and the seconds of its median and 90th percentile over all runs; undefined when fewer fired.
 * `firedMedian`: over those that fired.
 */
function summary(times) {
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

let seeds = 0;

/** One cell: `runs` streams of a baseline and a watch, given to `look`. `rateAt`: the error rate by second of the watch. */
function cell({ rps, dispersion, before, rateAt, runs, seconds = 5, watch = WATCH, history = BASELINE }, look) {
  seeds += 1;
  const random = generator(seeds * 7919);
  for (let run = 0; run < runs; run += 1) {
    const draw = DISPERSIONS[dispersion](seconds);
    const mean = rps * seconds;
    const old = Array.from({ length: history / seconds }, () => draw(random, mean, before));
    const units = Array.from({ length: watch / seconds }, (_, at) => draw(random, mean, rateAt(at * seconds)));
    look(old, units, run);
  }
}

function markdown(head, rows) {
  console.log(`\n| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}

const OTHERS = ['z each look', 'Argo 1', 'Argo 3', 'Flagger', 'Kayenta'];
const ARGO = ['Argo 1', 'Argo 2', 'Argo 3', 'Argo 4', 'Argo 5'];

/** Argo by the number of failed minutes that it takes; the limit is the tolerated multiple of the rate that was seen before. */
function argos(units, seconds, baseline, tolerance) {
  const argo = argoRule(units, seconds, tolerated(baseline.errors / Math.max(1, baseline.requests), tolerance));
  return Object.fromEntries(ARGO.map((name, at) => [name, argo[at]]));
}

/** When the rules without a tolerance of their own fire on one stream. */
function others(old, units, seconds, baseline, run) {
  return {
    'z each look': zRule(units, seconds, baseline),
    Flagger: flaggerRule(units, seconds),
    ...(run < RUNS.kayenta ? { Kayenta: kayentaRule(units, seconds, old) } : {}),
  };
}

/**
 * Fires of all rules in one cell, for each of the tolerances: name → seconds of each run.
 * @param size units that holdpoint joins to one
 * @param alone leaves out the rules without a tolerance
 */
function fires(given, { rule, before }, tolerances, { size = 1, alone = false } = {}) {
  const lists = tolerances.map(() => ({}));
  cell(given, (old, units, run) => {
    const baseline = before(old);
    const seconds = given.seconds ?? 5;
    const joint = joined(units, size);
    const rest = alone ? {} : others(old, units, seconds, baseline, run);
    tolerances.forEach((name, at) => {
      const holdpoint = rule(joint, seconds * size, baseline, TOLERANCES[name]).fired;
      const found = { holdpoint, ...argos(units, seconds, baseline, TOLERANCES[name]), ...rest };
      for (const [key, time] of Object.entries(found)) (lists[at][key] ??= []).push(time);
    });
  });
  return lists;
}

const QUIET = ['iid', 'bb 0.0001', 'bb 0.001', 'bb 0.005', 'retry4'];
const fixed = (rate) => () => rate;

/** Both tolerances of one error rate and one way of errors, at all traffic levels: with no change, at the limit, in long units. */
function falseAlarmCells(rule, before, dispersion) {
  const given = (rps, rate) => ({ rps, dispersion, before, rateAt: fixed(rate), runs: RUNS.still });
  const names = Object.keys(TOLERANCES);
  const still = RATES.map((rps) => fires(given(rps, before), rule, names));
  const bursts = dispersion === 'bursts';
  const long = bursts ? RATES.map((rps) => fires(given(rps, before), rule, names, { size: 3, alone: true })) : [];
  const limit = (name, rps) => fires(given(rps, tolerated(before, TOLERANCES[name])), rule, [name], { alone: true })[0];
  return names.map((name, at) => ({
    name,
    still: still.map((lists) => lists[at]),
    long: long.map((lists) => lists[at]),
    limit: bursts ? [] : RATES.map((rps) => limit(name, rps)),
  }));
}

const shareOf = (lists, key) => (lists[key] ? summary(lists[key]).share : Number.NaN);
const listed = (all, key) => (all.length === 0 ? '–' : all.map((lists) => percent(shareOf(lists, key))).join(' '));

/** Prints the false alarms; returns what Argo's rule did in each cell without bursts. */
function falseAlarms(rule) {
  const rows = [];
  const own = { still: [], limit: [], long: [] };
  const argo = new Map();
  for (const before of [0.001, 0.01])
    for (const dispersion of [...QUIET, 'bursts'])
      for (const { name, still, long, limit } of falseAlarmCells(rule, before, dispersion)) {
        if (dispersion !== 'bursts') own.still.push(...still.map((lists) => shareOf(lists, 'holdpoint')));
        own.long.push(...long.map((lists) => shareOf(lists, 'holdpoint')));
        own.limit.push(...limit.map((lists) => shareOf(lists, 'holdpoint')));
        RATES.forEach((rps, at) => {
          if (dispersion !== 'bursts')
            argo.set(`${name} ${before} ${rps} ${dispersion}`, { still: still[at], limit: limit[at] });
        });
        rows.push([
          name,
          `${percent(before)} %`,
          dispersion,
          `${listed(still, 'holdpoint')}${long.length > 0 ? ` (15 s: ${listed(long, 'holdpoint')})` : ''}`,
          listed(limit, 'holdpoint'),
          ...OTHERS.map((key) => listed(still, key)),
          listed(limit, 'Argo 3'),
        ]);
      }
  markdown(
    ['tolerance', 'rate', 'errors', '**holdpoint**', 'holdpoint, at the limit', ...OTHERS, 'Argo 3, at the limit'],
    rows,
  );
  const worst = (shares) => percent(Math.max(...shares));
  console.log(
    `\nWorst cell: no change ${worst(own.still)} % (target 0.1), at the limit ${worst(own.limit)} % (target 0.5), bursts of 30 s at 15 s units ${worst(own.long)} % (target 3).`,
  );
  return argo;
}

/**
 * What is to be reached within a unit, at 1, 10, 100 and 1000 requests/s: the median of the runs that fired where at least half do (null:
 * fewer do), as an earlier implementation of the method measured it.
 * @type {[string, number, number, Record<string, (number | null)[]>][]}
 */
const CHANGES = [
  ['0.1 → 0.3 %', 0.001, 0.003, { R: [null, null, 190, 50] }],
  ['0.1 → 1 %', 0.001, 0.01, { A: [null, null, 95, 50], R: [null, 145, 25, 25] }],
  ['0.1 → 5 %', 0.001, 0.05, { A: [165, 25, 20, 20], R: [145, 15, 15, 15] }],
  ['1 → 2 %', 0.01, 0.02, { A: [null, null, 150, 50], R: [null, null, 175, 50] }],
  ['1 → 5 %', 0.01, 0.05, { A: [null, 50, 35, 35], R: [null, 55, 35, 35] }],
  ['0 → 1 %', 0, 0.01, { A: [null, null, 60, 50], R: [null, 55, 15, 15] }],
  ['0.1 → 70 %', 0.001, 0.7, { A: [10, 10, 10, 10], R: [10, 10, 10, 10] }],
];

const seconds = (value) => (value === undefined ? '–' : `${value}`);

/**
 * The number of failed minutes with which Argo's rule gives false alarms in at most 0.1 % of the runs with no change, and
 * (`full`) in at most 0.5 % at the limit, in every way of errors; undefined when not even five do.
 */
function equalArgo(argo, key, full) {
  const cells = (full ? QUIET : ['iid']).map((dispersion) => argo.get(`${key} ${dispersion}`));
  if (cells.includes(undefined)) return undefined;
  return ARGO.find((name) =>
    cells.every(({ still, limit }) => shareOf(still, name) <= 0.001 && (!full || shareOf(limit, name) <= 0.005)),
  );
}

const later = (one, other) => (one ?? Infinity) > (other ?? Infinity);

function detection(rule, argo) {
  const rows = [];
  const late = [];
  const behind = { full: [], still: [] };
  for (const [change, before, after, expected] of CHANGES)
    for (const dispersion of ['iid', 'bb 0.001']) {
      const names = Object.keys(expected);
      const all = RATES.map((rps) =>
        fires({ rps, dispersion, before, rateAt: fixed(after), runs: RUNS.changed }, rule, names),
      );
      names.forEach((name, place) => {
        const cells = all.map((lists) => lists[place]);
        const own = cells.map((lists) => summary(lists.holdpoint));
        RATES.forEach((rps, at) => {
          if (dispersion !== 'iid') return;
          const wanted = expected[name][at];
          const { median, firedMedian } = own[at];
          if (wanted !== null && later(firedMedian, wanted + 5))
            late.push(`${change} ${name} at ${rps}/s: ${seconds(firedMedian)} s, expected ${wanted} s`);
          for (const full of [true, false]) {
            const rival = equalArgo(argo, `${name} ${before} ${rps}`, full);
            const other = rival && summary(cells[at][rival]).median;
            if (rival && later(median, other))
              behind[full ? 'full' : 'still'].push(
                `${change} ${name} at ${rps}/s (${seconds(median)} s, ${rival}: ${other} s)`,
              );
          }
        });
        rows.push([
          change,
          name,
          dispersion,
          own.map(({ share }) => percent(1 - share)).join(' '),
          own.map(({ median, p90 }) => `${seconds(median)}/${seconds(p90)}`).join(' '),
          ...OTHERS.map((key) => cells.map((lists) => seconds(summary(lists[key]).median)).join(' ')),
        ]);
      });
    }
  markdown(['change', 'tolerance', 'errors', 'holdpoint: missed, %', '**holdpoint**: median/p90, s', ...OTHERS], rows);
  console.log(`\nLater than expected by more than a unit: ${late.join('; ') || 'none'}.`);
  console.log(
    `\nLater than Argo's rule with as few false alarms in every row above, no change and at the limit: ${behind.full.join('; ') || 'none'}.`,
  );
  console.log(
    `\nLater than Argo's rule with as few false alarms with no change and independent errors alone: ${behind.still.join('; ') || 'none'}.`,
  );
}

/** A fault that begins two minutes after the deploy, in seconds after its onset. */
function lateFaults(rule) {
  const onset = 120;
  const sinceOnset = (lists, key) =>
    seconds(summary((lists[key] ?? []).map((time) => (time > onset ? time - onset : undefined))).median);
  const late = CHANGES.filter(([change]) => ['0.1 → 1 %', '0.1 → 5 %', '1 → 5 %', '0.1 → 70 %'].includes(change));
  const rows = late.flatMap(([change, before, after, expected]) => {
    const names = Object.keys(expected);
    const rateAt = (second) => (second < onset ? before : after);
    const runs = RUNS.changed / 2;
    const all = RATES.map((rps) => fires({ rps, dispersion: 'iid', before, rateAt, runs, watch: 600 }, rule, names));
    return names.map((name, place) => [
      change,
      name,
      ...['holdpoint', ...OTHERS].map((key) => all.map((lists) => sinceOnset(lists[place], key)).join(' ')),
    ]);
  });
  markdown(['change', 'tolerance', '**holdpoint**', ...OTHERS], rows);
}

function outages(rule) {
  const rows = [5, 2].map((unit) => [
    `${unit} s`,
    ...[1, 2, 5, 10, 100, 1000].map((rps) => {
      const given = {
        rps,
        dispersion: 'iid',
        before: 0.001,
        rateAt: fixed(1),
        runs: RUNS.changed,
        seconds: unit,
        watch: 60,
      };
      const { share, median, p90 } = summary(fires(given, rule, ['A'], { alone: true })[0].holdpoint);
      return `${seconds(median)} / ${seconds(p90)}${share < 1 ? ` (${percent(1 - share)} % missed)` : ''}`;
    }),
  ]);
  markdown(['unit', ...[1, 2, 5, 10, 100, 1000].map((rps) => `${rps}/s`)], rows);
}

/** How releases end with the defaults (+0.5 pp, ×1.5, ceiling 5 %), holds of 1 to 5 minutes. */
function endings({ rule, before }) {
  const tolerance = { points: 0.005, factor: 1.5, ceiling: 0.05 };
  const rows = [0.1, 0.3, 1, 3, 10, 30, 100, 1000].map((rps) => {
    const history = rps < 10 ? 86_400 : BASELINE;
    const unit = history > BASELINE ? 60 : 5;
    const end = (after) => {
      const ends = { pass: 0, proof: 0, fail: 0, open: 0 };
      const times = [];
      seeds += 1;
      const random = generator(seeds * 7919);
      const draw = DISPERSIONS.iid();
      const runs = 500;
      for (let run = 0; run < runs; run += 1) {
        const old = Array.from({ length: history / unit }, () => draw(random, rps * unit, 0.001));
        const units = Array.from({ length: WATCH / 5 }, () => draw(random, rps * 5, after));
        const { fired, pass } = rule(units, 5, before(old), tolerance);
        const passed = pass && !(fired <= pass.evidence);
        if (passed) ends.pass += 1;
        else if (fired) ends.fail += 1;
        else ends.open += 1;
        if (pass?.proof && !fired) ends.proof += 1;
        times.push(passed ? undefined : fired);
      }
      const { median } = summary(times);
      const share = (n) => `${Math.round((n / runs) * 100)} %`;
      return { ...ends, share, median };
    };
    const healthy = end(0.001);
    const broken = [0.05, 0.3, 1].map(end);
    return [
      `${rps}/s`,
      `${healthy.share(healthy.pass)} pass, ${healthy.share(healthy.open)} open, ${healthy.share(healthy.fail)} fail`,
      healthy.share(healthy.proof),
      ...broken.map(
        (one) =>
          `${one.share(one.fail)} fail (${seconds(one.median)} s), ${one.share(one.open)} open, ${one.share(one.pass)} pass`,
      ),
    ];
  });
  markdown(
    ['traffic', 'healthy (0.1 %)', 'of these proven within 5 min', 'broken: 5 %', 'broken: 30 %', 'broken: 100 %'],
    rows,
  );
}

/** Milliseconds of processor time of one decision with all that it prints, after 60 and 720 units. */
function cost({ weigh }) {
  const random = generator(1);
  const draw = DISPERSIONS.iid();
  const rows = [60, 720].map((length) => [
    `${length} units`,
    ...[1, 100, 10_000].map((rps) => {
      const units = Array.from({ length }, () => draw(random, rps * 5, 0.004));
      const given = {
        baseline: { errors: 2 * rps, requests: 1800 * rps },
        units,
        tolerance: { points: 0.005, factor: 1.5, ceiling: 0.05 },
        alpha: ALPHA,
        beta: 0.05,
        planned: length,
        strict: false,
        minUnitsForPass: 24,
      };
      for (let at = 0; at < 50; at += 1) weigh(given);
      const from = process.cpuUsage();
      for (let at = 0; at < 200; at += 1) weigh(given);
      return (process.cpuUsage(from).user / 200_000).toFixed(2);
    }),
  ]);
  markdown(['one decision, ms', '1/s', '100/s', '10,000/s'], rows);
}

/** The simulated rule is that of the product: on some streams `weigh` fails at the same unit, or never. */
function checkRule({ weigh }, { rule, before }) {
  const tolerance = { ...TOLERANCES.R, ceiling: 0.05 };
  for (const after of [0.001, 0.004, 0.02, 0.3])
    cell({ rps: 20, dispersion: 'retry4', before: 0.001, rateAt: fixed(after), runs: 20 }, (old, units) => {
      const baseline = before(old);
      const given = {
        baseline: { ...totalOf(old), phi: baseline.spread?.point },
        tolerance,
        alpha: ALPHA,
        beta: 0.05,
        planned: units.length,
        strict: false,
        minUnitsForPass: 24,
      };
      const at = units.findIndex(
        (_, index) => weigh({ ...given, units: units.slice(0, index + 1) }).decision === 'fail',
      );
      const expected = at < 0 ? undefined : (at + 1) * 5;
      const { fired } = rule(units, 5, baseline, tolerance);
      if (fired !== expected) throw new Error(`the simulated rule fired at ${fired} s, weigh at ${expected} s`);
    });
  seeds = 0;
}

/** Prints every table. */
export async function statistics() {
  const own = await parts('statistics', {
    './src/stats/limits.ts': 'limits',
    './src/stats/capital.ts': 'placeBets, logCapital',
    './src/stats/proof.ts': 'logProof',
    './src/stats/dispersion.ts': 'dispersion',
    './src/stats/weigh.ts': 'weigh',
  });
  const rule = {
    rule: holdpointRule(own, { alpha: ALPHA, fewestErrors: 4 }),
    before: (units) => ({ ...totalOf(units), spread: own.dispersion(units) }),
  };
  const from = performance.now();
  const step = (title) => {
    console.error(`${((performance.now() - from) / 1000).toFixed(0)} s`);
    console.log(`\n### ${title}`);
  };
  checkRule(own, rule);
  step('False alarms');
  const argo = falseAlarms(rule);
  step('Time to decision');
  detection(rule, argo);
  step('A fault that begins two minutes after the deploy');
  lateFaults(rule);
  step('A total outage');
  outages(rule);
  step('How releases end');
  endings(rule);
  step('Cost');
  cost(own);
  console.error(`${((performance.now() - from) / 1000).toFixed(0)} s in all`);
}
