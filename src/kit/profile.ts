// A validated profile: what the loader makes and the engine works through.
import type { AnyKind } from './kind.ts';
import type { Action } from './outcomes.ts';
import type { AnyPlatform, Platform } from './platform.ts';
import type { Reporter } from './reporter.ts';
import type { AnySource } from './source.ts';

/** One check, ready to run. Durations in milliseconds. */
export interface CheckPlan {
  id: string;
  kind: AnyKind;
  /** The kind's validated settings; absent when a value could not be had (`unavailable` says why). */
  spec: unknown;
  /** `check` only: a missing secret costs only the check that needs it. */
  unavailable?: string;
  title: string;
  why?: string;
  next?: string;
  every: number;
  timeout: number;
  failAfter: number;
  errorGrace: number;
  onFail: Exclude<Action, 'none'>;
  onInconclusive: 'block' | 'warn';
  onError: 'block' | 'warn';
  coveredBy: string[];
  sufficientAlone: boolean;
  /** What a look does, step by step; absent where the kind does not say. Costly: asked only to be shown. */
  outline?(): string[];
}

/** Milliseconds. */
export interface Timings {
  /** At most so long to capture a baseline. */
  baseline: number;
  /** At most so long until every replica runs the new revision. */
  rollout: number;
  hold: { warmup: number; for: number; every: number; failAfter: number; errorGrace: number; deadline: number };
}

/** Something outside of the release that would fail, too, when the cause is not the release. */
export type Control = { status: string } | { command: readonly string[] };

export interface RollbackPlan {
  mode: 'shadow' | 'ask' | 'auto';
  platform: AnyPlatform;
  /** Validated settings of the platform. */
  settings: unknown;
  reversible:
    | { by: 'declaration'; reversible: boolean; reason?: string }
    | { by: 'command'; argv: readonly string[] }
    | { by: 'migrations'; server: 'postgres' | 'mysql'; url: string; sql: string }
    | { by: 'nobody' };
  /** Asked before a rollback: when one of them fails, too, the fault is not in the release alone. */
  control: { none: string } | Control | readonly Control[] | undefined;
  allowClientFence: boolean;
  /** Milliseconds after the deploy in which it may be rolled back automatically. */
  validFor: number;
  /** Automatic rollbacks of all services of the environment in an hour. */
  perEnvironment: number;
  /** Milliseconds for the whole rollback. */
  deadline: number;
  verify: { for: number; deadline: number };
  mitigations: string[];
  /** Commands whose output is kept before going back. */
  evidence: readonly (readonly string[])[];
}

export interface NotifyPlan {
  /** Webhook URLs by format; a missing value is only a warning. */
  targets: { format: 'slack' | 'json'; url: string }[];
}

export interface Profile {
  /** `auth/production`, or `auth` where there are no environments. */
  name: string;
  file: string;
  /** The folder that holds `deploy-profiles/`. */
  root: string;
  /** sha256 over the merged, unresolved profile. */
  hash: string;
  service: string;
  environment: string;
  checks: CheckPlan[];
  timings: Timings;
  /** Total chance of a false alarm, split over all statistical checks. */
  alpha: number;
  rollback?: RollbackPlan;
  /** `keep`: retention per service and environment; `for` in milliseconds. */
  store: { durable: boolean; keep: { runs: number; for: number } };
  notify: NotifyPlan;
  registry: Registry;
  /** What the person should know: a missing value in `notify`, a switched-off step. */
  warnings: string[];
}

/** All parts by name, each with the package it came from (`holdpoint` for built-in ones). */
export interface Registry {
  kinds: ReadonlyMap<string, Registered<AnyKind>>;
  sources: ReadonlyMap<string, Registered<AnySource>>;
  platforms: ReadonlyMap<string, Registered<AnyPlatform>>;
  reporters: ReadonlyMap<string, Registered<Reporter>>;
}

export interface Registered<Part> {
  part: Part;
  origin: string;
}

/** What an npm package named in `plugins:` exports as `default` or `plugin`. */
export interface Plugin {
  holdpointPlugin: 1;
  name: string;
  kinds?: AnyKind[];
  sources?: AnySource[];
  platforms?: Platform<never>[] | AnyPlatform[];
  reporters?: Reporter[];
}
