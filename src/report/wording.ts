// The summary of a record for people: decision, diagnosis, failures, what to do next, what passed, the exit code.
import {
  type Attribution,
  clip,
  exitMeanings,
  layers,
  plural,
  type RecordedCheck,
  type RunRecord,
  type Verb,
} from '../kit/index.ts';
import { byHand, comparedWith, holders, shortened, withoutStep } from './by-hand.ts';
import { evidenceOf } from './evidence.ts';
import { headline } from './headline.ts';
import type { Line } from './lines.ts';
import { partWarnings } from './part-warnings.ts';
import { rolledBack } from './rollback-lines.ts';
import { saidLines } from './said.ts';
import { formatValue } from './values.ts';

/** Longer lists are cut, so that a summary stays on one screen of 24 lines; the record holds everything. */
const most = { failing: 6, next: 4, passed: 6, warned: 4 };

/** Attribution in words. */
const sinceWhen: Record<Attribution, string> = {
  introduced: 'since this release',
  preexisting: 'was failing before',
  unknown: 'since when: unknown',
  none: '',
};

const blank: Line = { text: '' };

/** The lines of a summary, the most urgent first. `saved`: where the record can be read again. */
export const summary = (record: RunRecord, saved?: string): Line[] => {
  const first = [...holders(record), ...diagnosed(record)];
  // By hand somebody has to act now: what to do comes before the list of what is wrong.
  const middle = record.verb === 'check' ? [next(record), unwell(record)] : [unwell(record), next(record)];
  const blocks = [first, ...middle, rolledBack(record), [...passed(record), ...saidLines(record)]];
  const filled = blocks.filter((block) => block.length > 0);
  return [headline(record), ...filled.flatMap((block) => [blank, ...block]), ...ending(record, saved)];
};

/** The first line holds it already. */
const isSaid = (record: RunRecord, text: string): boolean => headline(record).text.includes(text);

/** The likely root cause. A run in which nothing is wrong needs none. */
const diagnosed = (record: RunRecord): Line[] => {
  const { diagnosis, decision } = record;
  const fine = decision.action === 'pass' && diagnosis.layer === 'none';
  if (fine || isSaid(record, diagnosis.headline)) return [];
  const layer = diagnosis.layer === 'none' ? '' : ` (${diagnosis.layer})`;
  const said = withoutStep(diagnosis);
  const text = record.verb === 'check' ? clip(said, byHand.diagnosis) : said;
  return [{ head: `Diagnosis${layer}: `, text, tone: 'strong' }];
};

/** What failed, then what could not be measured or told, then what stopped the run. */
const unwell = (record: RunRecord): Line[] => {
  const bad = (['fail', 'error', 'inconclusive'] as const).flatMap((outcome) =>
    inLayerOrder(record.checks.filter((check) => check.outcome === outcome)),
  );
  const shown = record.verb === 'check' ? byHand.failing : most.failing;
  const hidden = bad.slice(shown).map(({ id }) => id);
  const rest = hidden.length > 0 ? [{ text: `  and ${hidden.length} more: ${hidden.join(', ')}` }] : [];
  return [...stops(record), ...bad.slice(0, shown).flatMap((check) => unwellLines(check, record, bad.length)), ...rest];
};

/** With what came back where it failed; by hand only where the screen has room for it. */
const unwellLines = (check: RecordedCheck, record: RunRecord, all: number): Line[] => {
  const evidence = record.verb !== 'check' || all === 1 ? evidenceOf(check) : undefined;
  const line = checkLine(check, record);
  return evidence === undefined ? [line] : [line, { text: `      ${evidence}`, tone: 'dim' }];
};

/** The layer that explains the others first, as in the diagnosis. */
const inLayerOrder = (checks: RecordedCheck[]): RecordedCheck[] =>
  checks.sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer));

/** Causes that are not a check's: nothing deployed, a deadline. */
const stops = (record: RunRecord): Line[] =>
  record.decision.because
    .filter(({ check, reason }) => reason !== 'by_hand' && !record.checks.some(({ id }) => id === check))
    .filter(({ text }) => text !== record.diagnosis.headline && !isSaid(record, text))
    .map(({ check, text }) => ({ head: 'stopped', text: ` ${check}: ${text}`, tone: 'bad', indent: 6 }));

const tones = { fail: 'bad', error: 'warn', inconclusive: 'warn', pass: 'good', skipped: 'dim' } as const;

/** One check as a line: `fail  Login: HTTP 500 at POST /login [since this release]`. */
const checkLine = (check: RecordedCheck, record: RunRecord): Line => {
  const warned = check.action === 'warn' ? ['only a warning'] : [];
  const notes = [since(check, record), ...warned].filter(Boolean);
  const bracket = notes.length > 0 ? ` [${notes.join('; ')}]` : '';
  return {
    head: check.outcome,
    text: ` ${check.title}: ${shortened(what(check, record), record)}${bracket}`,
    tone: tones[check.outcome],
    indent: 6,
  };
};

