// The journal of one rollback: one synced line per transition, each naming the hash of the line before it.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import {
  isoTime,
  type Json,
  type RollbackOrder,
  type RollbackReport,
  type RollbackState,
  type Store,
} from '../kit/index.ts';

const lineFormat = z.looseObject({
  format: z.literal('holdpoint.rollback/1'),
  at: z.iso.datetime(),
  id: z.string(),
  token: z.int(),
  state: z.string(),
  service: z.string(),
  environment: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  automatic: z.boolean(),
});

/** One transition. The last line of a finished rollback holds its report. */
export interface Line {
  format: 'holdpoint.rollback/1';
  /** ISO 8601 in UTC. */
  at: string;
  id: string;
  token: number;
  state: RollbackState;
  service: string;
  environment: string;
  from: string | null;
  to: string | null;
  /** Nobody asked for it and nobody was asked. */
  automatic: boolean;
  report?: RollbackReport;
}

/** The journal could not be written or read. */
export class JournalFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalFailure';
  }
}

/** Another process writes to this journal with a higher token: it has taken the rollback over. */
export class Overtaken extends Error {
  constructor(token: number) {
    super(`attempt ${token} of this rollback has begun elsewhere and goes on with it`);
    this.name = 'Overtaken';
  }
}

/** Work on the store, whose failure is a `JournalFailure`. */
export const guarded = async <T>(store: Store, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    throw new JournalFailure(`the journal in ${store.where} failed: ${(cause as Error).message}`, { cause });
  }
};

/** All lines of a journal that are ours. Lines of another version of holdpoint are a `JournalFailure`: they may say anything. */
export const readLines = async (store: Store, id: string): Promise<Line[]> =>
  ownLines(await guarded(store, () => store.readJournal(id)), store, id);

const ownLines = (lines: readonly Json[], store: Store, id: string): Line[] => {
  const foreign = lines.map(versionOf).find((version) => version !== undefined && version !== '1');
  if (foreign !== undefined)
    throw new JournalFailure(
      `the journal ${id} in ${store.where} was written by another version of holdpoint (holdpoint.rollback/${foreign}; this one knows 1): call that version`,
    );
  return lines.flatMap((line) => (lineFormat.safeParse(line).success ? [line as unknown as Line] : []));
};

const versionOf = (line: Json): string | undefined => {
  const format = typeof line === 'object' && line !== null && 'format' in line ? line['format'] : undefined;
  return typeof format === 'string' ? /^holdpoint\.rollback\/(.+)$/.exec(format)?.[1] : undefined;
};

/** The last four of the states end a rollback. */
export const isFinal = (state: RollbackState): boolean =>
  ['ROLLED_BACK', 'UNVERIFIED', 'REFUSED', 'FAILED'].includes(state);

/** sha256 of a line as it stands in the file, in hex. */
export const hashOf = (line: Json): string => createHash('sha256').update(JSON.stringify(line)).digest('hex');

/** Number (from 1) of the first line that does not name the hash of the line before it: one of the two was changed. */
const brokenAt = (lines: readonly Json[]): number | undefined => {
  const place = lines.findIndex((line, index) => {
    const before = lines[index - 1];
    return (line as { prev?: Json }).prev !== (before === undefined ? null : hashOf(before));
  });
  return place === -1 ? undefined : place + 1;
};

export interface Journal {
  /** Higher than that of every earlier attempt. */
  token: number;
  /** The lines of earlier attempts. */
  earlier: readonly Line[];
  /** Number of the first line that does not continue the one before it: somebody has changed the journal. */
  brokenAt: number | undefined;
  /** Throws `JournalFailure`, or `Overtaken` when a higher token has appeared. */
  write(state: RollbackState, details: { [key: string]: Json }): Promise<void>;
}

/** Begins a new attempt at an order. */
export const openJournal = async (
  store: Store,
  order: RollbackOrder,
  automatic: boolean,
  now: () => number,
): Promise<Journal> => {
  const { id, service, environment, from = null, to = null } = order;
  const found = await guarded(store, () => store.readJournal(id));
  const earlier = ownLines(found, store, id);
  const token = Math.max(0, ...earlier.map((line) => line.token)) + 1;
  const head = { format: 'holdpoint.rollback/1', id, token, service, environment, from, to, automatic };
  const write: Journal['write'] = async (state, details) => {
    const lines = await guarded(store, () => store.readJournal(id));
    refuseOvertaken(lines, token);
    const last = lines.at(-1);
    const prev = last === undefined ? null : hashOf(last);
    await guarded(store, () => store.journal(id, { ...head, at: isoTime(now()), state, ...details, prev }));
  };
  return { token, earlier, brokenAt: brokenAt(found), write };
};

const refuseOvertaken = (lines: readonly Json[], token: number): void => {
  const others = lines.flatMap((line) => {
    const parsed = lineFormat.safeParse(line);
    return parsed.success ? [parsed.data.token] : [];
  });
  const highest = Math.max(0, ...others);
  if (highest > token) throw new Overtaken(highest);
};
