// What must hold after every schedule of a rollback, each as a sentence that names the breach.
import { hashOf, type Line } from '../../src/rollback/journal.ts';
import type { Call, Played } from './chaos-schedule.ts';
import type { ChaosSystem } from './chaos-system.ts';
import { order } from './desk.ts';

/** Milliseconds after a signal: the command may finish, is ended, and the rest is written down. */
const afterASignal = 25_000;

const ours = ({ changes }: ChaosSystem) => changes.filter(({ by }) => by === 'rollback');

/** What was live, and not the bad release, when an order landed. */
export const overwritten = (system: ChaosSystem) => ours(system).filter(({ replaced }) => replaced !== order.from);

/** Each invariant that did not hold, as a sentence. */
export const violationsOf = (played: Played): string[] => {
  const { calls, system, lines } = played;
  return [
    ...twoActs(system),
    ...overAHotfix(system),
    ...falseReports(played),
    ...lateEnds(calls),
    ...badJournal(lines),
    ...atOnce(system),
    ...badEnds(calls),
  ];
};

/** Each deploy of the bad release may be answered once. */
const twoActs = (system: ChaosSystem): string[] => {
  const deploys = 1 + system.changes.filter(({ by, to }) => by === 'person' && to === order.from).length;
  const acts = ours(system).length;
  return system.fence === 'server' && acts > deploys ? [`${acts} acts for ${deploys} bad deploys`] : [];
};

const overAHotfix = (system: ChaosSystem): string[] => [
  ...(system.fence === 'server' ? overwritten(system).map(({ replaced }) => `${replaced} was overwritten`) : []),
  ...system.orders
    .filter(({ lastRead }) => lastRead !== order.from && lastRead !== order.to)
    .map(({ lastRead }) => `an order was given although ${lastRead} had been read`),
];

const falseReports = ({ calls, system }: Played): string[] =>
  calls.flatMap(({ pid, report, verified }) => {
    if (report?.state !== 'ROLLED_BACK' && report?.reason !== 'still_failing') return [];
    const live = verified ? verified.live : system.lastRead.get(pid);
    // An end of an earlier call may be told again when nothing can be read.
    if (live === undefined || live === order.to) return [];
    return [`${report.state} was reported while ${live} was live`];
  });

const lateEnds = (calls: readonly Call[]): string[] =>
  calls.flatMap(({ overdue, endedAt, signalledAt }) => {
    if (overdue) return ['a call had not ended by its deadline'];
    if (endedAt === undefined || signalledAt === undefined || endedAt - signalledAt <= afterASignal) return [];
    return [`a call ended ${endedAt - signalledAt} ms after a signal`];
  });

const badJournal = (lines: readonly Line[]): string[] =>
  lines.flatMap((line, index) => {
    const before = lines[index - 1];
    const { prev } = line as unknown as { prev: string | null };
    if (prev !== (before ? hashOf(before as never) : null)) return [`line ${index + 1} does not continue the chain`];
    return before && line.token < before.token ? [`line ${index + 1} has a smaller token than the one before`] : [];
  });

/** The lock lets one living process at a time give orders. */
const atOnce = ({ orders }: ChaosSystem): string[] =>
  orders.flatMap(({ pid, rivals }) => rivals.map((rival) => `${pid} gave an order while one of ${rival} was open`));

const badEnds = (calls: readonly Call[]): string[] =>
  calls.flatMap(({ error, report, signalledAt }) => {
    if (error !== undefined) return [`a call threw: ${(error as Error).stack}`];
    if (!report || signalledAt !== undefined) return [];
    return ['ROLLED_BACK', 'UNVERIFIED', 'REFUSED', 'FAILED'].includes(report.state)
      ? []
      : [`a call ended in ${report.state}`];
  });