/** Since when a check fails. By hand there is no release under test: what is new is new since the last good run. */
export const since = (
  { outcome, attribution }: Pick<RecordedCheck, 'outcome' | 'attribution'>,
  { verb }: { verb: Verb | '' },
): string => {
  if (outcome !== 'fail') return '';
  return verb === 'check' && attribution === 'introduced' ? 'new since the last good run' : sinceWhen[attribution];
};

/** What the diagnosis above has told already is not told twice: the number and its limit remain. */
export const what = ({ because, value, limit, unit }: RecordedCheck, { diagnosis }: RunRecord): string => {
  if (!diagnosis.headline.startsWith(because)) return because;
  if (value === undefined || limit === undefined) return 'see the diagnosis';
  return `${formatValue(value, unit)}, limit ${formatValue(limit, unit)}`;
};

const next = (record: RunRecord): Line[] => {
  const failing = record.checks.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skipped');
  const steps = record.diagnosis.next.length > 0 ? record.diagnosis.next : failing.flatMap((check) => check.next ?? []);
  const withheld = record.decision.withheld === undefined ? [] : [withheldLine(record.decision.withheld)];
  return [
    ...withheld,
    ...[...new Set(steps)]
      .slice(0, record.verb === 'check' ? byHand.next : most.next)
      .map((text): Line => ({ head: 'next:', text: ` ${text}`, tone: 'strong', indent: 6 })),
  ];
};

const withheldLine = (why: string): Line => ({ text: `A rollback was withheld: ${why}`, indent: 6 });

/** What passed, each with its sentence: it holds the caveat. After a failure only what is not plainly green. */
const passed = (record: RunRecord): Line[] => {
  const green = record.checks.filter(({ outcome }) => outcome === 'pass');
  const shown = record.decision.action === 'pass' ? green : green.filter(({ reason }) => reason !== 'ok');
  const lines = shown.slice(0, most.passed).map((check) => checkLine(check, record));
  return [...lines, ...warnings(record), ...tally(record)];
};

/** What is not as it should be beside a pass; after a failure there is more urgent to say. */
const warnings = (record: RunRecord): Line[] => {
  const all = record.decision.action === 'pass' ? partWarnings(record) : [];
  const shown = record.verb === 'check' ? byHand.warned : most.warned;
  const rest = all.length > shown ? [{ text: `  and ${all.length - shown} more in the record` }] : [];
  const lines = all.slice(0, shown).map(
    ({ title, name, because }): Line => ({
      head: 'warn',
      text: ` ${title}: ${name}: ${record.verb === 'check' ? clip(because, byHand.few.sentence) : because}`,
      tone: 'warn',
      indent: 6,
    }),
  );
  return [...lines, ...rest];
};

const tally = (record: RunRecord): Line[] => {
  const { checks } = record;
  if (checks.length === 0) return [];
  const number = (matches: (check: RecordedCheck) => boolean): number => checks.filter(matches).length;
  const skipped = checks.filter(({ outcome }) => outcome === 'skipped');
  const why = [...new Set(skipped.map(({ because }) => because))].filter((text) => !isSaid(record, text)).join('; ');
  const green = plural(
    number(({ outcome }) => outcome === 'pass'),
    'check',
  );
  const warned = number((check) => check.action === 'warn' || partWarnings({ checks: [check] }).length > 0);
  return [{ text: `${green} passed, ${warned} with warnings, ${skipped.length} skipped${why ? ` (${why})` : ''}` }];
};

const ending = (record: RunRecord, saved: string | undefined): Line[] => [
  ...(record.overrides.length > 0 ? [{ text: `lowered by: ${record.overrides.join(', ')}` }] : []),
  ...comparedWith(record),
  { text: `exit code ${record.exitCode}: ${meaning(record)}${whatNow(record)}` },
  { text: saved === undefined ? `run: ${record.runId}` : `record: ${saved}` },
];

/** Where the steps for this code stand. */
const whatNow = ({ exitCode }: RunRecord): string =>
  exitCode === 0 ? '' : ` (what now: holdpoint explain ${exitCode})`;

/** What the exit code of a record means; by hand, in a shadow run and in a drill a 0 says less or more than "passed". */
export const meaning = ({ exitCode, verb, shadow, rollback }: RunRecord): string => {
  if (exitCode === 0 && rollback?.reason === 'drill') return 'a drill: nothing was done';
  if (exitCode === 0 && shadow) return 'shadow run: nothing counts';
  if (exitCode === 0 && verb === 'check') return 'recovered';
  const known = exitMeanings[exitCode] ?? 'not one of holdpoint’s';
  // By hand nothing was under way that could be blocked.
  return verb === 'check' ? known.replace(/^blocked: /, '') : known;
};
