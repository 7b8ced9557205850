// The reporter `github`: annotations for the log, a summary page, and outputs that later steps of a workflow branch on.
import { type Out, plural, type RecordedCheck, type Reporter, type RunRecord } from '../kit/index.ts';
import { atEnd } from './at-end.ts';
import { exitReason, isUnwell, rolledBackTo, verdictWord, worstFirst } from './ending.ts';
import { headline } from './headline.ts';
import { pageOf } from './markdown.ts';

export const github: Reporter = {
  holdpointReporter: 1,
  name: 'github',
  about: 'for GitHub Actions: at most 10 annotations, the summary of the step, outputs for later steps',
  writes: 'machine',
  open: (out) => atEnd(out, (record) => lines(annotations(record))),
  appends: [
    {
      env: 'GITHUB_STEP_SUMMARY',
      open: (out: Out) => atEnd(out, (record, saved) => lines(pageOf(record, saved))),
    },
    { env: 'GITHUB_OUTPUT', open: (out: Out) => atEnd(out, (record, saved) => lines(outputs(record, saved))) },
  ],
};

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

/** GitHub shows 10 annotations of a kind per step: one for the run, one for what does not fit. */
const mostChecks = 8;

type Level = 'error' | 'warning' | 'notice';

const annotations = (record: RunRecord): string[] => {
  const unwell = worstFirst(record.checks).filter(isUnwell);
  const more = unwell.slice(mostChecks).map(({ id }) => id);
  const { head, text } = headline(record);
  return [
    annotation(levelOf(record), 'holdpoint', head + text),
    ...unwell.slice(0, mostChecks).map((check) => checkAnnotation(check, record)),
    ...(more.length > 0
      ? [annotation('warning', 'holdpoint', `${plural(more.length, 'more check')}: ${more.join(', ')}`)]
      : []),
  ];
};

const levelOf = (record: RunRecord): Level => {
  if (record.exitCode !== 0) return 'error';
  return headline(record).tone === 'good' ? 'notice' : 'warning';
};

const checkAnnotation = (check: RecordedCheck, record: RunRecord): string => {
  const counts = record.exitCode !== 0 && (check.action === 'block' || check.action === 'rollback');
  const next = check.next === undefined ? '' : `\nnext: ${check.next}`;
  return annotation(counts ? 'error' : 'warning', `${check.title}: ${check.outcome}`, check.because + next);
};

const annotation = (level: Level, title: string, message: string): string =>
  `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;

/** https://github.com/actions/toolkit, packages/core/src/command.ts: what the runner turns back. */
const escapeData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** Each is always set, so that a second call in the same step leaves nothing of the first. */
const outputs = (record: RunRecord, saved: string | undefined): string[] => [
  `verdict=${verdictWord(record)}`,
  `exit_reason=${exitReason(record)}`,
  `record=${saved ?? ''}`,
  `rolled_back_to=${rolledBackTo(record) ?? ''}`,
];
