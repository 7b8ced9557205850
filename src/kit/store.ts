// The contract of a store: baselines, records, locks, journals. It must not be the database under test.
import type { Json } from './json.ts';
import type { RecordedSample, RunRecord } from './record.ts';

/** What was seen before a deploy, kept for the run that verifies it. */
export interface StoredBaseline {
  format: 'holdpoint.baseline/1';
  service: string;
  environment: string;
  /** The label of the release that is about to be deployed. */
  release: string;
  takenAt: string;
  /** The live revision then: the target of a rollback. */
  live?: string;
  profileHash: string;
  /** The newest migration applied then, where the profile asks for it. */
  migration?: string;
  checks: Record<string, { kind: string; samples: RecordedSample[] }>;
}

export interface Lease {
  /** Gives the lock back. */
  release(): Promise<void>;
}

export interface LockHolder {
  owner: string;
  pid: number;
  host: string;
  since: string;
}

/** What is kept of one service and environment. */
export interface Retention {
  service: string;
  environment: string;
  /** The newest so many runs. */
  runs: number;
  /** Epoch milliseconds: what is older goes. */
  before: number;
}

export interface Store {
  /** For messages: `files in .holdpoint`. */
  where: string;
  /** Outlives every run by its nature; files do so only where the profile says so. */
  durable: boolean;
  /**
   * A second baseline for the same release never replaces the revision to go back to: it is not taken (`kept`), unless
   * the same revision is live as at the first one.
   */
  saveBaseline(baseline: StoredBaseline): Promise<'saved' | 'kept'>;
  /** For this release label; without a label the newest. */
  baseline(service: string, environment: string, release?: string): Promise<StoredBaseline | undefined>;
  /** Returns where it can be read again (a path). */
  saveRecord(record: RunRecord): Promise<string>;
  /** Where a record of this store can be read (a path). */
  pathOf(record: RunRecord): string;
  /** Newest first. */
  records(filter: { service?: string; environment?: string; runId?: string; limit?: number }): Promise<RunRecord[]>;
  /** A lock by name; or who holds it. A holder whose process is gone is taken over. */
  lock(name: string, owner: string): Promise<Lease | { heldBy: LockHolder }>;
  /** Appends one synced line to a journal. */
  journal(id: string, line: Json): Promise<void>;
  /** All whole lines of a journal; a torn last line is left out. */
  readJournal(id: string): Promise<Json[]>;
  /** Ids of journals whose name starts so, newest first. */
  journals(prefix: string): Promise<string[]>;
  /**
   * Drops runs with their marks, journals of rollbacks and baselines that the rule does not keep; never the newest run,
   * the newest that passed, or the newest baseline. Returns how many runs are gone.
   */
  prune(rule: Retention): Promise<number>;
  close(): Promise<void>;
}

export const isLease = (lock: Lease | { heldBy: LockHolder }): lock is Lease => 'release' in lock;
