// The first line of every report: what was decided, for which service and release.
import { duration, plural, type RecordedCheck, type RollbackReport, type RunRecord } from '../kit/index.ts';

/** A first line: `head` is the decision, which is coloured by `tone`; `text` says for what and why. */
export interface Headline {
  head: string;
  text: string;
  tone: 'good' | 'bad' | 'warn';
}

/** `auth/production`, or `auth` where there are no environments. */
export const targetOf = ({ service, environment }: { service: string; environment: string }): string =>
  environment === '' ? service : `${service}/${environment}`;

/** Reads a record into its first line. */
export const headline = (record: RunRecord): Headline => {
  if (record.interrupted) return interruptedLine(record, record.interrupted);
  if (record.verb === 'check') return checkLine(record);
  if (record.rollback?.reason === 'drill') return drillLine(record, record.rollback);
  if (record.rollback && record.rollback.state !== 'WITHHELD') return rollbackLine(record, record.rollback);
  return record.shadow ? shadowLine(record) : decidedLine(record);
};

/** What people call the release; empty where nobody has named it and no platform could tell. */
export const releaseName = ({ label }: Pick<RunRecord['release'], 'label'>): string =>
  label === 'unnamed' ? '' : label;

const released = (record: RunRecord): string =>
  [targetOf(record), releaseName(record.release)].filter(Boolean).join(' ');

const interruptedLine = (record: RunRecord, signal: string): Headline => {
  const { rollback } = record;
  const where = rollback ? `; the rollback stands at ${rollback.state}: ${rollback.because}` : '; nothing was decided';
  return { head: `INTERRUPTED by ${signal}`, text: `: ${released(record)}${where}`, tone: 'warn' };
};

const of = (checks: readonly RecordedCheck[], outcome: RecordedCheck['outcome']): RecordedCheck[] =>
  checks.filter((check) => check.outcome === outcome);

const checkLine = (record: RunRecord): Headline => {
  const looked = record.checks.filter(({ outcome }) => outcome !== 'skipped');
  if (record.exitCode === 0)
    return { head: 'RECOVERED', text: `: ${allOf(looked.length, 'passing')} (${targetOf(record)})`, tone: 'good' };
  const failing = of(looked, 'fail');
  const blind = [
    counted(of(looked, 'inconclusive').length, 'could not tell'),
    counted(of(looked, 'error').length, 'could not measure'),
  ].flat();
  const parts = [`${failing.length} of ${looked.length} failing`, ...newOnes(failing), ...blind];
  // Nothing was seen to fail: whoever reads on must not take a secret that is missing for an outage.
  const head = failing.length > 0 ? 'NOT RECOVERED' : 'NOT PROVEN TO HAVE RECOVERED';
  return { head, text: `: ${parts.join(', ')} (${targetOf(record)})`, tone: 'bad' };
};

const allOf = (number: number, what: string): string =>
  number === 1 ? `the one check is ${what}` : `all ${number} checks ${what}`;

const counted = (number: number, what: string): string[] => (number === 0 ? [] : [`${number} ${what}`]);

/** How many failures are not those of the outage that was captured. */
const newOnes = (failing: readonly RecordedCheck[]): string[] => {
  if (failing.length === 0) return [];
  const fresh = failing.filter(({ attribution }) => attribution === 'introduced').length;
  const unknown = failing.filter(({ attribution }) => attribution === 'unknown' || attribution === 'none').length;
  if (unknown === failing.length) return ['unknown since when'];
  return [
    fresh === 0 && unknown === 0 ? 'none new' : '',
    ...counted(fresh, 'new'),
    ...counted(unknown, 'of unknown age'),
  ].filter(Boolean);
};

const drillLine = (record: RunRecord, { from, to }: RollbackReport): Headline => ({
  head: 'DRILL, nothing done',
  text: `: ${targetOf(record)} could go back from ${from} to ${to}`,
  tone: 'good',
});

