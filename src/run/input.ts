// What a run is given: the whole outside world as arguments.
import type {
  BegunRollback,
  Emit,
  Io,
  Json,
  PlatformSession,
  Profile,
  RecordedSample,
  RollbackOrder,
  RollbackReport,
  RunRecord,
  Store,
  StoredBaseline,
  Verb,
  Verification,
} from '../kit/index.ts';
import type { Permission } from './decide.ts';

export interface RunInput {
  verb: Verb;
  profile: Profile;
  store: Store;
  io: Io;
  emit: Emit;
  /** Aborts at the first SIGINT or SIGTERM; `interruptedBy` says which. */
  signal: AbortSignal;
  interruptedBy(): 'SIGINT' | 'SIGTERM' | undefined;
  /** Aborts with what was thrown where nobody waits for it, by a plugin's timer or promise. The looks end; a deploy or a rollback goes on. */
  fault?: AbortSignal;
  identity: Identity;
  /** Reads the live revision; absent where the profile names no platform. */
  platform?: PlatformSession;
  /** Carries a rollback out; absent where there is no platform. */
  rollBack?: (
    order: RollbackOrder,
    verify: (signal: AbortSignal) => Promise<Verification>,
    snapshot: () => Promise<Record<string, RecordedSample[]>>,
  ) => Promise<RollbackReport>;
  /** What an earlier call of the same run has begun; absent where there is no platform. */
  begun?(deploy: {
    service: string;
    environment: string;
    label: string | undefined;
    /** ISO time. */
    baselineTakenAt: string;
  }): Promise<BegunRollback | undefined>;
  /** The newest migration that the database has applied; absent where the profile does not ask for it. */
  migration?(): Promise<string>;
  permission: Permission;
  /** `run … -- COMMAND`. */
  deploy?: readonly [string, ...string[]];
  /** `--baseline FILE`; else the store is asked. */
  baseline?: StoredBaseline;
  /** What the run itself cost so far, for the record. */
  usage?(): Json;
  /** Registers a value that must never appear in any output. */
  learn(secret: string, name: string): void;
  overrides: string[];
  shadow: boolean;
  /** `check` only: keeps looking for so long (milliseconds) while the service has not recovered. */
  watch?: number;
}

export interface Identity {
  runId: string;
  /** A label for people: the CI's commit, or what `--release` says; undefined → the live revision. */
  label: string | undefined;
  actor: RunRecord['actor'];
  version: string;
}
