// One screen of a run that is going on: a pure function of the view, the size and the clock.
import { duration } from '../kit/index.ts';
import { paint, type Tone } from './lines.ts';
import { markOf, table } from './table.ts';
import type { Row, View } from './view.ts';
import { cut, displayWidth, pad, wrap } from './width.ts';

/** The size of the screen, and the moment (epoch milliseconds). */
export interface Canvas {
  columns: number;
  rows: number;
  colour: boolean;
  now: number;
}

/** At most `rows` lines of at most `columns - 1` (a full last column confuses terminals that erase to the end). */
export const screen = (view: View, canvas: Canvas): string[] => {
  const page = { ...canvas, columns: Math.max(1, canvas.columns - 1) };
  const top = [...header(view, page), ...decided(view, page), ...rollingBack(view, page)];
  const free = Math.max(1, canvas.rows - top.length);
  const { lines, explained } = checks(view.rows, page, free);
  const rest = [...(explained ? [] : reasons(view.rows, page)), ...news(view, page)];
  return [...top, ...lines, ...rest.slice(0, Math.max(0, free - lines.length))].slice(0, canvas.rows);
};

const line = (text: string, page: Canvas, tone?: Tone): string => paint(cut(text, page.columns), tone, page.colour);

/** A sentence that matters: broken over a few lines, of which the last says whether something is missing. */
const sentence = (text: string, page: Canvas, most: number, tone?: Tone): string[] => {
  const lines = wrap(text, page.columns, 2);
  const shown = lines.length <= most ? lines : [...lines.slice(0, most - 1), lines.slice(most - 1).join(' ')];
  return shown.map((one) => line(one, page, tone));
};

const header = (view: View, page: Canvas): string[] => {
  const release = view.release === '' ? '' : ` · ${view.release}`;
  const left = `${view.shadow ? 'shadow ' : ''}${view.verb || 'holdpoint'} ${view.target}${release}`;
  const right = remaining(view, page.now);
  const room = page.columns - displayWidth(right) - 2;
  const first =
    right === '' || room < 12 ? cut(`${right} ${left}`.trim(), page.columns) : `${pad(left, room)}  ${right}`;
  const about = view.phase?.text ? [line(view.phase.text, page, 'dim')] : [];
  return [paint(first, 'strong', page.colour), ...about];
};

/** `hold 42 s left`; how long a phase was exceeded is no use to anybody. */
const remaining = ({ phase }: View, now: number): string => {
  if (!phase) return '';
  if (phase.length <= 0) return phase.name;
  // Whole seconds, so that the line changes once a second.
  const left = Math.ceil(Math.max(0, phase.endsAt - now) / 1000) * 1000;
  return `${phase.name} ${left === 0 ? 'ending' : `${duration(left)} left`}`;
};

const actionTone = { pass: 'good', block: 'bad', rollback: 'bad' } as const;
const actionWord = { pass: 'PASS', block: 'BLOCK', rollback: 'ROLLBACK' } as const;

/** The diagnosis comes first: what a person reads before anything else. */
const decided = ({ decided: known }: View, page: Canvas): string[] => {
  if (!known) return [];
  const { decision, diagnosis } = known;
  const why = decision.because[0]?.text ?? '';
  const headline = diagnosis.headline || why;
  const most = page.rows >= 20 ? 3 : 1;
  return [
    ...sentence(`${actionWord[decision.action]}: ${headline}`, page, most, actionTone[decision.action]),
    ...(decision.withheld === undefined ? [] : [line(`rollback withheld: ${decision.withheld}`, page, 'warn')]),
    ...diagnosis.next.slice(0, 2).flatMap((step) => sentence(`next: ${step}`, page, page.rows >= 20 ? 2 : 1)),
  ];
};

/** The states passed through, and what the last one said. */
const rollingBack = ({ rollback }: View, page: Canvas): string[] => {
  const last = rollback.at(-1);
  if (!last) return [];
  const path = [...new Set(rollback.map(({ state }) => state))].join(' › ');
  return [line(`rollback: ${path}`, page, 'strong'), line(`  ${last.text}`, page)];
};

const urgency = (row: Row): number => ['✗', '!', '?', '·', '✓', '-'].indexOf(markOf(row).mark);

/** All checks in their own order; where they do not fit, the worst ones and a count of the others. */
const checks = (rows: readonly Row[], page: Canvas, free: number): { lines: string[]; explained: boolean } => {
  if (rows.length <= free) return table(rows, page.columns, page.colour);
  const worst = [...rows].sort((a, b) => urgency(a) - urgency(b)).slice(0, Math.max(0, free - 1));
  const shown = table(worst, page.columns, page.colour);
  return { ...shown, lines: [...shown.lines, line(`… and ${rows.length - worst.length} more`, page, 'dim')] };
};

/** Where a table is too narrow for sentences: those of the checks that are not green. */
const reasons = (rows: readonly Row[], page: Canvas): string[] =>
  rows
    .filter(({ verdict }) => verdict && (verdict.outcome !== 'pass' || verdict.reason === 'wobble'))
    .sort((a, b) => urgency(a) - urgency(b))
    .map((row) => line(`  ${row.title}: ${row.verdict?.because}`, page));

/** Notes, and what the deploy command says while it runs. */
const news = ({ notes, outputs, phase }: View, page: Canvas): string[] => [
  ...notes.map(({ level, text }) =>
    line(`${level === 'warn' ? 'warning' : 'note'}: ${text}`, page, level === 'warn' ? 'warn' : 'dim'),
  ),
  ...(phase?.name === 'deploy' ? outputs.map((text) => line(`deploy | ${text}`, page, 'dim')) : []),
];
