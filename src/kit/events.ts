// What happens during a run, as a discriminated union: the one thing that live reporters listen to.
import type { Json } from './json.ts';
import type { Action, Attribution, Layer } from './outcomes.ts';
import type { Decision, Diagnosis, RecordedPlan, RollbackState, RunRecord, Verb } from './record.ts';
import type { Phase, Sample, Verdict } from './samples.ts';

/** What a reporter may know of a check before it has looked. */
export interface CheckSummary {
  id: string;
  title: string;
  kind: string;
  layer: Layer;
  onFail: Action;
}

/** Times are epoch milliseconds. */
export type RunEvent =
  | {
      type: 'started';
      at: number;
      verb: Verb;
      runId: string;
      service: string;
      environment: string;
      release: string;
      shadow: boolean;
      checks: CheckSummary[];
      plan: RecordedPlan;
    }
  /** `length`: how long the phase lasts at most, milliseconds. */
  | { type: 'phase'; at: number; phase: Phase; length: number; text: string }
  | { type: 'sample'; at: number; check: string; samples: Sample<Json>[] }
  | { type: 'verdict'; at: number; check: string; verdict: Verdict; attribution: Attribution; baseline?: number }
  /** What a look outside of the hold shows, where nothing is judged: a live number, never an outcome. */
  | { type: 'preview'; at: number; check: string; verdict: Verdict }
  | { type: 'mark'; at: number; name: string; data?: Json }
  | { type: 'note'; at: number; level: 'info' | 'warn'; text: string }
  /** A line that a user's command printed. */
  | { type: 'output'; at: number; line: string }
  | { type: 'decided'; at: number; decision: Decision; diagnosis: Diagnosis }
  | { type: 'rollback'; at: number; state: RollbackState; text: string }
  | { type: 'finished'; at: number; record: RunRecord };

/** Takes one event. A listener that throws is logged and breaks nothing. */
export type Emit = (event: RunEvent) => void;
