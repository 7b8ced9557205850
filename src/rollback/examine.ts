// Asks whether a rollback would be let through, without a journal, a lock or an act: for the plan that a person reads.
import type { Live, RollbackOrder, RollbackTools } from '../kit/index.ts';
import { caveatsOf } from './caveats.ts';
import { askGuards, hasTarget } from './guards.ts';
import { JournalFailure } from './journal.ts';
import { readLiveFirmly } from './live.ts';

/** `reason` and `because` of the guard that refuses; without them all let it pass, and `because` says what was proven. */
export interface Examined {
  ok: boolean;
  reason?: string;
  because: string;
  live?: Live;
  /** What going back leaves as it is; only where it may be done. */
  caveats?: string[];
}

/** Reads what is live and asks the guards. Never throws for what the world does. */
export const examine = async (order: RollbackOrder, tools: RollbackTools): Promise<Examined> => {
  const target = hasTarget({ order });
  if (!target.ok) return target;
  const found = await readLiveFirmly({ tools, order });
  if ('problem' in found) return { ok: false, reason: 'live_unknown', because: found.problem };
  const { live } = found;
  try {
    const answers = await askGuards({ order, tools, live });
    const refusal = answers.map(({ answer }) => answer).find((answer) => !answer.ok);
    if (refusal && !refusal.ok) return { ...refusal, because: tools.redact(refusal.because), live };
    const told = answers.filter(({ name }) => proving.includes(name)).map(({ answer }) => answer.because);
    const caveats = await caveatsOf({ from: order.from ?? '', to: order.to ?? '' }, tools);
    return { ok: true, because: tools.redact(told.join('; ')), live, caveats };
  } catch (error) {
    if (error instanceof JournalFailure) return { ok: false, reason: 'no_journal', because: error.message, live };
    throw error;
  }
};

/** The guards whose answers a person wants to know even when they let pass. */
const proving = ['target exists', 'not frozen', 'reversible'];
