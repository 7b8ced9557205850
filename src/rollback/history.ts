// Earlier rollbacks of a service, as its journals tell them: what the budget and the flap guard look at.
import type { RollbackOrder, RunRecord, Store } from '../kit/index.ts';
import { guarded, isFinal, type Line, readLines } from './journal.ts';

/** One attempt that really began to act. */
export interface PastRollback {
  service: string;
  from: string | null;
  to: string | null;
  automatic: boolean;
  /** Epoch milliseconds of the act. */
  actedAt: number;
}

/** All attempts of the service in this environment, without the one of this order that is to be resumed. */
export const pastRollbacks = (store: Store, order: RollbackOrder): Promise<PastRollback[]> =>
  pastOf(store, `rb:${order.service}/${order.environment}:`, order);

/** The same of all services that this store knows in the environment. */
export const pastRollbacksOfAll = (store: Store, order: RollbackOrder): Promise<PastRollback[]> =>
  pastOf(store, 'rb:', order);

const pastOf = async (store: Store, prefix: string, order: RollbackOrder): Promise<PastRollback[]> => {
  const ids = await guarded(store, () => store.journals(prefix));
  const journals = await Promise.all(ids.map((id) => readLines(store, id)));
  return journals
    .filter(([first]) => first?.environment === order.environment)
    .flatMap((lines) => actsOf(lines, lines[0]?.id === order.id));
};

const actsOf = (lines: readonly Line[], own: boolean): PastRollback[] => {
  const ended = own ? lines.findLastIndex(({ state }) => isFinal(state)) : lines.length;
  return lines
    .slice(0, Math.max(ended, 0))
    .filter(({ state }) => state === 'EXECUTING')
    .map(({ service, from, to, automatic, at }) => ({ service, from, to, automatic, actedAt: Date.parse(at) }));
};

/** How many records are searched for a pass: more than a service sees in the time that a flap takes. */
const searched = 100;

/** Whether a full run passed with this revision live after the given moment (epoch milliseconds). */
export const hasPassedSince = async (
  store: Store,
  { service, environment }: RollbackOrder,
  revision: string,
  since: number,
): Promise<boolean> => {
  const records = await guarded(store, () => store.records({ service, environment, limit: searched }));
  return records.some((record) => counts(record, since) && record.release.liveAtEnd === revision);
};

const counts = ({ verb, decision, shadow, overrides, startedAt }: RunRecord, since: number): boolean =>
  verb === 'run' && decision.action === 'pass' && !shadow && overrides.length === 0 && Date.parse(startedAt) > since;
