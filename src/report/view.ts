// What a live report knows of a run so far: each event makes the next view.
import type { Attribution, Decision, Diagnosis, Phase, RollbackState, RunEvent, Verb, Verdict } from '../kit/index.ts';
import { targetOf } from './headline.ts';

/** One check as it stands now. */
export interface Row {
  id: string;
  title: string;
  verdict?: Verdict;
  attribution: Attribution;
  baseline?: number;
  /** The last values that it gave, oldest first. */
  values: number[];
  /** What its newest looks show where nothing is judged: before the hold. */
  live?: Verdict;
}

/** Everything that a live report shows. Times are epoch milliseconds. */
export interface View {
  verb: Verb | '';
  target: string;
  release: string;
  runId: string;
  shadow: boolean;
  /** What is being waited for; nothing once the run is decided, until the next phase. */
  phase?: { name: Phase; text: string; endsAt: number; length: number } | undefined;
  rows: Row[];
  decided?: { decision: Decision; diagnosis: Diagnosis };
  rollback: { state: RollbackState; text: string }[];
  notes: { level: 'info' | 'warn'; text: string }[];
  /** The last lines of the deploy command. */
  outputs: string[];
}

/** Before anything has happened. */
export const emptyView: View = {
  verb: '',
  target: '',
  release: '',
  runId: '',
  shadow: false,
  rows: [],
  rollback: [],
  notes: [],
  outputs: [],
};

const kept = { values: 40, notes: 4, outputs: 4, states: 12 };

const latest = <T>(list: readonly T[], item: T, limit: number): T[] => [...list, item].slice(-limit);

/** The view after an event. Any order of events is understood: a check that was never announced gets a row. */
export const nextView = (view: View, event: RunEvent): View => {
  switch (event.type) {
    case 'started':
      return started(view, event);
    case 'phase':
      return { ...view, phase: phaseOf(event) };
    case 'preview':
      return changeRow(view, event.check, (row) => withValue({ ...row, live: event.verdict }, event.verdict));
    case 'verdict':
      return changeRow(view, event.check, (row) => judgedRow(row, event));
    case 'note':
      return { ...view, notes: latest(view.notes, { level: event.level, text: event.text }, kept.notes) };
    case 'output':
      return { ...view, outputs: latest(view.outputs, event.line, kept.outputs) };
    case 'decided':
      return { ...view, phase: undefined, decided: { decision: event.decision, diagnosis: event.diagnosis } };
    case 'rollback':
      return { ...view, rollback: latest(view.rollback, { state: event.state, text: event.text }, kept.states) };
    case 'sample':
    case 'mark':
    case 'finished':
      return view;
    default:
      return event satisfies never;
  }
};

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

const newRow = (id: string, title: string): Row => ({ id, title, attribution: 'none', values: [] });

const started = (view: View, event: EventOf<'started'>): View => ({
  ...view,
  verb: event.verb,
  target: targetOf(event),
  release: event.release,
  runId: event.runId,
  shadow: event.shadow,
  rows: event.checks.map(({ id, title }) => newRow(id, title)),
});

const phaseOf = ({ at, phase, length, text }: EventOf<'phase'>): NonNullable<View['phase']> => ({
  name: phase,
  text,
  length,
  endsAt: at + length,
});

const changeRow = (view: View, id: string, change: (row: Row) => Row): View => {
  const at = view.rows.findIndex((row) => row.id === id);
  const row = view.rows[at];
  return { ...view, rows: row ? view.rows.with(at, change(row)) : [...view.rows, change(newRow(id, id))] };
};

const judgedRow = ({ live: _, ...row }: Row, { verdict, attribution, baseline }: EventOf<'verdict'>): Row =>
  withValue({ ...row, verdict, attribution, ...(baseline === undefined ? {} : { baseline }) }, verdict);

const withValue = (row: Row, { value }: Verdict): Row =>
  value === undefined ? row : { ...row, values: latest(row.values, value, kept.values) };
