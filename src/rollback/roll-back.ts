// The entry of a rollback: the lock, the journal, what an earlier call left, and where to go on from what is live.
import {
  isLease,
  type Lease,
  type Live,
  type LockHolder,
  type RollBack,
  type RollbackOrder,
  type RollbackReport,
  type RollbackTools,
} from '../kit/index.ts';
import { act } from './act.ts';
import { type Course, end, enter, note, reportOf, say, sentenceOf, type Way } from './course.ts';
import { hasTarget } from './guards.ts';
import { isFinal, type Journal, JournalFailure, type Line, openJournal, Overtaken } from './journal.ts';
import { isAutomatic } from './limits.ts';
import { type Reading, readLiveFirmly } from './live.ts';
import { interrupted, prove } from './prove.ts';
import type { Refusal } from './reasons.ts';

/** Carries an order out, proves it, and reports. Called again after a kill, it goes on or refuses. */
export const rollBack: RollBack = async (order, tools) => {
  let lock: Lease | { heldBy: LockHolder };
  try {
    lock = await tools.store.lock(`rollback ${order.service}/${order.environment}`, order.id);
  } catch (error) {
    return refuseUnwritten(order, tools, 'no_journal', (error as Error).message);
  }
  if (!isLease(lock)) return refuseUnwritten(order, tools, 'locked', heldSentence(lock.heldBy));
  try {
    return await attempt(order, tools);
  } catch (error) {
    // Both stop an attempt only before it has acted.
    if (error instanceof Overtaken) return refuseUnwritten(order, tools, 'locked', error.message);
    if (error instanceof JournalFailure) return refuseUnwritten(order, tools, 'no_journal', error.message);
    throw error;
  } finally {
    await lock.release().catch((error: unknown) => note({ tools }, (error as Error).message));
  }
};

const heldSentence = ({ owner, pid, host, since }: LockHolder): string =>
  `process ${pid} on ${host} is carrying out ${owner} since ${since}`;

/** A refusal that the journal does not hold: it says nothing about the order, only about this moment. */
const refuseUnwritten = (
  order: RollbackOrder,
  tools: RollbackTools,
  reason: Refusal,
  because: string,
): RollbackReport => {
  const report = reportOf({ order, tools, guards: [] }, { state: 'REFUSED', reason, because });
  say({ tools }, report.state, sentenceOf(report));
  return report;
};

const attempt = async (order: RollbackOrder, tools: RollbackTools): Promise<RollbackReport> => {
  const { clock } = tools.io;
  const found = await readLiveFirmly({ tools, order });
  const journal = await openJournal(tools.store, order, isAutomatic({ order, tools }), () => clock.now());
  if (journal.brokenAt !== undefined) note({ tools }, changedSentence(order, journal.brokenAt));
  const earlier = bindingReport(order, journal.earlier, found);
  if (earlier) {
    say({ tools }, earlier.state, `ended before, nothing was done again: ${sentenceOf(earlier)}`);
    return earlier;
  }
  const course: Course = {
    order,
    tools,
    journal: order.drill ? unwritten(journal) : journal,
    guards: [],
    state: 'PLANNED',
    began: clock.monotonic(),
    until: Number.POSITIVE_INFINITY,
    acted: false,
  };
  return goOn(course, found);
};

const changedSentence = ({ id }: RollbackOrder, line: number): string =>
  `somebody has changed the journal ${id}: line ${line} does not name the hash of the line before it. What is live decides; the journal proves nothing any more`;

/** A drill leaves no trace: its journal would bind the real rollback. */
const unwritten = (journal: Journal): Journal => ({ ...journal, write: async () => {} });

/**
 * An order of a run that has ended is not carried out twice, whatever its end was. Only when something else is live
 * than the target that it had gone back to, the earlier end says nothing about now: the bad revision was deployed once
 * more, or a fix. A person is not bound: what is live decides alone.
 */
const bindingReport = (
  { by, to, drill }: RollbackOrder,
  earlier: readonly Line[],
  found: Reading,
): RollbackReport | undefined => {
  const last = earlier.at(-1);
  if (by === 'person' || drill || !last || !isFinal(last.state)) return undefined;
  const isElsewhere = 'live' in found && found.live.revision !== to;
  const hadWorked = last.state === 'ROLLED_BACK' || last.state === 'UNVERIFIED';
  return hadWorked && isElsewhere ? undefined : last.report;
};

/** Level-triggered: what is live now decides, and the journal only what an interrupted act still needs. */
const goOn = async (course: Course, found: Reading): Promise<RollbackReport> => {
  const { order, journal, tools } = course;
  const last = journal.earlier.at(-1);
  await enter(course, 'PLANNED', planSentence(order, last), {
    by: order.by,
    actor: order.actor,
    causes: order.causes.map((cause) => ({ ...cause, text: tools.redact(cause.text) })),
  });
  // A reading that a signal cut short says nothing about what is live.
  if (tools.signal.aborted) return interrupted(course);
  const target = hasTarget({ order });
  if (!target.ok) return end(course, { state: 'REFUSED', ...target });
  if ('problem' in found) return end(course, { state: 'REFUSED', reason: 'live_unknown', because: found.problem });
  const way: Way = { from: order.from ?? '', to: order.to ?? '' };
  return isOnItsWay(found.live, way, last) ? prove(course, way) : act(course, way, found.live);
};

/** The target is live. Not yet everywhere, after a kill in the middle of the act: then the act has to be finished. */
const isOnItsWay = (live: Live, { to }: Way, last: Line | undefined): boolean =>
  live.revision === to && (live.settled || last?.state !== 'EXECUTING');

const planSentence = ({ from = 'unknown', to = 'unknown', causes }: RollbackOrder, last: Line | undefined): string => {
  const why = causes.map(({ text }) => text).join('; ');
  const what = `back from ${from} to ${to}${why === '' ? '' : `, because ${why}`}`;
  return last && !isFinal(last.state)
    ? `${what} (goes on after attempt ${last.token}, which ended in ${last.state})`
    : what;
};
