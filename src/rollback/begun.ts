// Finds a rollback that an earlier call has begun: what a killed run has left, and the next one goes on with.
import * as z from 'zod';
import type { BegunRollback, Cause, Store } from '../kit/index.ts';
import { isFinal, type Line, readLines } from './journal.ts';

/** Which deploy is meant: its service, its label where it has one, and the ISO time of the baseline before it. */
export interface Deploy {
  service: string;
  environment: string;
  label: string | undefined;
  baselineTakenAt: string;
}

const causesFormat = z.array(z.object({ check: z.string(), reason: z.string(), text: z.string() }));

/**
 * The rollback of this deploy that has acted, unless it ended without the target being live. Throws `JournalFailure`.
 */
export const begunRollback = async (
  store: Store,
  { service, environment, label, baselineTakenAt }: Deploy,
): Promise<BegunRollback | undefined> => {
  const prefix = `rb:${service}/${environment}:${label === undefined ? '' : `${label}:`}`;
  const [id] = (await store.journals(prefix)).filter((each) => each.endsWith(`:${baselineTakenAt}`));
  const lines = id === undefined ? [] : await readLines(store, id);
  const [first, last] = [lines[0], lines.at(-1)];
  if (!first || !last || first.from === null || first.to === null) return undefined;
  const { from, to } = first;
  const hasActed = lines.some(({ state }) => state === 'EXECUTING');
  return hasActed && mayBeLive(last) ? { from, to, causes: causesOf(lines), ended: isFinal(last.state) } : undefined;
};

const mayBeLive = ({ state }: Line): boolean => !isFinal(state) || state === 'ROLLED_BACK' || state === 'UNVERIFIED';

/** Those of the newest attempt. */
const causesOf = (lines: readonly Line[]): Cause[] => {
  const found = lines
    .map((line) => causesFormat.safeParse((line as { causes?: unknown }).causes))
    .filter((read) => read.success);
  return found.at(-1)?.data ?? [];
};
