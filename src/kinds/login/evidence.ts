// What was asked and what came back in a step that went wrong.
import { evidenceOf } from '../http/evidence.ts';
import type { Evidence } from '../http/seen.ts';
import type { Walk } from './visits.ts';

/** The last request of a step and its answer. Undefined where nothing was asked yet. */
export const stepEvidence = ({ visitor, around, values }: Walk, error?: unknown): Evidence | undefined => {
  // A step that asked nothing stands before the answer of the one before it.
  if (!visitor.latest) return undefined;
  const { sent, answer } = visitor.latest;
  const secrets = new Map([...around.learned, [values['password'] ?? '', 'password']]);
  return evidenceOf(sent, { error, ...(answer ? { answer } : {}) }, secrets);
};
