// The parts of checks that are not as they should be without failing: what a login observed beside itself.
import type { RunRecord } from '../kit/index.ts';

/** A part that warns, with the title of its check. */
export interface PartWarning {
  title: string;
  name: string;
  because: string;
}

/** All of them, in the order of the checks. */
export const partWarnings = ({ checks }: Pick<RunRecord, 'checks'>): PartWarning[] =>
  checks.flatMap(({ title, parts }) =>
    parts.filter(({ outcome }) => outcome === 'warn').map(({ name, because }) => ({ title, name, because })),
  );
