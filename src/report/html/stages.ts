// The course of a run as stages and events, read from the marks and samples of its record.
import { duration, type RunRecord } from '../../kit/index.ts';

/** Times are epoch milliseconds. */
export interface Stage {
  name: string;
  from: number;
  to: number;
  about: string;
}

/** A mark that is no border of a stage. */
export interface Event {
  at: number;
  name: string;
  about: string;
}

/** Marks that only say where a stage begins or ends, or that stand elsewhere on the page. */
const borders = [
  'baseline',
  'deploy-started',
  'deploy-finished',
  'rollout-finished',
  'hold-started',
  'decision',
  'rollback-finished',
  'process',
];

/** The stages of a run, in order; those that did not happen are left out. */
export const stagesOf = (record: RunRecord): Stage[] => {
  const [start, end] = [Date.parse(record.startedAt), Date.parse(record.finishedAt)];
  const mark = (name: string): number | undefined => timeOf(record.marks.find((one) => one.name === name)?.at);
  const [baseline, deploy, deployed] = [mark('baseline'), mark('deploy-started'), mark('deploy-finished')];
  const [rolledOut, hold, decided] = [mark('rollout-finished'), mark('hold-started'), mark('decision')];
  const last = firstSample(record, (phase) => phase === 'last', start);
  const acted = decided !== undefined && record.rollback !== undefined && record.rollback.state !== 'WITHHELD';
  const verify = acted ? firstSample(record, (phase) => phase === 'verify' || phase === 'warmup', decided) : undefined;
  const over = decided ?? end;
  const back = acted ? (mark('rollback-finished') ?? end) : undefined;
  const { plan, rollback } = record;
  return [
    stage('baseline', baseline && start, baseline, 'what was before the deploy'),
    stage('deploy', deploy, deployed ?? over, 'the deploy command, while the checks watched'),
    stage('roll-out', deployed ?? (rolledOut && baseline), rolledOut, 'until every replica ran the new revision'),
    stage('warm-up', hold && (rolledOut ?? deployed ?? baseline), hold, 'watched, not judged'),
    stage(
      'hold',
      hold,
      last ?? over,
      `all checks green together for ${duration(plan.for)}, at most ${duration(plan.deadline)}`,
    ),
    stage('last look', last, last && over, 'everything once more before the rollback'),
    stage('rollback', back && decided, verify ?? back, rollback?.because ?? ''),
    stage('verification', back && verify, back, 'the failed checks are held again'),
  ].filter((one) => one !== undefined);
};

const timeOf = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : Date.parse(iso));

const stage = (name: string, from: number | undefined, to: number | undefined, about: string): Stage | undefined =>
  from === undefined || to === undefined || to <= from ? undefined : { name, from, to, about };

const firstSample = ({ checks }: RunRecord, wanted: (phase: string) => boolean, after: number): number | undefined => {
  const times = checks.flatMap(({ samples }) =>
    samples.filter(({ phase, at }) => wanted(phase) && Date.parse(at) >= after).map(({ at }) => Date.parse(at)),
  );
  return times.length === 0 ? undefined : times.reduce((first, at) => Math.min(first, at));
};

/** What else happened: the decision, marks that checks have set (their data is one text by now), and what was told to people. */
export const eventsOf = (record: RunRecord): Event[] => [...marked(record), ...told(record)];

const told = ({ notes = [] }: RunRecord): Event[] =>
  notes.map(({ at, level, text }) => ({
    at: Date.parse(at),
    name: level === 'warn' ? 'warning' : 'note',
    about: text,
  }));

const marked = ({ marks, decision }: RunRecord): Event[] =>
  marks.flatMap(({ at, name, data }): Event[] => {
    if (name === 'decision') return [{ at: Date.parse(at), name, about: decision.action }];
    if (borders.includes(name)) return [];
    return [{ at: Date.parse(at), name, about: typeof data === 'string' ? data : '' }];
  });
