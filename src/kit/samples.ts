// What checks see over time: looks, samples, histories; and what a judge says of them.
import type { Json } from './json.ts';
import type { Missed } from './outcomes.ts';

/**
 * Where in a run a sample was taken. `baseline`: before the deploy; `deploy`: while the deploy command ran;
 * `rollout`: until every replica runs the new revision; `warmup`: recorded, not judged; `hold`: the release proves
 * itself; `stimulus`: a check puts a load of its own on the service; `last`: one more look once a rollback is decided; `verify`: after a rollback.
 */
export type Phase = 'baseline' | 'deploy' | 'rollout' | 'warmup' | 'hold' | 'stimulus' | 'last' | 'verify';

/** One request of the engine to look. */
export interface Tick {
  /** Epoch milliseconds. */
  at: number;
  phase: Phase;
  /** How many samples of this check were asked for before in this phase. */
  n: number;
  /** Aborts when the check's `timeout` is over or the run is interrupted. */
  signal: AbortSignal;
  /** The check's `timeout` in milliseconds. */
  timeout: number;
  /** Of a stimulus: aborts, with a sentence as its reason, when another check begins to fail under it. */
  harm?: AbortSignal;
}

/** What one look gave, one per group (an instance, a server); without `group` for the whole. */
export type Look<Seen> = { group?: string; seen: Seen } | { group?: string; missed: Missed };

/** A look with its moment (epoch milliseconds), its duration (milliseconds) and its phase. */
export type Sample<Seen> = Look<Seen> & { at: number; ms: number; phase: Phase };

/** A named moment that a session wants in the record and on the timeline. */
export interface Mark {
  at: number;
  name: string;
  data?: Json;
}

/** A span of time, epoch milliseconds. */
export interface Span {
  from: number;
  to: number;
}

/** What was seen before the deploy, and where that is known from. */
export interface Baseline<Seen> {
  from: 'captured' | 'derived' | 'control' | 'none';
  samples: Sample<Seen>[];
}

/** Everything that a judge may know. */
export interface History<Seen> {
  baseline: Baseline<Seen>;
  /** In time order, all phases but the baseline. */
  samples: Sample<Seen>[];
  /** The same looks at a group that did not get the release. */
  control: Sample<Seen>[];
  marks: Mark[];
  plan: JudgePlan;
  /** Epoch milliseconds. */
  now: number;
  /** No further sample will come. */
  ended: boolean;
}

/** The numbers of the plan that a judge needs. */
export interface JudgePlan {
  /** Chance of a false alarm that this check may spend, 0..1. */
  alpha: number;
  /** Chance of a false pass, 0..1. */
  beta: number;
  /** Planned number of units (samples) until the deadline. */
  units: number;
  /** Bad samples in a row that confirm a failure. */
  failAfter: number;
  /** Milliseconds between two samples. */
  every: number;
  /** How long (milliseconds) the instrument may fail before the outcome is `error`. */
  errorGrace: number;
  /** The question is "is it healthy?" (a check by hand), not "is it worse than before?". */
  absolute: boolean;
}

/** A step, replica or flag within a verdict. */
export interface Part {
  name: string;
  /** `warn`: not as it should be, and no reason to fail; it stays visible beside a check that passes. */
  outcome: 'pass' | 'warn' | 'fail' | 'inconclusive' | 'error' | 'skipped';
  because: string;
  /** What was asked and what came back, with a line to ask it again by hand: bounded, without a secret. */
  evidence?: string;
  ms?: number;
}

/** What a judge says. Without a word on the policy: that is the engine's. */
export interface Verdict {
  outcome: 'pass' | 'fail' | 'inconclusive' | 'error';
  /** More samples are not needed: a pass may end the hold, a failure is confirmed. */
  settled: boolean;
  /** Asks for less than the check's `onFail`. */
  asks?: 'block' | 'warn';
  /** true: the growth above the baseline is proven to belong to the release; false: proven that it does not. */
  introduced?: boolean;
  /** Proven that it failed before the deploy, too, by what the kind itself knows of that time. */
  preexisting?: true;
  /** A code out of the kind's `reasons`. */
  reason: string;
  /** The sentence: the number, the limit, what was seen. */
  because: string;
  /** On a failure: where to look first. */
  next?: string;
  value?: number;
  limit?: number;
  unit?: string;
  /** What would settle an inconclusive verdict. */
  needs?: { requests: number; seconds?: number };
  parts?: Part[];
}

/** A moment of a chart. */
export interface ChartPoint {
  /** Epoch milliseconds. */
  at: number;
  value: number;
  /** The look counts as bad by itself, whatever its number: a refused connection, a login that ended in an error. */
  bad?: true;
}

/** Numbers over time for reports, so that reports know no kind. Moments before the deploy stand in the series, too. */
export interface Chart {
  title: string;
  unit: string;
  limit?: number;
  baseline?: number;
  /** The series are parts of a whole: each is drawn on top of those before it. */
  stacked?: true;
  /** Where the true number lies as far as the samples tell, moment by moment. */
  band?: { name: string; points: { at: number; low: number; high: number }[] };
  series: { name: string; points: ChartPoint[] }[];
}
