// How soon a release that is worse is called worse: changes of every size, faults that begin late, outages.
import { compared } from './statistics-argo.mjs';
import { fires, OTHERS } from './statistics-fires.mjs';
import { CHANGES } from './statistics-reference.mjs';
import { fixed, percent, RATES, seconds, summary } from './statistics-tables.mjs';

const medians = (cells, key) => cells.map((lists) => seconds(summary(lists[key] ?? []).median)).join(' ');

function changeRow(change, name, dispersion, cells) {
  const own = cells.map((lists) => summary(lists.holdpoint));
  return [
    change,
    name,
    dispersion,
    own.map(({ share }) => percent(1 - share)).join(' '),
    own.map(({ median, p90 }) => `${seconds(median)}/${seconds(p90)}`).join(' '),
    ...OTHERS.map((key) => medians(cells, key)),
  ];
}

/** Time to decision of all rules, and beside Argo's rule at as few false alarms. */
export function detection(lab, argo) {
  const rows = [];
  const beside = [];
  const behind = { every: [], iid: [] };
  for (const { change, before, after, tolerances } of CHANGES)
    for (const dispersion of ['iid', 'bb 0.001']) {
      const given = { dispersion, before, rateAt: fixed(after), runs: lab.runs.changed };
      const all = RATES.map((rps) => fires({ ...given, rps }, lab, tolerances));
      tolerances.forEach((name, place) => {
        const cells = all.map((lists) => lists[place]);
        rows.push(changeRow(change, name, dispersion, cells));
        const found = compared(
          change,
          name,
          dispersion,
          cells,
          RATES.map((rps) => argo.get(`${name} ${before} ${rps}`)),
        );
        beside.push(found.row);
        behind.every.push(...found.behind.every);
        behind.iid.push(...found.behind.iid);
      });
    }
  const head = ['change', 'tolerance', 'errors'];
  return {
    table: { head: [...head, 'holdpoint: missed, %', '**holdpoint**: median/p90, s', ...OTHERS], rows },
    beside: {
      head: [
        ...head,
        '**holdpoint**',
        'Argo 1 as it is set',
        'Argo, no more false alarms in any way of errors',
        'Argo, no more with independent errors',
      ],
      rows: beside,
    },
    behind,
  };
}

/** A fault that begins two minutes after the deploy, in seconds after its onset. */
export function lateFaults(lab) {
  const onset = 120;
  const sinceOnset = (lists, key) =>
    seconds(summary((lists[key] ?? []).map((time) => (time > onset ? time - onset : undefined))).median);
  const late = CHANGES.filter(({ change }) => ['0.1 → 1 %', '0.1 → 5 %', '1 → 5 %', '0.1 → 70 %'].includes(change));
  const rows = late.flatMap(({ change, before, after, tolerances }) => {
    const rateAt = (second) => (second < onset ? before : after);
    const given = { dispersion: 'iid', before, rateAt, runs: lab.runs.releases, watch: 600 };
    const all = RATES.map((rps) => fires({ ...given, rps }, lab, tolerances));
    return tolerances.map((name, at) => [
      change,
      name,
      ...['holdpoint', ...OTHERS].map((key) => all.map((lists) => sinceOnset(lists[at], key)).join(' ')),
    ]);
  });
  return { table: { head: ['change', 'tolerance', '**holdpoint**', ...OTHERS], rows } };
}

const OUTAGE_RATES = [1, 2, 5, 10, 100, 1000];

/** A total outage at units of 5 and 2 s; `worst`: the largest median by unit, Infinity where half were not found. */
export function outages(lab) {
  const worst = {};
  const rows = [5, 2].map((unit) => {
    const found = OUTAGE_RATES.map((rps) => {
      const given = {
        rps,
        dispersion: 'iid',
        before: 0.001,
        rateAt: fixed(1),
        // At one or two requests a second half of the outages are called after two units, and half after three.
        runs: rps < 5 ? lab.runs.sparse : lab.runs.changed,
        seconds: unit,
        watch: 60,
      };
      return summary(fires(given, lab, ['A'], { alone: true })[0].holdpoint);
    });
    worst[unit] = Math.max(...found.map(({ median }) => median ?? Infinity));
    const shown = ({ share, median, p90 }) =>
      `${seconds(median)} / ${seconds(p90)}${share < 1 ? ` (${percent(1 - share)} % missed)` : ''}`;
    return [`${unit} s`, ...found.map(shown)];
  });
  return { table: { head: ['unit', ...OUTAGE_RATES.map((rps) => `${rps}/s`)], rows }, worst };
}
