// The checks as a table that fits a width: mark, title, live number, limit, baseline, how it went, why.
import type { Outcome } from '../kit/index.ts';
import { paint, type Tone } from './lines.ts';
import { sparkline } from './spark.ts';
import { formatValue } from './values.ts';
import type { Row } from './view.ts';
import { cut, displayWidth, pad } from './width.ts';

const marks: Record<Outcome, { mark: string; tone: Tone }> = {
  pass: { mark: '✓', tone: 'good' },
  fail: { mark: '✗', tone: 'bad' },
  inconclusive: { mark: '?', tone: 'warn' },
  error: { mark: '!', tone: 'warn' },
  skipped: { mark: '-', tone: 'dim' },
};

const waiting = { mark: '·', tone: 'dim' } as const;

/** The symbol of a row, with its colour. An unsettled "cannot tell yet" is no alarm: it waits. */
export const markOf = ({ verdict, live }: Row): { mark: string; tone: Tone } => {
  if (live || !verdict || (verdict.outcome === 'inconclusive' && !verdict.settled)) return waiting;
  return marks[verdict.outcome];
};

interface Cells {
  title: string;
  value: string;
  limit: string;
  baseline: string;
  trend: readonly number[];
  because: string;
}

const cellsOf = ({ title, verdict, live, baseline, values }: Row): Cells => {
  const { value, limit, unit } = live ?? verdict ?? {};
  return {
    title,
    value: value === undefined ? '' : formatValue(value, unit),
    limit: limit === undefined ? '' : `limit ${formatValue(limit, unit)}`,
    baseline: baseline === undefined || value === undefined ? '' : `before ${formatValue(baseline, unit)}`,
    trend: values,
    because: (live ?? verdict)?.because ?? 'not looked at yet',
  };
};

/** Columns of each part; 0 where there is no room. */
interface Widths {
  title: number;
  value: number;
  limit: number;
  baseline: number;
  trend: number;
  because: number;
}

const gap = 2;
/** Below this a sentence says nothing. */
const leastBecause = 24;

const widest = (cells: readonly Cells[], part: 'title' | 'value' | 'limit' | 'baseline'): number =>
  Math.max(0, ...cells.map((cell) => displayWidth(cell[part])));

const taken = (widths: Partial<Widths>): number =>
  Object.values(widths).reduce((sum, width) => sum + (width > 0 ? width + gap : 0), 0);

/** The trend keeps one width, so that the columns do not move while it fills. */
const trendWidth = (cells: readonly Cells[], columns: number): number => {
  if (cells.every(({ trend }) => trend.length === 0)) return 0;
  return columns > 110 ? 20 : 8;
};

/** Gives room in the order of worth: title, number, limit, trend, baseline, and the sentence if enough is left. */
const share = (cells: readonly Cells[], columns: number): Widths => {
  const fits = (base: Partial<Widths>, width: number): number => (taken(base) + width + gap <= columns ? width : 0);
  const title = Math.min(
    widest(cells, 'title'),
    Math.max(8, Math.floor(columns * 0.4)),
    columns >= 160 ? 48 : 32,
    columns - gap,
  );
  const value = fits({ title }, Math.min(widest(cells, 'value'), Math.floor(columns / 4)));
  const limit = fits({ title, value }, widest(cells, 'limit'));
  const trend = fits({ title, value, limit }, trendWidth(cells, columns));
  const baseline = fits({ title, value, limit, trend }, widest(cells, 'baseline'));
  const used = { title, value, limit, trend, baseline };
  const rest = columns - taken(used) - gap;
  return { ...used, because: rest >= leastBecause ? rest : 0 };
};

const cell = (text: string, width: number, side: 'left' | 'right' = 'right'): string =>
  width > 0 ? ' '.repeat(gap) + pad(text, width, side) : '';

/** The rows as coloured lines of at most `columns`; `explained` says whether the sentences had room. */
export const table = (
  rows: readonly Row[],
  columns: number,
  colour: boolean,
): { lines: string[]; explained: boolean } => {
  const cells = rows.map(cellsOf);
  const widths = share(cells, columns);
  const lines = cells.map((one, index) => {
    const { mark, tone } = markOf(rows[index] ?? { id: '', title: '', attribution: 'none', values: [] });
    const numbers =
      cell(one.value, widths.value, 'left') + cell(one.limit, widths.limit) + cell(one.baseline, widths.baseline);
    const trend = cell(sparkline(one.trend, widths.trend), widths.trend);
    const because = widths.because > 0 ? ' '.repeat(gap) + cut(one.because, widths.because) : '';
    return `${paint(mark, tone, colour)} ${pad(one.title, widths.title)}${numbers}${trend}${because}`.trimEnd();
  });
  return { lines, explained: widths.because > 0 };
};
