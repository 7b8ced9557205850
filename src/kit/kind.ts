// The contract of a kind: what it looks at, how it judges, and what the engine gives it to work with.
import type { ZodType } from 'zod';
import type { Io } from './io.ts';
import type { Json } from './json.ts';
import type { Layer } from './outcomes.ts';
import type { Chart, History, Look, Sample, Span, Tick, Verdict } from './samples.ts';
import type { Source, SourceRef } from './source.ts';

/** A kind knows how to observe one sort of thing and how to judge it. Plain data: no `instanceof` across packages. */
export interface Kind<Spec, Seen extends Json> {
  holdpointKind: 1;
  /** The name in `kind:`. */
  name: string;
  layer: Layer;
  /** One or two sentences for `holdpoint explain`. */
  about: string;
  /** A check in YAML as people would write it, for `holdpoint explain`. */
  example: string;
  /** The keys of a check beside the reserved ones; a strict object. `from: sourceRef(…)` in it asks for a metric source. */
  spec: ZodType<Spec>;
  /** Every reason that `judge` and `sample` may give, each with a sentence on what it means and what to do. */
  reasons: Record<string, string>;
  /** `look` (the default): one look, repeated once when bad, is a baseline; `window`: it takes a stretch of samples. */
  baseline?: 'look' | 'window';
  /** Milliseconds between samples where the check names no `every`; else the profile's `hold.every`. */
  every?: number;
  /** The shortest `every` that these keys allow, and why: half a sentence. `settings`: the keys as they are written. */
  leastEvery?(settings: unknown): { every: number; because: string } | undefined;
  /** How long (milliseconds) looks at this interval must go on before they can pass, and why: half a sentence. */
  leastTime?(spec: Spec, every: number): { time: number; because: string } | undefined;
  /** What a look does, one line per step, for `validate --show`; empty where the keys do not say. No values, names only. */
  outline?(settings: unknown): string[];
  /** A failure of this kind alone may justify a rollback. */
  sufficientAlone?: boolean;
  /** Sequential tests inside; the engine divides alpha by the sum over all checks. Default 0: none. */
  hypotheses?(spec: Spec): number;
  /** Opens what the looks need. Nothing is judged here; a target that is down is seen by `sample`. */
  open(spec: Spec, world: World): Promise<Session<Seen>>;
  /** Pure: the same history gives the same verdict. */
  judge(history: History<Seen>, spec: Spec): Verdict;
  charts?(history: History<Seen>, spec: Spec): Chart[];
  /** The requests of one unit, where the kind counts them: says how long a baseline must be, and how long bursts last. */
  traffic?(seen: Seen): Traffic | undefined;
}

/** Requests within a unit of time, and how many of them failed where that is counted. */
export interface Traffic {
  requests: number;
  seconds: number;
  failed?: number;
}

/** One check's life in one run: a console connection, a log follower, a cookie jar. */
export interface Session<Seen> {
  /** One look per group or instance. Throw a `MissedLook` when nothing at all could be seen. */
  sample(tick: Tick): Promise<Look<Seen>[]>;
  /** What the source's own history says of a span before the deploy, in units of `unit` milliseconds. */
  past?(span: Span, unit: number): Promise<Sample<Seen>[]>;
  /** A load of its own (the login burst): its own phase, seen by the other checks, outside the statistical units. */
  stimulus?(tick: Tick): Promise<Look<Seen>[]>;
  /** Called on every path. */
  close(): Promise<void>;
}

/** What a session gets to work with. */
export interface World {
  io: Io;
  /** Id of the check, for messages and marks. */
  check: string;
  /** Project root: relative paths of a spec start here. */
  root: string;
  /** Milliseconds between two samples of this check. */
  every: number;
  source(ref: SourceRef): Promise<Source>;
  /** One resource per key for all checks of the run (a Postgres session per server); closed with its last user. */
  shared<T>(key: string, open: () => Promise<Closable<T>>): Promise<Shared<T>>;
  /** Registers a value that must never appear in any output: a cookie, a token, a code. */
  learn(secret: string, name: string): void;
  mark(name: string, data?: Json): void;
}

/** A value that somebody must close. */
export interface Closable<T> {
  value: T;
  close(): Promise<void>;
}

/** A share in a resource: `release` gives it back, the last one closes it. */
export interface Shared<T> {
  value: T;
  release(): Promise<void>;
}

/** A kind of any spec: what a registry holds. The loader is the one place that pairs a spec with its kind. */
// oxlint-disable-next-line no-explicit-any -- Kind is invariant in Spec and Seen; the pairing is checked by zod at load
export type AnyKind = Kind<any, any>;