const rollbackLine = (record: RunRecord, rollback: RollbackReport): Headline => {
  const target = targetOf(record);
  const was = rollback.from ? ` (was ${rollback.from}${labelled(record, rollback.from)})` : '';
  const back = rollback.to ?? 'the captured revision';
  const live = record.release.liveAtEnd ?? rollback.from;
  const why = rollback.reason === '' ? '' : ` (${rollback.reason})`;
  const still = live === undefined ? `what ${target} runs is not known` : `${target} runs ${live}`;
  switch (rollback.state) {
    case 'ROLLED_BACK':
      return rollback.verified
        ? { head: 'ROLLED BACK and verified', text: `: ${target} runs ${back} again${was}`, tone: 'good' }
        : { head: 'ROLLED BACK, NOT VERIFIED', text: `: ${target} runs ${back} again${was}`, tone: 'warn' };
    case 'UNVERIFIED':
      return { head: 'ROLLED BACK, STILL FAILING', text: `: ${target} runs ${back} again${was}`, tone: 'bad' };
    case 'REFUSED':
      return { head: `ROLLBACK REFUSED${why}`, text: `: ${still}`, tone: 'bad' };
    case 'FAILED':
      return { head: `ROLLBACK FAILED${why}`, text: `: ${still}`, tone: 'bad' };
    case 'WITHHELD':
    case 'PLANNED':
      return { head: 'ROLLBACK PLANNED, nothing done', text: `: ${still}`, tone: 'warn' };
    case 'FENCED':
    case 'EXECUTING':
    case 'EXECUTED':
    case 'WAITING':
    case 'VERIFYING':
      return { head: `ROLLBACK UNFINISHED (${rollback.state})`, text: `: ${still}`, tone: 'bad' };
    default:
      return rollback.state satisfies never;
  }
};

const labelled = ({ release }: RunRecord, revision: string): string =>
  ['', revision].includes(releaseName(release)) ? '' : `, release ${release.label}`;

const shadowLine = (record: RunRecord): Headline => {
  const { head, text } = decidedLine(record);
  return { head: `SHADOW RUN, nothing counts: would be ${head}`, text, tone: 'warn' };
};

const decidedLine = (record: RunRecord): Headline => {
  switch (record.decision.action) {
    case 'pass':
      return { head: 'PASSED', text: `: ${released(record)}, ${passedHow(record)}`, tone: 'good' };
    case 'block':
      return { head: 'BLOCKED', text: `: ${released(record)}, ${blockedWhy(record)}`, tone: 'bad' };
    case 'rollback':
      return { head: 'ROLL BACK', text: `: ${released(record)}, ${blockedWhy(record)}`, tone: 'bad' };
    default:
      return record.decision.action satisfies never;
  }
};

const passedHow = (record: RunRecord): string => {
  const total = record.checks.filter(({ outcome }) => outcome !== 'skipped').length;
  const green = of(record.checks, 'pass').length;
  const together = green === total ? `${plural(green, 'check')} green` : `${green} of ${plural(total, 'check')} green`;
  const held = record.plan.for > 0 ? ` for ${duration(record.plan.for)}` : '';
  return `${together}${held}${provenLive(record)}`;
};

/** Without a platform nobody has seen which revision is live: the first line says so. */
const provenLive = ({ release }: RunRecord): string =>
  release.from === undefined ? ' (which revision is live was not read: no platform)' : '';

const blockedWhy = (record: RunRecord): string => {
  const looked = record.checks.filter(({ outcome }) => outcome !== 'skipped');
  const all = plural(looked.length, 'check');
  const parts = [
    ...counted(of(looked, 'fail').length, `of ${all} failing${sinceBefore(record)}`),
    ...counted(of(looked, 'error').length, `of ${all} could not measure`),
    ...counted(of(looked, 'inconclusive').length, `of ${all} could not tell`),
  ];
  const stop = record.decision.because.find(({ check }) => !record.checks.some(({ id }) => id === check));
  return [...(stop ? [`${stop.check}: ${stop.text}`] : []), ...parts].join(', ') || 'nothing was proven';
};

const sinceBefore = ({ exitCode }: RunRecord): string => (exitCode === 13 ? ', since before this release' : '');
