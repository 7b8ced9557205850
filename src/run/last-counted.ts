// By hand, while the server lets nobody in to count: who held the connections when an earlier run counted last.
import { heldIn, isoTime, type LastCounted, type RecordedCheck, type RunRecord } from '../kit/index.ts';

/** Older counts tell nothing of the outage at hand. Milliseconds. */
const oldest = 24 * 3_600_000;

/** What the newest of these records (newest first) that counted anybody knows of the database; `now`: epoch milliseconds. */
export const lastCounted = (records: readonly RunRecord[], now: number): LastCounted | undefined =>
  records.flatMap((record) => countedIn(record, Math.max(now - oldest, Date.parse(record.startedAt))))[0];

/** Whether somebody was counted in these checks since `since` (epoch milliseconds). */
export const isCounted = (checks: readonly RecordedCheck[], since: number): boolean =>
  ofDatabase(checks).some((chart) => heldIn(chart, since) !== undefined);

const ofDatabase = (checks: readonly RecordedCheck[]): RecordedCheck['charts'] =>
  checks.filter(({ layer }) => layer === 'database').flatMap(({ charts }) => charts);

/** The fullest of several servers. */
const countedIn = ({ runId, checks }: RunRecord, since: number): LastCounted[] =>
  ofDatabase(checks)
    .flatMap((chart): LastCounted[] => {
      const { title, unit, limit } = chart;
      const held = heldIn(chart, since);
      return held === undefined
        ? []
        : [{ runId, at: isoTime(held.at), title, unit, ...(limit === undefined ? {} : { limit }), of: held.of }];
    })
    .sort((a, b) => all(b) - all(a))
    .slice(0, 1);

const all = ({ of }: LastCounted): number => of.reduce((sum, { value }) => sum + value, 0);
