// How often a release that is no worse is called worse: with no change, at the limit, in bursts, and with clusters that are new.
import { calibrations } from './statistics-argo.mjs';
import { fires, OTHERS } from './statistics-fires.mjs';
import { fixed, percent, QUIET, RATES, summary, TOLERANCES, tolerated } from './statistics-tables.mjs';

const NAMES = Object.keys(TOLERANCES);
const shareOf = (lists, key) => (lists[key] ? summary(lists[key]).share : Number.NaN);
const listed = (all, key) => (all.length === 0 ? '–' : all.map((lists) => percent(shareOf(lists, key))).join(' '));

/** Both tolerances of one error rate and one way of errors, at all traffic levels: with no change, at the limit, in long units. */
function cellsOf(lab, before, dispersion) {
  const given = (rps, rate) => ({ rps, dispersion, before, rateAt: fixed(rate), runs: lab.runs.still });
  const still = RATES.map((rps) => fires(given(rps, before), lab, NAMES));
  const bursts = dispersion === 'bursts';
  const long = bursts ? RATES.map((rps) => fires(given(rps, before), lab, NAMES, { size: 3, alone: true })) : [];
  const limit = (name, rps) => fires(given(rps, tolerated(before, TOLERANCES[name])), lab, [name], { alone: true })[0];
  return NAMES.map((name, at) => ({
    name,
    still: still.map((lists) => lists[at]),
    long: long.map((lists) => lists[at]),
    limit: bursts ? [] : RATES.map((rps) => limit(name, rps)),
  }));
}

const rowOf = (name, before, dispersion, { still, long, limit }) => [
  name,
  `${percent(before)} %`,
  dispersion,
  `${listed(still, 'holdpoint')}${long.length > 0 ? ` (15 s: ${listed(long, 'holdpoint')})` : ''}`,
  listed(limit, 'holdpoint'),
  ...OTHERS.map((key) => listed(still, key)),
  listed(limit, 'Argo 3'),
];

/** One rate before; fills in the calibrations of Argo's lab, and holdpoint's own shares. */
function rowsOf(lab, before, own, argo) {
  const rows = [];
  const byWay = new Map();
  for (const dispersion of before === 0 ? QUIET : [...QUIET, 'bursts'])
    for (const { name, ...cells } of cellsOf(lab, before, dispersion)) {
      rows.push(rowOf(name, before, dispersion, cells));
      const shares = (lists) => lists.map((one) => shareOf(one, 'holdpoint'));
      own[dispersion === 'bursts' ? 'bursts' : 'still'].push(...shares(cells.still));
      own.limit.push(...shares(cells.limit));
      own.long.push(...shares(cells.long));
      if (dispersion !== 'bursts')
        RATES.forEach((rps, at) => {
          const key = `${name} ${before} ${rps}`;
          byWay.set(key, { ...byWay.get(key), [dispersion]: { still: cells.still[at], limit: cells.limit[at] } });
        });
    }
  for (const [key, ways] of byWay) argo.set(key, calibrations(ways));
  return rows;
}

/** The table, holdpoint's worst shares, and by `tolerance rate traffic` the settings of Argo's rule with no more false alarms. */
export function falseAlarms(lab) {
  const own = { still: [], limit: [], long: [], bursts: [] };
  const argo = new Map();
  const rows = [0.001, 0.01, 0].flatMap((before) => rowsOf(lab, before, own, argo));
  const head = [
    'tolerance',
    'rate',
    'errors',
    '**holdpoint**',
    'holdpoint, at the limit',
    ...OTHERS,
    'Argo 3, at the limit',
  ];
  const worst = Object.fromEntries(Object.entries(own).map(([key, shares]) => [key, Math.max(...shares)]));
  return { table: { head, rows }, worst, argo };
}

/** At the limit, with errors that were independent before the deploy and come in clusters since: what the baseline could not tell. */
export function newClusters(lab) {
  const shares = [];
  const rows = [0.001, 0.01].flatMap((before) =>
    NAMES.map((name) => [
      name,
      `${percent(before)} %`,
      ...['bb 0.001', 'bb 0.005', 'retry4'].map((after) => {
        const found = [100, 1000].map((rps) => {
          const rateAt = fixed(tolerated(before, TOLERANCES[name]));
          const given = { rps, dispersion: 'iid', after, before, rateAt, runs: lab.runs.still };
          return shareOf(fires(given, lab, [name], { alone: true })[0], 'holdpoint');
        });
        shares.push(...found);
        return found.map(percent).join(' ');
      }),
    ]),
  );
  return {
    table: { head: ['tolerance', 'rate before', 'bb 0.001', 'bb 0.005', 'retry4'], rows },
    worst: Math.max(...shares),
  };
}
