// The contract of a metric source: raw series at a moment, so that deltas are taken on our side.
import * as z from 'zod';
import type { ZodType } from 'zod';
import type { Io } from './io.ts';
import type { Span, Tick } from './samples.ts';

/** A source knows where numbers come from; several kinds share it. */
export interface SourceKind<Settings> {
  holdpointSource: 1;
  /** The key in a check: `prometheus: { … }`. */
  name: string;
  about: string;
  example: string;
  /** The keys of its own beside those that the kind asks for; a strict object. */
  settings: ZodType<Settings>;
  open(settings: Settings, world: SourceWorld): Promise<Source>;
}

/** What a source gets to work with. */
export interface SourceWorld {
  io: Io;
  root: string;
  learn(secret: string, name: string): void;
}

/** An opened source. */
export interface Source {
  /** The shortest interval (milliseconds) in which a new number can appear. */
  resolution: number;
  /** One reading per selector, all of the same moment. Throws `MissedLook` (by instrument) when it cannot look. */
  read(selectors: readonly string[], tick: Tick): Promise<Reading[]>;
  /** Raw samples of a span, one list per selector in time order, at most every `step` milliseconds. */
  past?(selectors: readonly string[], span: Span, step: number): Promise<Reading[][]>;
  close(): Promise<void>;
}

/** All series of one selector at one moment. No series: the metric is absent, which is not zero. */
export interface Reading {
  /** Epoch milliseconds, by the clock of the source. */
  at: number;
  series: Series[];
  /** The processes that were read, with their start (epoch milliseconds) where known. */
  instances: Instance[];
}

/** One raw series. `instance` names the process it belongs to. Values are finite: the source refuses the rest. */
export interface Series {
  labels: Record<string, string>;
  value: number;
  instance: string;
}

export interface Instance {
  id: string;
  startedAt?: number;
}

/** A source named in a check: its own settings, and what the kind asks of it. */
export interface SourceRef<Query = unknown> {
  source: string;
  settings: unknown;
  query: Query;
}

/**
 * The `from` key of a kind's spec. The loader turns `prometheus: { url, total }` into
 * `from: { source: 'prometheus', settings: { url }, query: { total } }`.
 */
export const sourceRef = <Query extends z.ZodObject>(query: Query) =>
  z.strictObject({ source: z.string(), settings: z.unknown(), query });

/** A source of any settings: what a registry holds. */
// oxlint-disable-next-line no-explicit-any -- invariant in Settings; the pairing is checked by zod at load
export type AnySource = SourceKind<any>;
