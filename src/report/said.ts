// What a run told people beside its verdicts, out of the record: warnings, and the end of what the deploy command printed.
import { clip, type RunRecord } from '../kit/index.ts';
import type { Line } from './lines.ts';

/** So many stand below a summary, and so many characters of each; by hand everything must stand on one screen. */
const most = { warnings: 3, output: 5, text: 200 };
const mostByHand = { warnings: 1, text: 90 };

/** The warnings of a run; a note that only informs is for whoever watches. */
export const warningsOf = ({ notes = [] }: RunRecord): string[] =>
  notes.filter(({ level }) => level === 'warn').map(({ text }) => text);

/** Lines below a summary. What the deploy command printed matters where it failed. */
export const saidLines = (record: RunRecord): Line[] => {
  const warnings = warningsOf(record);
  const failed = record.decision.because.some(({ reason }) => reason === 'deploy_failed');
  const { warnings: shown, text: length } = record.verb === 'check' ? mostByHand : most;
  const rest = warnings.length - shown;
  return [
    ...(failed ? (record.deployOutput ?? []) : [])
      .slice(-most.output)
      .map((text): Line => ({ text: `deploy | ${clip(text, most.text)}`, tone: 'dim', indent: 9 })),
    ...warnings
      .slice(0, shown)
      .map((text): Line => ({ head: 'warning:', text: ` ${clip(text, length)}`, tone: 'warn', indent: 9 })),
    ...(rest > 0 ? [{ text: `  and ${rest} more in the record` }] : []),
  ];
};
