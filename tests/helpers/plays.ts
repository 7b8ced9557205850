// What whole runs of the engine play in tests: scripts of checks, and a rollback that works.
import type { RollbackOrder, RollbackReport, RunRecord } from '../../src/kit/index.ts';
import { run, type RunInput } from '../../src/run/index.ts';
import type { Engine } from './engine.ts';

/** Whether the release is out at this look. */
export const after = (tick: { phase: string }): boolean => !['baseline', 'deploy'].includes(tick.phase);

/** Good before the deploy, bad afterwards. */
export const broken = (tick: { phase: string }): number => (after(tick) ? 200 : 1);

/** Good at each look. */
export const fine = (): number => 1;

/** A check whose failure alone justifies a rollback. */
export const sufficientAlone = { sufficientAlone: true };

/** Plays a run to its end in virtual time. */
export const play = (engine: Engine, input: RunInput): Promise<RunRecord> => engine.clock.until(run(input));

/** What a rollback reports: that all went well, unless `over` says otherwise. */
export const reportOf = (over: Partial<RollbackReport> = {}): RollbackReport => ({
  state: 'ROLLED_BACK',
  reason: '',
  because: '',
  verified: true,
  guards: [],
  acts: [],
  ...over,
});

/** A rollback that goes back at once and verifies; its orders are kept in `orders`. */
export const undo =
  (engine: Engine, orders: RollbackOrder[] = []): NonNullable<RunInput['rollBack']> =>
  async (order, verify): Promise<RollbackReport> => {
    orders.push(order);
    engine.live.revision = order.to ?? null;
    const { green, because } = await verify(new AbortController().signal);
    return reportOf({ state: green ? 'ROLLED_BACK' : 'UNVERIFIED', because, verified: green, to: order.to ?? '' });
  };
