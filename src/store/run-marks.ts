// What people say of earlier runs: was the decision to go back right or wrong? A journal per run.
import * as z from 'zod';
import type { Store } from '../kit/index.ts';

const markFormat = z.looseObject({
  format: z.literal('holdpoint.mark/1'),
  at: z.iso.datetime(),
  runId: z.string(),
  said: z.enum(['right', 'wrong']),
  by: z.string(),
});

/** A person's word on one run; a later one replaces it. */
export interface RunMark {
  at: string;
  runId: string;
  said: 'right' | 'wrong';
  by: string;
}

const idOf = (runId: string): string => `mark:${runId}`;

/** Writes a mark down. */
export const markRun = (store: Store, mark: RunMark): Promise<void> =>
  store.journal(idOf(mark.runId), { format: 'holdpoint.mark/1', ...mark });

/** The newest mark of each of these runs. */
export const marksOf = async (store: Store, runIds: readonly string[]): Promise<ReadonlyMap<string, RunMark>> => {
  const lines = await Promise.all(runIds.map((runId) => store.readJournal(idOf(runId))));
  const marks = lines.flat().flatMap((line) => {
    const read = markFormat.safeParse(line);
    return read.success ? [[read.data.runId, read.data] as const] : [];
  });
  return new Map(marks);
};
