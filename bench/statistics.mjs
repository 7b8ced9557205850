// Monte Carlo of the sequential test beside the rules of other tools, from fixed seeds: false alarms, misses, time to decision, cost.
// npm run bench -- statistics prints the tables of docs/statistics.md in Markdown; with --write it puts them there.
import { readFileSync, writeFileSync } from 'node:fs';
import { parts } from './parts.mjs';
import { checkRule, cost } from './statistics-cost.mjs';
import { detection, lateFaults, outages } from './statistics-detection.mjs';
import { releases } from './statistics-endings.mjs';
import { falseAlarms, newClusters } from './statistics-false-alarms.mjs';
import { reference } from './statistics-reference.mjs';
import { holdpointRule, totalOf } from './statistics-rules.mjs';
import { ALPHA, markdown, percent, RUNS } from './statistics-tables.mjs';

const PAGE = 'docs/statistics.md';

/** What the rules are measured with: the product's own functions, and how many runs a cell has. */
export const labOf = (own, runs) => ({
  runs,
  rule: holdpointRule(own, { alpha: ALPHA, fewestErrors: 4 }),
  before: (units) => ({ ...totalOf(units), spread: own.dispersion(units) }),
});

const none = (list) => (list.length === 0 ? 'none' : `${list.length}: ${list.join('; ')}`);

/** What was to be reached, what was found, and whether it is. */
function targets({ alarms, fresh, outage, referred, behind, dear }) {
  const share = (found, most) => [`${percent(found)} %`, found <= most];
  const all = [
    ['false alarms, no change, worst cell', '≤ 0.1 %', ...share(alarms.still, 0.001)],
    ['false alarms exactly at the limit, worst cell', '≤ 0.5 %', ...share(alarms.limit, 0.005)],
    ['false alarms, bursts of 30 s, units of 15 s', '≤ 3 %', ...share(alarms.long, 0.03)],
    ['at the limit, clusters that are new with the release', '≤ 0.8 %', ...share(fresh, 0.008)],
    ['median time to a total outage from 1/s, units of 5 s', '≤ 10 s', `${outage[5]} s`, outage[5] <= 10],
    ['the same, units of 2 s', '≤ 5 s', `${outage[2]} s`, outage[2] <= 5],
    ['cells later than the reference by more than a unit', 'none', none(referred), referred.length === 0],
    ['cells later than Argo with no more false alarms', 'none', none(behind), behind.length === 0],
    ['processor time of one decision, worst cell', '≤ 1 ms', `${dear.toFixed(2)} ms`, dear <= 1],
  ];
  const rows = all.map(([what, wanted, found, reached]) => [what, wanted, found, reached ? 'reached' : '**missed**']);
  return {
    table: { head: ['target', 'wanted', 'found', ''], rows },
    missed: all.filter(([, , , reached]) => !reached).length,
  };
}

/** Every table by the name that it has in the page. `say` is told what is measured next. */
export function measured(own, lab, { say = () => undefined, repeats } = {}) {
  checkRule(own, lab, Math.min(20, lab.runs.releases));
  say('false alarms');
  const alarms = falseAlarms(lab);
  const fresh = newClusters(lab);
  say('time to decision');
  const found = detection(lab, alarms.argo);
  say('the reference');
  const referred = reference(lab);
  say('late faults, outages, endings, cost');
  const late = lateFaults(lab);
  const outage = outages(lab);
  const ends = releases(lab);
  const spent = cost(own, repeats);
  const reached = targets({
    alarms: alarms.worst,
    fresh: fresh.worst,
    outage: outage.worst,
    referred: referred.late,
    behind: found.behind.every,
    dear: spent.worst,
  });
  const tables = {
    targets: reached.table,
    evidence: ends.evidence,
    proof: ends.proof,
    'false alarms': alarms.table,
    'new clusters': fresh.table,
    'time to decision': found.table,
    'beside argo': found.beside,
    'later than argo': {
      head: ['Argo with no more false alarms', 'cells in which it is earlier'],
      rows: [
        ['in any way of errors', none(found.behind.every)],
        ['with independent errors', none(found.behind.iid)],
      ],
    },
    reference: referred.table,
    'late faults': late.table,
    outages: outage.table,
    cost: spent.table,
  };
  return { tables, missed: reached.missed };
}

/** The page with the tables in their places: each between `<!-- table: NAME -->` and the next empty line. */
export function written(page, tables) {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const place = new RegExp(`(<!-- table: ${name} -->\\n)(?:\\|.*\\n)*`);
    if (!place.test(text)) throw new Error(`${PAGE} has no place for the table "${name}"`);
    return text.replace(place, (_, mark) => `${mark}${markdown(table)}\n`);
  }, page);
}

/** Prints every table, and writes them into the page where asked. */
export async function statistics({ write = false } = {}) {
  const own = await parts('statistics', {
    './src/stats/limits.ts': 'limits',
    './src/stats/capital.ts': 'placeBets, logCapital',
    './src/stats/proof.ts': 'logProof',
    './src/stats/dispersion.ts': 'dispersion',
    './src/stats/weigh.ts': 'weigh',
  });
  const { tables, missed } = measured(own, labOf(own, RUNS), { say: (what) => console.error(`${what} …`) });
  for (const [name, table] of Object.entries(tables)) console.log(`\n### ${name}\n\n${markdown(table)}`);
  if (write) writeFileSync(PAGE, written(readFileSync(PAGE, 'utf8'), tables));
  console.error(`targets missed: ${missed}; ${Math.round(process.cpuUsage().user / 1e6)} s of processor time in all`);
}
