// The figures that an earlier implementation of the method reached, cell by cell, and whether this one does.
import { fires } from './statistics-fires.mjs';
import { fixed, percent, RATES, seconds, summary } from './statistics-tables.mjs';

/**
 * By tolerance and unit, at 1, 10, 100 and 1000 requests/s: [share of the runs of five minutes that fired, median seconds of those],
 * measured in 2,000 runs with independent errors; null where not given, or where fewer than 100 runs fired.
 */
export const CHANGES = [
  {
    change: '0.1 → 0.3 %',
    before: 0.001,
    after: 0.003,
    tolerances: ['R'],
    expected: { 'R 5': [null, null, [0.54, 190], [1, 50]], 'R 15': [null, null, [0.45, 240], [1, 150]] },
  },
  {
    change: '0.1 → 1 %',
    before: 0.001,
    after: 0.01,
    tolerances: ['A', 'R'],
    expected: {
      'A 5': [null, [0.05, 225], [1, 95], [1, 50]],
      'R 5': [null, [0.87, 145], [1, 25], [1, 25]],
      'R 15': [null, [0.83, 165], [1, 75], [1, 75]],
    },
  },
  {
    change: '0.1 → 5 %',
    before: 0.001,
    after: 0.05,
    tolerances: ['A', 'R'],
    expected: {
      'A 5': [
        [0.72, 165],
        [1, 25],
        [1, 20],
        [1, 20],
      ],
      'R 5': [
        [0.81, 145],
        [1, 15],
        [1, 15],
        [1, 15],
      ],
      'R 15': [
        [0.8, 165],
        [1, 45],
        [1, 45],
        [1, 45],
      ],
    },
  },
  {
    change: '1 → 2 %',
    before: 0.01,
    after: 0.02,
    tolerances: ['A', 'R'],
    expected: {
      'A 5': [null, null, [0.95, 150], [1, 50]],
      'R 5': [null, null, [0.84, 175], [1, 50]],
      'R 15': [null, null, [0.78, 195], [1, 150]],
    },
  },
  {
    change: '1 → 5 %',
    before: 0.01,
    after: 0.05,
    tolerances: ['A', 'R'],
    expected: {
      'A 5': [
        [0.13, 170],
        [1, 50],
        [1, 35],
        [1, 35],
      ],
      'R 5': [null, [1, 55], [1, 35], [1, 35]],
      'R 15': [null, [1, 135], [1, 105], [1, 105]],
    },
  },
  {
    change: '0 → 1 %',
    before: 0,
    after: 0.01,
    tolerances: ['A', 'R'],
    expected: {
      'A 5': [null, [0.31, 210], [1, 60], [1, 50]],
      'R 5': [null, [1, 55], [1, 15], [1, 15]],
      'R 15': [null, [1, 75], [1, 45], [1, 45]],
    },
  },
  {
    change: '0.1 → 70 %',
    before: 0.001,
    after: 0.7,
    tolerances: ['A', 'R'],
    expected: {
      'A 5': [
        [1, 10],
        [1, 10],
        [1, 10],
        [1, 10],
      ],
      'R 5': [
        [1, 10],
        [1, 10],
        [1, 10],
        [1, 10],
      ],
      'R 15': [
        [1, 30],
        [1, 30],
        [1, 30],
        [1, 30],
      ],
    },
  },
];

/** A cell in which not every run fires has a median that swings: it takes more runs to tell 10 s. */
const runsOf = ([share], { sparse, changed }) => (share < 0.98 ? sparse : changed);

const text = (cell) => (cell ? `${percent(cell[0])} %: ${seconds(cell[1])}` : '–');

function found(lab, { before, after }, rps, wanted, tolerance, unit) {
  const given = { rps, dispersion: 'iid', before, rateAt: fixed(after), runs: runsOf(wanted, lab.runs) };
  const [lists] = fires(given, lab, [tolerance], { size: unit / 5, alone: true });
  const { share, firedMedian } = summary(lists.holdpoint);
  return [share, firedMedian];
}

/** The table, and the cells that are later than their reference by more than a unit. */
export function reference(lab) {
  const late = [];
  const rows = CHANGES.flatMap((one) =>
    Object.entries(one.expected).map(([key, wanted]) => {
      const [tolerance, unit] = key.split(' ');
      const cells = RATES.map((rps, at) => wanted[at] && found(lab, one, rps, wanted[at], tolerance, Number(unit)));
      RATES.forEach((rps, at) => {
        if (wanted[at] && (cells[at][1] ?? Infinity) > wanted[at][1] + Number(unit))
          late.push(`${one.change} ${key} s at ${rps}/s: ${seconds(cells[at][1])} s, expected ${wanted[at][1]} s`);
      });
      return [one.change, tolerance, `${unit} s`, wanted.map(text).join(', '), cells.map(text).join(', ')];
    }),
  );
  return { table: { head: ['change', 'tolerance', 'unit', 'reference', '**holdpoint**'], rows }, late };
}
