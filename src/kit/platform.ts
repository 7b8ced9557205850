// The contract of a platform: what is live, and how to go back to a captured revision.
import type { ZodType } from 'zod';
import type { Finished, Io } from './io.ts';

/** A platform knows how a service is deployed: it reads the live revision and returns to a captured one. */
export interface Platform<Settings> {
  holdpointPlatform: 1;
  /** The key in `rollback:`. */
  name: string;
  about: string;
  example: string;
  settings: ZodType<Settings>;
  /** `server`: fence and act are one atomic step of the platform; `client`: we compare first, a race remains. */
  fence: 'server' | 'client';
  /** What is different after a rollback, for people (auto-sync, pinned traffic …). */
  aftermath?: string;
  open(settings: Settings, world: PlatformWorld): Promise<PlatformSession>;
}

export interface PlatformWorld {
  io: Io;
  root: string;
  /**
   * Runs a command of the user's in the project root, bounded and redacted, and writes it into the record's acts;
   * one that only `reads` changes nothing and is no act.
   */
  run(
    argv: readonly string[],
    options: {
      deadline: number;
      signal?: AbortSignal;
      env?: Record<string, string>;
      /** What it reads from its standard input, also by the name /dev/stdin: nobody else sees it. */
      input?: string;
      reads?: boolean;
      /** Bytes of each stream that are kept (the tail). Default 64 KiB. */
      maxBytes?: number;
    },
  ): Promise<Finished>;
}

/** The two revisions between which a rollback goes. */
export interface Direction {
  from: string;
  to: string;
}

/** One thing that the rollback path needs, looked at when nothing is on fire yet. */
export interface Finding {
  /** `may patch deployments.apps in prod`, for people. */
  what: string;
  /** `unknown`: cannot be proven without acting. */
  state: 'ok' | 'failed' | 'unknown';
  because: string;
  /** What to do about it. */
  next?: string;
}

/** What is live now. `settled`: every replica runs `revision`. */
export interface Live {
  revision: string;
  settled: boolean;
  /** `2 of 3 replicas run rs/5c41`, for people. */
  detail: string;
  /** Revision per instance, where the platform knows them. */
  instances?: Record<string, string>;
}

/** The order to go back: only these two revisions are ever compared. */
export interface UndoOrder {
  from: string;
  to: string;
  /** Grows with every attempt of this rollback; handed to commands as HOLDPOINT_TOKEN. */
  token: number;
}

export interface PlatformSession {
  /**
   * Reads only. Throws an Error with a sentence when it cannot be told. `between`: the rollback that is under way, so
   * that a service of several parts can tell a way half done (`from`, not settled) from what somebody else deployed.
   */
  live(signal?: AbortSignal, between?: Direction): Promise<Live>;
  /**
   * Goes back: fence and act as one step as far as the platform can. Resolves when the platform took the order
   * (which proves nothing: the live revision is read back). Throws `Superseded` when neither `from` nor `to` is live:
   * called again after a kill half-way, it finishes what is left of the way to `to`.
   */
  undo(order: UndoOrder, signal?: AbortSignal): Promise<void>;
  /** Whether `to` can still be returned to (pruned releases cannot); a sentence when not. */
  targetMissing?(to: string): Promise<string | undefined>;
  /** Why this platform must not act here, and what to do instead (auto-sync, another tool owns the object). */
  forbidden?(signal?: AbortSignal): Promise<string | undefined>;
  /** What this way back will not bring back, each as a sentence: changed configuration beside the release, say. */
  caveats?(way: Direction, signal?: AbortSignal): Promise<string[]>;
  /** Whether all that a rollback needs is there: programs, permissions, the object. Changes nothing, never throws. */
  doctor?(signal?: AbortSignal): Promise<Finding[]>;
  /** The command that a person would type for this order. */
  manual(order: Direction): string;
  close(): Promise<void>;
}

/** The fence held: something else than `from` is live. */
export class Superseded extends Error {
  readonly live: string;
  constructor(live: string, because: string) {
    super(because);
    this.name = 'Superseded';
    this.live = live;
  }
}

/** A platform of any settings: what a registry holds. */
// oxlint-disable-next-line no-explicit-any -- invariant in Settings; the pairing is checked by zod at load
export type AnyPlatform = Platform<any>;
