// The reporter `slack`: the result as a message to paste into a chat that knows Slack's marks.
import { clip, duration, type RecordedCheck, type Reporter, type RunRecord } from '../kit/index.ts';
import { atEnd } from './at-end.ts';
import { comparedWith, holders, withoutStep } from './by-hand.ts';
import { isUnwell, lengthOf, stopsOf, worstFirst } from './ending.ts';
import { headline } from './headline.ts';
import { stepsOf, utc } from './markdown.ts';
import { textsOf } from './lines.ts';
import { meaning, since, what } from './wording.ts';

export const slack: Reporter = {
  holdpointReporter: 1,
  name: 'slack',
  about: 'a message for Slack to copy and paste, at the end; times in UTC',
  writes: 'machine',
  open: (out) => atEnd(out, (record, saved) => `${message(record, saved).join('\n')}\n`),
};

/** A message that needs a click to be read whole is not read. */
const most = { checks: 6, next: 4, sentence: 300 };

const message = (record: RunRecord, saved: string | undefined): string[] => [
  ...first(record),
  ...stopsOf(record).map(({ check, text }) => `:octagonal_sign: *${literal(check)}*: ${sentence(text)}`),
  ...textsOf(holders(record)).map(literal),
  ...unwell(record),
  ...stepsOf(record)
    .slice(0, most.next)
    .map((text) => `:point_right: ${sentence(text)}`),
  ...rollback(record),
  ...textsOf(comparedWith(record)).map(literal),
  closing(record, saved),
];

const tones = { good: ':white_check_mark:', bad: ':x:', warn: ':warning:' } as const;

const first = (record: RunRecord): string[] => {
  const { head, text, tone } = headline(record);
  const { layer } = record.diagnosis;
  const why = withoutStep(record.diagnosis);
  const isNews = why !== '' && layer !== 'none' && !text.includes(why);
  return [
    `${tones[tone]} *${literal(head)}*${literal(text)}`,
    ...(isNews ? [`*Diagnosis (${layer}):* ${literal(why)}`] : []),
  ];
};

const unwell = (record: RunRecord): string[] => {
  const bad = worstFirst(record.checks).filter(isUnwell);
  const more = bad.slice(most.checks).map(({ id }) => literal(id));
  return [
    ...bad.slice(0, most.checks).map((check) => line(check, record)),
    ...(more.length > 0 ? [`• and ${more.length} more: ${clip(more.join(', '), most.sentence)}`] : []),
  ];
};

const line = (check: RecordedCheck, record: RunRecord): string => {
  const when = since(check, record);
  return `• ${check.outcome} *${literal(check.title)}*: ${sentence(what(check, record))}${when === '' ? '' : ` _(${when})_`}`;
};

/** A command stands as it is: somebody will paste it into a shell. */
const rollback = ({ rollback: report, decision }: RunRecord): string[] => {
  const withheld = decision.withheld === undefined ? [] : [`A rollback was withheld: ${sentence(decision.withheld)}`];
  if (!report) return withheld;
  const arrived = report.state === 'ROLLED_BACK' || report.state === 'UNVERIFIED';
  return [
    ...(report.state === 'WITHHELD' ? withheld : [`*Rollback:* ${sentence(report.because)}`]),
    ...(arrived || !report.manual ? [] : [`By hand: \`\`\`${report.manual}\`\`\``]),
  ];
};

const closing = (record: RunRecord, saved: string | undefined): string =>
  [
    `${utc(record.startedAt)}, ${duration(lengthOf(record))}`,
    `exit code ${record.exitCode}: ${meaning(record)}`,
    saved === undefined ? `run ${literal(record.runId)}` : `record ${literal(saved)}`,
  ].join(' · ');

const sentence = (text: string): string => literal(clip(text, most.sentence));

/**
 * Slack has no escapes for its marks in a pasted text: a backtick becomes an apostrophe, and a space of no width behind
 * a mark or an `@` that begins a word keeps it from being one.
 */
const literal = (text: string): string =>
  text.replaceAll('`', "'").replace(/(?<![\p{L}\p{N}])[*_~@:](?=\S)/gu, '$&\u200b');
