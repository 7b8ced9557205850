// Holds what a scenario ended with against what it must end with, and says it in sentences.
import { exitMeanings } from '../kit/index.ts';
import type { Called } from './call.ts';
import type { Ending } from './scenarios.ts';

/** `exit code 20: rolled back and verified`. */
export const exitSentence = (code: number): string =>
  `exit code ${code}: ${exitMeanings[code] ?? 'not a code of holdpoint'}`;

const codes = (list: readonly number[]): string => list.map(String).join(' or ');

/** What differs from the scenario's ending, one sentence each; empty when it ended as told. */
export const differences = ({ exitCode, record }: Called, ending: Ending): string[] => {
  const problems: string[] = [];
  if (!ending.exitCodes.includes(exitCode))
    problems.push(`exit code ${exitCode}; the scenario must end with ${codes(ending.exitCodes)}`);
  if (!record) return [...problems, 'no record was written; the output above says why'];
  const { action } = record.decision;
  if (action !== ending.action) problems.push(`decision ${action}; the scenario must end with ${ending.action}`);
  if (record.exitCode !== exitCode)
    problems.push(`the record says exit code ${record.exitCode}, the process ended with ${exitCode}`);
  return problems;
};

/** The release behind the `current` link must be the one that the scenario tells. */
export const liveDifference = (live: string, expected: string): string[] =>
  live === expected ? [] : [`release ${live} is live; it must be ${expected}`];
