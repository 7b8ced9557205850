// The reporter `plain`: a log of the run, one line per thing that happened, for CI and for pipes.
import {
  type Clock,
  duration,
  isoTime,
  type Out,
  type Outcome,
  plural,
  type Reporter,
  type ReporterSession,
  type RunEvent,
} from '../kit/index.ts';
import { clean, cleanAll } from './clean.ts';
import { layOut } from './lines.ts';
import { emptyView, nextView, type Row, type View } from './view.ts';
import { since, summary } from './wording.ts';

/** CircleCI and GitLab end jobs that are silent for long; people wonder earlier. */
const heartbeatEvery = 30_000;

/** Width of the summary: logs are wide, but 24 × 100 is one screen. */
const summaryColumns = 100;

export const plain: Reporter = {
  holdpointReporter: 1,
  name: 'plain',
  about: 'a line for everything that happens, with the time in UTC; the default where no terminal is',
  writes: 'prose',
  open: (out, clock) => openLog(out, clock),
};

const openLog = (out: Out, clock: Clock): ReporterSession => {
  const closed = new AbortController();
  let view: View = emptyView;
  let lastPrinted = clock.monotonic();
  let beating = false;

  const print = (at: number, text: string): void => {
    lastPrinted = clock.monotonic();
    out.write(`${isoTime(at).slice(11, 19)}Z ${text}\n`);
  };
  const beat = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      const left = lastPrinted + heartbeatEvery - clock.monotonic();
      if (left <= 0) print(clock.now(), heartbeat(view, clock.now()));
      await clock.sleep(left <= 0 ? heartbeatEvery : left, closed.signal);
    }
  };

  return {
    on: (raw) => {
      if (closed.signal.aborted || !isTold(raw)) return;
      const event = cleanAll(raw, out.redact);
      for (const text of linesOf(event, view)) print(event.at, text);
      view = nextView(view, event);
      if (beating) return;
      beating = true;
      beat().catch((error: unknown) => out.write(`the heartbeat stopped (a bug in holdpoint): ${String(error)}\n`));
    },
    end: (record, saved) => {
      if (closed.signal.aborted) return;
      closed.abort();
      const page = {
        columns: Math.min(summaryColumns, out.columns()),
        colour: out.colour,
        clean: (text: string) => clean(text, out.redact),
      };
      const space = view === emptyView ? '' : '\n';
      out.write(`${space}${layOut(summary(record, saved), page).join('\n')}\n`);
    },
    close: () => closed.abort(),
  };
};

/** A log has a line for what changes, not for each number. */
const untold = ['finished', 'sample', 'preview'] as const;

type Told = Exclude<RunEvent, { type: (typeof untold)[number] }>;

const isTold = (event: RunEvent): event is Told => !untold.some((type) => type === event.type);

/** What an event says to a log; `view` is what was known before it. */
const linesOf = (event: Told, view: View): string[] => {
  switch (event.type) {
    case 'started':
      return startLines(event);
    case 'phase':
      return [event.text || `${event.phase}${event.length > 0 ? `, at most ${duration(event.length)}` : ''}`];
    case 'verdict':
      return changeLines(event, view);
    case 'mark':
      return [];
    case 'note':
      return [`${event.level === 'warn' ? 'warning' : 'note'}: ${event.text}`];
    case 'output':
      return [`deploy | ${event.line}`];
    case 'decided':
      return decidedLines(event);
    case 'rollback':
      return [`rollback ${event.state}: ${event.text}`];
    default:
      return event satisfies never;
  }
};

type ToldOf<Type extends Told['type']> = Extract<Told, { type: Type }>;

const startLines = (event: ToldOf<'started'>): string[] => {
  const target = nextView(emptyView, event).target;
  const release = event.release === '' ? '' : `, release ${event.release}`;
  const shadow = event.shadow ? ', shadow: nothing counts' : '';
  return [
    `${event.verb} ${target}${release}${shadow} (run ${event.runId})`,
    `${plural(event.checks.length, 'check')}: ${event.checks.map(({ id }) => id).join(', ')}`,
  ];
};

/** A line when a check's outcome changes, not per sample; that it cannot tell yet is no news. */
const changeLines = ({ check, verdict, attribution }: ToldOf<'verdict'>, view: View): string[] => {
  const { outcome, settled, because } = verdict;
  const was = view.rows.find(({ id }) => id === check)?.verdict?.outcome;
  if (was === outcome || (was === undefined && outcome === 'inconclusive' && !settled)) return [];
  const when = since({ outcome, attribution }, view);
  return [`${check}: ${was ? `${was} → ` : ''}${outcome}: ${because}${when === '' ? '' : ` [${when}]`}`];
};

const decidedLines = ({ decision, diagnosis }: ToldOf<'decided'>): string[] => [
  `decision: ${decision.action}`,
  ...(decision.action === 'pass' ? [] : decision.because.map(({ check, text }) => `  because ${check}: ${text}`)),
  ...(decision.withheld === undefined ? [] : [`  a rollback was withheld: ${decision.withheld}`]),
  ...(decision.action === 'pass' || diagnosis.headline === '' ? [] : [`diagnosis: ${diagnosis.headline}`]),
];

/** `still in hold, 42 s left: 3 pass, 1 inconclusive (login)`. */
const heartbeat = ({ phase, rows }: View, now: number): string => {
  const left = phase && phase.endsAt > now ? `, ${duration(phase.endsAt - now)} left` : '';
  const where = phase ? `in ${phase.name}${left}` : 'running';
  const counts = (['pass', 'fail', 'error', 'inconclusive'] as const).flatMap((outcome) => tally(rows, outcome));
  return `still ${where}: ${counts.join(', ') || 'nothing has been judged yet'}`;
};

const tally = (rows: readonly Row[], outcome: Outcome): string[] => {
  const ids = rows.filter(({ verdict }) => verdict?.outcome === outcome).map(({ id }) => id);
  if (ids.length === 0) return [];
  return [outcome === 'pass' ? `${ids.length} pass` : `${ids.length} ${outcome} (${ids.join(', ')})`];
};
