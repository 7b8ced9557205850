// The reporter `markdown`: the result for a chat, an issue or a summary page, the most urgent first.
import { clip, duration, type RecordedCheck, type Reporter, type RunRecord } from '../kit/index.ts';
import { atEnd } from './at-end.ts';
import { comparedWith, holders, withoutStep } from './by-hand.ts';
import { isUnwell, lengthOf, stopsOf, worstFirst } from './ending.ts';
import { evidenceOf } from './evidence.ts';
import { headline } from './headline.ts';
import { code, escapeMarkdown, table } from './markdown-text.ts';
import { beforeWord, numbersOf } from './numbers.ts';
import { partWarnings } from './part-warnings.ts';
import { textsOf } from './lines.ts';
import { warningsOf } from './said.ts';
import { meaning, since } from './wording.ts';

export const markdown: Reporter = {
  holdpointReporter: 1,
  name: 'markdown',
  about: 'the result as Markdown, at the end: for a chat, an issue, a pull request or a summary page',
  writes: 'machine',
  open: (out) => atEnd(out, (record, saved) => `${markdownOf(record, saved).join('\n')}\n`),
};

/** The longest sentence in a cell, in characters: a page of HTML in an answer must not bury the other checks. */
const longest = 500;

/** The lines of a report; `record` is clean already. `saved`: where the record can be read again. */
export const markdownOf = (record: RunRecord, saved?: string): string[] =>
  [
    [`## ${escapeMarkdown(firstLine(record))}`],
    diagnosis(record),
    apart(textsOf(holders(record)).map(escapeMarkdown)),
    apart(stopsOf(record).map(({ check, text }) => `**Stopped** by ${code(check)}: ${sentence(text)}`)),
    checks(record),
    warnings(record),
    deployed(record),
    evidence(record),
    steps(record),
    rollback(record),
    textsOf(comparedWith(record)).map(escapeMarkdown),
    [closing(record, saved)],
  ]
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
    .split('\n');

/** A paragraph each: Markdown joins lines. */
const apart = (lines: readonly string[]): string[] => lines.flatMap((line, at) => (at === 0 ? [line] : ['', line]));

const firstLine = (record: RunRecord): string => {
  const { head, text } = headline(record);
  return head + text;
};

/** Bytes. GitHub drops a summary and Buildkite refuses an annotation from 1 MiB on; the rest is for others in the same step. */
const largestPage = 1_000_000;

/** The lines of a report for a page of a CI, cut where it would be too large for it. */
export const pageOf = (record: RunRecord, saved?: string): string[] => {
  const all = markdownOf(record, saved);
  const note = '… the rest is left out: the page would be larger than 1 MB. The record has all of it.';
  let left = largestPage - Buffer.byteLength(`\n${note}\n`);
  const cut = all.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1;
    return left < 0;
  });
  return cut === -1 ? all : [...all.slice(0, cut), '', note];
};

const sentence = (text: string): string => escapeMarkdown(clip(text, longest));

const diagnosis = (record: RunRecord): string[] => {
  const { layer } = record.diagnosis;
  const text = withoutStep(record.diagnosis);
  const isFine = record.decision.action === 'pass' && layer === 'none';
  if (isFine || text === '' || firstLine(record).includes(text)) return [];
  return [`**Diagnosis${layer === 'none' ? '' : ` (${layer})`}:** ${escapeMarkdown(text)}`];
};

const marks = { pass: '✅', fail: '❌', inconclusive: '❔', error: '⚠️', skipped: '⏭️' } as const;

const checks = (record: RunRecord): string[] =>
  record.checks.length === 0
    ? []
    : table(
        ['', 'check', 'now', 'limit', beforeWord(record), 'what was seen'],
        worstFirst(record.checks).map((check) => row(check, record)),
      );

const row = (check: RecordedCheck, record: RunRecord): string[] => {
  const number = (wanted: string): string => numbersOf(check, record).find(({ name }) => name === wanted)?.text ?? '';
  return [
    `${marks[check.outcome]} ${check.outcome}`,
    escapeMarkdown(check.title),
    escapeMarkdown(number('value')),
    escapeMarkdown(number('limit')),
    escapeMarkdown(number(beforeWord(record))),
    sentence(check.because) + notes(check, record),
  ];
};

