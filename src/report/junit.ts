// The reporter `junit`: one test suite per run, one test case per check, for Jenkins, GitLab, CircleCI and others.
import { type RecordedCheck, type Reporter, type RunRecord } from '../kit/index.ts';
import { atEnd } from './at-end.ts';
import { exitReason, isUnwell, lengthOf, stopsOf } from './ending.ts';
import { headline, targetOf } from './headline.ts';
import { numbersOf } from './numbers.ts';
import { partText } from './evidence.ts';
import { partWarnings } from './part-warnings.ts';
import { element } from './xml.ts';

/** Writes what both the schema of Jenkins' xUnit plugin (junit-10) and that of Maven Surefire allow, and no more. */
export const junit: Reporter = {
  holdpointReporter: 1,
  name: 'junit',
  about: 'JUnit XML, at the end: a failed check is a failure, one that could not look or tell is an error',
  writes: 'machine',
  open: (out) => atEnd(out, (record) => `<?xml version="1.0" encoding="UTF-8"?>\n${suite(record)}\n`),
};

/** What is wrong with a test case. A `failure` is a finding about the service, an `error` the lack of one. */
interface Problem {
  as: 'failure' | 'error' | 'skipped';
  reason: string;
  text: string;
  details: readonly string[];
}

interface Case {
  name: string;
  /** Milliseconds. */
  ms: number;
  problem: Problem | undefined;
  /** Told of a case without a problem. */
  said: string;
}

const suite = (record: RunRecord): string => {
  const cases = [...record.checks.map((check) => checkCase(check, record)), runCase(record)];
  const number = (as: Problem['as']): number => cases.filter(({ problem }) => problem?.as === as).length;
  return element(
    'testsuite',
    {
      name: `holdpoint.${targetOf(record)}`,
      tests: cases.length,
      failures: number('failure'),
      errors: number('error'),
      skipped: number('skipped'),
      time: seconds(lengthOf(record)),
    },
    [element('properties', {}, properties(record)), ...cases.map((one) => testcase(one, record))],
  );
};

/** Both schemas allow at most three digits after the point, and no exponent. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const testcase = ({ name, ms, problem, said }: Case, record: RunRecord): string =>
  element('testcase', { name, classname: `holdpoint.${targetOf(record)}`, time: seconds(ms) }, [
    problem ? problemElement(problem) : element('system-out', {}, said),
  ]);

/** Surefire's `skipped` has no type; its `failure` and `error` must have one. */
const problemElement = ({ as, reason, text, details }: Problem): string =>
  element(as, { message: text, ...(as === 'skipped' ? {} : { type: reason }) }, details.join('\n'));

const checkCase = (check: RecordedCheck, record: RunRecord): Case => ({
  name: check.id,
  ms: check.samples.reduce((sum, { ms }) => sum + ms, 0),
  problem: checkProblem(check, record),
  said: [
    sentence(check, record),
    ...partWarnings({ checks: [check] }).map(({ name, because }) => `warn: ${name}: ${because}`),
  ].join('\n'),
});

const problemOf: Record<RecordedCheck['outcome'], Problem['as'] | undefined> = {
  pass: undefined,
  fail: 'failure',
  error: 'error',
  inconclusive: 'error',
  skipped: 'skipped',
};

const checkProblem = (check: RecordedCheck, record: RunRecord): Problem | undefined => {
  const as = problemOf[check.outcome];
  if (as === undefined) return undefined;
  return {
    as,
    reason: check.reason,
    text: sentence(check, record),
    details: as === 'skipped' ? [] : details(check, record),
  };
};

/** `37 of 37 slots in use (value 37, limit 35, before the deploy 4)`. */
const sentence = (check: RecordedCheck, record: RunRecord): string => {
  const numbers = numbersOf(check, record).map(({ name, text }) => `${name} ${text}`);
  return numbers.length > 0 ? `${check.because} (${numbers.join(', ')})` : check.because;
};

const details = (check: RecordedCheck, record: RunRecord): string[] => [
  `${check.title}: ${check.because}`,
  ...numbersOf(check, record).map(({ name, text }) => `${name}: ${text}`),
  `attribution: ${check.attribution}`,
  `action: ${check.action}`,
  ...check.parts.map((part) => `${part.name}: ${part.outcome}: ${partText(part)}`),
  ...(check.next === undefined ? [] : [`next: ${check.next}`]),
];

/** The run itself: always a case, so that the number of tests stays the same and a run without checks is seen. */
const runCase = (record: RunRecord): Case => {
  const { head, text } = headline(record);
  return { name: 'run', ms: lengthOf(record), problem: runProblem(record), said: head + text };
};

/** What went wrong beside the checks: an interruption, a rollback that did not arrive, a stop, no proof of anything. */
const runProblem = (record: RunRecord): Problem | undefined => {
  const { head, text } = headline(record);
  const problem = (as: 'failure' | 'error'): Problem => ({
    as,
    reason: exitReason(record),
    text: head + text,
    details: [head + text, ...rest(record)],
  });
  if (record.interrupted) return problem('error');
  if (hasLostRollback(record)) return problem('failure');
  const stops = stopsOf(record);
  if (stops.some(({ reason }) => faults.includes(reason))) return problem('failure');
  const isProven = [0, 20].includes(record.exitCode) || record.checks.some(isUnwell);
  return stops.length > 0 || !isProven ? problem('error') : undefined;
};

/** Stops that are findings about the release or its surroundings; the others say that nothing could be found out. */
const faults = ['deploy_failed', 'control_failing'];

const hasLostRollback = ({ rollback }: RunRecord): boolean =>
  rollback !== undefined &&
  rollback.state !== 'WITHHELD' &&
  rollback.reason !== 'drill' &&
  !(rollback.state === 'ROLLED_BACK' && rollback.verified);

const rest = (record: RunRecord): string[] => [
  ...stopsOf(record).map(({ check, text }) => `${check}: ${text}`),
  ...(record.rollback ? [`rollback: ${record.rollback.because}`] : []),
  ...(record.rollback?.manual === undefined ? [] : [`by hand: ${record.rollback.manual}`]),
  ...record.diagnosis.next.map((step) => `next: ${step}`),
];

/** Neither schema allows properties of a test case, so those of a check stand here under its id. */
const properties = (record: RunRecord): string[] => [
  ...[
    ['run', record.runId],
    ['verb', record.verb],
    ['release', record.release.label],
    ['revision', record.release.from],
    ['revisionBefore', record.release.to],
    ['revisionLive', record.release.liveAtEnd],
    ['startedAt', record.startedAt],
    ['finishedAt', record.finishedAt],
    ['decision', record.decision.action],
    ['exitCode', record.exitCode],
    ['diagnosis', record.diagnosis.headline],
  ].flatMap(([name, value]) => property(String(name), value)),
  ...record.checks.flatMap(checkProperties),
];

const checkProperties = (check: RecordedCheck): string[] =>
  Object.entries({
    value: check.value,
    limit: check.limit,
    baseline: check.baseline.value,
    unit: check.unit,
    reason: check.reason,
    attribution: check.attribution,
    action: check.action,
  }).flatMap(([name, value]) => property(`${check.id}.${name}`, value));

const property = (name: string, value: string | number | undefined): string[] =>
  value === undefined || value === '' ? [] : [element('property', { name, value })];
