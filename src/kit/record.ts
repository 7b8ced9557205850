// The record of a run (`holdpoint.record/1`): what every report, script and test reads.
import type { Json } from './json.ts';
import type { Action, Attribution, Layer, Outcome } from './outcomes.ts';
import type { Chart, Part } from './samples.ts';

export type Verb = 'run' | 'check' | 'rollback';

/** One sample as it stands in the record; times are ISO 8601 in UTC. */
export interface RecordedSample {
  at: string;
  ms: number;
  phase: string;
  group?: string;
  seen?: Json;
  missed?: { by: string; reason: string; because: string };
}

export interface RecordedCheck {
  id: string;
  kind: string;
  layer: Layer;
  title: string;
  why?: string;
  outcome: Outcome;
  reason: string;
  because: string;
  next?: string;
  attribution: Attribution;
  onFail: Action;
  action: Action;
  value?: number;
  limit?: number;
  unit?: string;
  baseline: { from: 'captured' | 'derived' | 'control' | 'none'; value?: number; samples: RecordedSample[] };
  parts: Part[];
  charts: Chart[];
  samples: RecordedSample[];
}

/** Why the run was decided as it was. `check` is a check's id, or `rollout`, `deploy`, `run` for the run itself. */
export interface Cause {
  check: string;
  reason: string;
  text: string;
}

export interface Decision {
  action: 'pass' | 'block' | 'rollback';
  because: Cause[];
  /** What a rollback would have been, when guards of the decision turned it into a block. */
  withheld?: string;
}

export interface Diagnosis {
  layer: Layer | 'none';
  headline: string;
  next: string[];
}

/** Journal states of a rollback; the last five end it. */
export type RollbackState =
  | 'PLANNED'
  | 'FENCED'
  | 'EXECUTING'
  | 'EXECUTED'
  | 'WAITING'
  | 'VERIFYING'
  | 'ROLLED_BACK'
  | 'UNVERIFIED'
  | 'REFUSED'
  | 'FAILED'
  | 'WITHHELD';

/** A command or step that changed, or tried to change, production. */
export interface Act {
  at: string;
  argv: string[];
  exit?: number;
  signal?: string;
  timedOut?: boolean;
  ms: number;
  outTail: string;
}

/** What was seen just before the act: afterwards it is gone. Kept in the journal, too. */
export interface Evidence {
  at: string;
  /** What the platform said was live. */
  live: string;
  /** The last samples of each check: holders of connections, pools, answers. */
  checks: Record<string, RecordedSample[]>;
  /** The commands of `rollback.evidence`. */
  commands: Act[];
  /** What could not be had within 10 s, as sentences. */
  missing: string[];
}

export interface RollbackReport {
  state: RollbackState;
  /** A reason code: `superseded`, `irreversible`, `no_target` …; empty when it went well. */
  reason: string;
  /** The sentence for people. */
  because: string;
  from?: string;
  to?: string;
  fence?: 'server' | 'client';
  verified: boolean;
  guards: { name: string; ok: boolean; because: string }[];
  acts: Act[];
  aftermath?: string;
  evidence?: Evidence;
  /** What else helps, in the words of the profile; where going back was refused or did not help. */
  mitigations?: string[];
  /** The command that a person would type. */
  manual?: string;
}

/** Who held what when it could be counted for the last time, the largest first. */
export interface LastCounted {
  runId: string;
  /** ISO time. */
  at: string;
  /** Of the chart: `connections in use`. */
  title: string;
  unit: string;
  limit?: number;
  of: { name: string; value: number }[];
}

export interface RunRecord {
  format: 'holdpoint.record/1';
  runId: string;
  verb: Verb;
  service: string;
  environment: string;
  profile: string;
  actor: { kind: 'ci' | 'person'; name: string; url?: string };
  release: { label: string; from?: string; to?: string; liveAtEnd?: string };
  startedAt: string;
  finishedAt: string;
  decision: Decision;
  diagnosis: Diagnosis;
  checks: RecordedCheck[];
  rollback?: RollbackReport;
  plan: RecordedPlan;
  marks: { at: string; name: string; data?: Json }[];
  /** What was told to people beside the verdicts: a store that cannot be read, a baseline that is missing. */
  notes?: { at: string; level: 'info' | 'warn'; text: string }[];
  /** The last lines that the deploy command printed. */
  deployOutput?: string[];
  /** By hand: the last good run, whose samples are the baseline; absent where there is none. */
  comparedWith?: { runId: string; finishedAt: string; label: string };
  /** By hand, where nobody could be counted now: who held the connections when a run of the last day counted last. */
  lastCounted?: LastCounted;
  /** By hand with `--watch`: until when (ISO time) it kept looking. */
  watchedUntil?: string;
  /** Flags that lowered what the profile allows: `--only login`, `--no-rollback`. */
  overrides: string[];
  shadow: boolean;
  /** The signal that ended it early. */
  interrupted?: 'SIGINT' | 'SIGTERM';
  exitCode: number;
  tool: { version: string; profileHash: string };
}

/** Timings of the plan, milliseconds. */
export interface RecordedPlan {
  baseline: number;
  rollout: number;
  warmup: number;
  for: number;
  every: number;
  failAfter: number;
  errorGrace: number;
  deadline: number;
}
