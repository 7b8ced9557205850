// What a guard is: it looks at a case, and lets it pass or refuses with a reason of its own.
import type { Live, RollbackOrder, RollbackTools } from '../kit/index.ts';
import type { Refusal } from './reasons.ts';

/** What a guard may look at. */
export interface Case {
  order: RollbackOrder;
  tools: RollbackTools;
  live: Live;
}

export type Answer = { ok: true; because: string } | { ok: false; reason: Refusal; because: string };

export interface Guard {
  name: string;
  check(given: Case): Answer | Promise<Answer>;
}

export const pass = (because: string): Answer => ({ ok: true, because });

export const refuse = (reason: Refusal, because: string): Answer => ({ ok: false, reason, because });
