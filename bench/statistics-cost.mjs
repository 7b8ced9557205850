// Processor time of one decision, and that the simulated rule decides as the product's does.
import { totalOf } from './statistics-rules.mjs';
import { DISPERSIONS, generator } from './statistics-streams.mjs';
import { ALPHA, cell, fixed, TOLERANCES } from './statistics-tables.mjs';

const TERMS = { alpha: ALPHA, beta: 0.05, strict: false, minUnitsForPass: 24 };
const TRAFFIC = [1, 100, 10_000];

/** Milliseconds of processor time of one decision with all that it prints; `worst`: after 60 units, which a hold has. */
export function cost({ weigh }, repeats = 200) {
  const random = generator(1);
  const draw = DISPERSIONS.iid();
  const worst = [];
  const rows = [60, 720].map((length) => [
    `${length} units`,
    ...TRAFFIC.map((rps) => {
      const units = Array.from({ length }, () => draw(random, rps * 5, 0.004));
      const baseline = { errors: 2 * rps, requests: 1800 * rps };
      const tolerance = { points: 0.005, factor: 1.5, ceiling: 0.05 };
      const given = { ...TERMS, baseline, units, tolerance, planned: length, phi: 1.2 };
      for (let at = 0; at < repeats / 4; at += 1) weigh(given);
      const from = process.cpuUsage();
      for (let at = 0; at < repeats; at += 1) weigh(given);
      const found = process.cpuUsage(from).user / 1000 / repeats;
      worst.push(found);
      return found.toFixed(2);
    }),
  ]);
  const head = ['one decision, ms', ...TRAFFIC.map((rps) => `${rps.toLocaleString('en')}/s`)];
  return { table: { head, rows }, worst: Math.max(...worst) };
}

/** @throws Error where the simulated rule and `weigh` do not fail at the same unit, or one of them never. */
export function checkRule({ weigh }, { rule, before }, runs = 20) {
  const tolerance = { ...TOLERANCES.R, ceiling: 0.05 };
  for (const [rps, after] of [
    [20, 0.001],
    [20, 0.004],
    [20, 0.02],
    [20, 0.3],
    [400, 0.003],
  ])
    cell({ rps, dispersion: 'retry4', before: 0.001, rateAt: fixed(after), runs }, (old, units) => {
      const baseline = before(old);
      const { point, upper } = baseline.spread ?? {};
      const given = {
        ...TERMS,
        baseline: { ...totalOf(old), phi: point },
        tolerance,
        planned: units.length,
        phi: upper,
      };
      const decided = (count) => weigh({ ...given, units: units.slice(0, count) }).decision;
      const at = units.findIndex((_, index) => decided(index + 1) === 'fail');
      const expected = at < 0 ? undefined : (at + 1) * 5;
      const { fired } = rule(units, 5, baseline, tolerance);
      if (fired !== expected) throw new Error(`the simulated rule fired at ${fired} s, weigh at ${expected} s`);
    });
}