/** Whose fault a failure is, and whether anything follows from it. */
const notes = (check: RecordedCheck, record: RunRecord): string => {
  const all = [since(check, record), check.action === 'warn' ? 'only a warning' : ''];
  const said = all.filter(Boolean).join('; ');
  return said === '' ? '' : ` (*${said}*)`;
};

/** What to do, each once: the diagnosis' advice, else that of the checks that are not well. */
export const stepsOf = ({ diagnosis: { next }, checks: all }: RunRecord): string[] => [
  ...new Set(next.length > 0 ? next : all.filter(isUnwell).flatMap((check) => check.next ?? [])),
];

/** In characters; what shipped checks give is shorter, so that the line for the shell stays whole. */
const longestEvidence = 1_000;

/** What came back where a check fails, and how to ask for it again. */
const evidence = (record: RunRecord): string[] =>
  record.checks.flatMap((check) => {
    const text = evidenceOf(check);
    return text === undefined ? [] : [`- ${escapeMarkdown(check.title)}: ${code(clip(text, longestEvidence))}`];
  });

const warnings = (record: RunRecord): string[] => {
  const list = [
    ...partWarnings(record).map(
      ({ title, name, because }) => `- ⚠️ ${escapeMarkdown(`${title}: ${name}`)}: ${sentence(because)}`,
    ),
    ...warningsOf(record).map((text) => `- ⚠️ ${sentence(text)}`),
  ];
  return list.length > 0 ? ['**Warnings**', '', ...list] : [];
};

/** The end of what a deploy command printed that failed. */
const deployed = ({ decision, deployOutput = [] }: RunRecord): string[] => {
  if (deployOutput.length === 0 || !decision.because.some(({ reason }) => reason === 'deploy_failed')) return [];
  return [
    '**The deploy command said last**',
    '',
    ...deployOutput.slice(-10).map((line) => `    ${clip(line, longest)}`),
  ];
};

const steps = (record: RunRecord): string[] => {
  const list = stepsOf(record).map((text, at) => `${at + 1}. ${escapeMarkdown(text)}`);
  return list.length > 0 ? ['**Next**', '', ...list] : [];
};

const rollback = ({ rollback: report, decision }: RunRecord): string[] => {
  const withheld =
    decision.withheld === undefined ? [] : [`**A rollback was withheld:** ${sentence(decision.withheld)}`];
  if (!report) return withheld;
  const arrived = report.state === 'ROLLED_BACK' || report.state === 'UNVERIFIED';
  const reason = report.reason === '' ? '' : ` (${report.reason})`;
  const told =
    report.state === 'WITHHELD' ? withheld : [`**Rollback ${report.state}${reason}:** ${sentence(report.because)}`];
  return [
    ...told,
    ...report.guards.filter(({ ok }) => !ok).map(({ name, because }) => `- guard ${code(name)}: ${sentence(because)}`),
    ...(arrived || !report.manual ? [] : [`- by hand: ${code(report.manual)}`]),
    ...(arrived && report.aftermath ? [`- afterwards: ${sentence(report.aftermath)}`] : []),
  ].flatMap((line, at) => (at === 1 ? ['', line] : [line]));
};

const closing = (record: RunRecord, saved: string | undefined): string =>
  [
    `Run ${code(record.runId)}`,
    `${utc(record.startedAt)} to ${utc(record.finishedAt)} (${duration(lengthOf(record))})`,
    `exit code ${record.exitCode}: ${meaning(record)}`,
    ...(record.overrides.length > 0 ? [`lowered by ${code(record.overrides.join(', '))}`] : []),
    ...(saved === undefined ? [] : [`record ${code(saved)}`]),
    `holdpoint ${escapeMarkdown(record.tool.version)}`,
  ].join(' · ');

/** `2026-11-22 02:47:00 UTC`. */
export const utc = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;
