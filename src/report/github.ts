// The reporter `github`: annotations for the log, a summary page, and outputs that later steps of a workflow branch on.
import { type Out, plural, type RecordedCheck, type Reporter, type RunRecord } from '../kit/index.ts';
import { atEnd } from './at-end.ts';
import { exitReason, isUnwell, verdictWord, worstFirst } from './ending.ts';
import { headline } from './headline.ts';
import { markdownOf } from './markdown.ts';

export const github: Reporter = {
  holdpointReporter: 1,
  name: 'github',
  about: 'for GitHub Actions: at most 10 annotations, the summary of the step, outputs for later steps',
  writes: 'machine',
  open: (out) => atEnd(out, (record) => lines(annotations(record))),
  appends: [
    {
      env: 'GITHUB_STEP_SUMMARY',
      open: (out: Out) => atEnd(out, (record, saved) => lines(within(markdownOf(record, saved), largestSummary))),
    },
    { env: 'GITHUB_OUTPUT', open: (out: Out) => atEnd(out, (record, saved) => lines(outputs(record, saved))) },
  ],
};

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

/** GitHub shows 10 annotations of a kind per step: one for the run, one for what does not fit. */
const mostChecks = 8;

/** Bytes. GitHub drops the whole summary of a step from 1 MiB on; the rest is for other tools of the same step. */
const largestSummary = 1_000_000;

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

/** Whole lines up to so many bytes; the last one says what is missing. */
const within = (all: readonly string[], bytes: number): string[] => {
  const note = '… the rest is left out: it would be larger than a step summary may be. The record has all of it.';
  let left = bytes - Buffer.byteLength(`\n${note}\n`);
  const cut = all.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1;
    return left < 0;
  });
  return cut === -1 ? [...all] : [...all.slice(0, cut), '', note];
};

/** Each is always set, so that a second call in the same step leaves nothing of the first. */
const outputs = (record: RunRecord, saved: string | undefined): string[] => [
  `verdict=${verdictWord(record)}`,
  `exit_reason=${exitReason(record)}`,
  `record=${saved ?? ''}`,
  `rolled_back_to=${rolledBackTo(record) ?? ''}`,
];

/** The revision that is live again, also when going back did not help. */
const rolledBackTo = ({ rollback }: RunRecord): string | undefined =>
  rollback?.state === 'ROLLED_BACK' || rollback?.state === 'UNVERIFIED' ? rollback.to : undefined;
