// The flags of `holdpoint rollback`, and what --drill does to an order.
import type { RunInput } from '../run/index.ts';
import type { CommonOptions } from './session.ts';

export interface RollbackOptions extends CommonOptions {
  to?: string;
  /** A record of `run --no-rollback`: carries out what it has decided. */
  record?: string;
  yes: boolean;
  drill: boolean;
}

/** The same order, but nothing is done. */
export const drilled = (
  { rollBack }: Pick<RunInput, 'rollBack'>,
  { drill }: Pick<RollbackOptions, 'drill'>,
): Pick<RunInput, 'rollBack'> =>
  rollBack && drill ? { rollBack: (order, ...rest) => rollBack({ ...order, drill }, ...rest) } : {};
