// What was asked and what came back where a check fails: for whoever looks next, below the sentence of the check.
import type { RecordedCheck } from '../kit/index.ts';

/** The evidence of the first part that failed; undefined where there is none. */
export const evidenceOf = ({ outcome, parts }: Pick<RecordedCheck, 'outcome' | 'parts'>): string | undefined =>
  outcome === 'fail' ? parts.find((part) => part.outcome === 'fail')?.evidence : undefined;

/** The sentence of a part with its evidence. */
export const partText = ({
  because,
  evidence,
}: Pick<RecordedCheck['parts'][number], 'because' | 'evidence'>): string =>
  evidence === undefined ? because : `${because}; ${evidence}`;
