// What the engine asks of a rollback, and what a rollback asks of the engine.
import type { Emit } from './events.ts';
import type { Io } from './io.ts';
import type { PlatformSession } from './platform.ts';
import type { RollbackPlan } from './profile.ts';
import type { Act, Cause, RecordedSample, RollbackReport } from './record.ts';
import type { Store } from './store.ts';

/** Which rollback, of what, and why. */
export interface RollbackOrder {
  /** `rb:<service>/<environment>:<release>`: the same order given twice acts once. */
  id: string;
  service: string;
  environment: string;
  /** The revision under test; undefined when the platform could not tell. */
  from: string | undefined;
  /** The captured revision to return to; undefined when no baseline was captured. */
  to: string | undefined;
  /** ISO time: when the release under test was deployed, as far as it is known. */
  deployedAt?: string;
  /** The newest migration that was applied while `to` was live, where the profile asks for it. */
  migration?: string;
  causes: Cause[];
  actor: { kind: 'ci' | 'person'; name: string; url?: string };
  /** `run`: decided by the engine, guards for automatic acting apply; `person`: asked for by hand. */
  by: 'run' | 'person';
  /** Do everything but act. */
  drill?: boolean;
}

/** A rollback that an earlier call has begun, and that may have brought its target back. */
export interface BegunRollback {
  from: string;
  to: string;
  causes: Cause[];
  /** It came to its end; else its call was cut off. */
  ended: boolean;
}

/** The failed checks, held again after the rollback. */
export interface Verification {
  green: boolean;
  because: string;
}

export interface RollbackTools {
  io: Io;
  store: Store;
  plan: RollbackPlan;
  /** Project root: the folder in which the user's commands run. */
  root: string;
  platform: PlatformSession;
  /** The acts that the platform's commands have left so far, redacted. */
  acts: () => Act[];
  emit: Emit;
  redact(text: string): string;
  /** Holds the failed checks again with fresh histories. */
  verify(signal: AbortSignal): Promise<Verification>;
  /** The newest samples of each check by id: the evidence before the act. */
  snapshot?(signal: AbortSignal): Promise<Record<string, RecordedSample[]>>;
  /** Asks a person; absent when nobody can be asked. Resolves false when they decline. */
  confirm?(question: string): Promise<boolean>;
  /** Aborts at the first SIGINT or SIGTERM. */
  signal: AbortSignal;
}

/** Carries an order out, proves it, and reports. Never throws for what the world does. */
export type RollBack = (order: RollbackOrder, tools: RollbackTools) => Promise<RollbackReport>;
