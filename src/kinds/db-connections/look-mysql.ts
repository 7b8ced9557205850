// Looks at one MySQL or MariaDB server: try to connect, count, name the holders.
import type { Look, Tick, World } from '../../kit/index.ts';
import { lost } from '../database/door.ts';
import type { Refused } from '../database/slots.ts';
import { urlPart } from '../database/url.ts';
import { askAll, everything, type Known } from '../mysql/answers.ts';
import { asked, type Door, openDoor, type Visit } from '../mysql/door.ts';
import { poolerMissed, refusalOf } from '../mysql/refusal.ts';
import { holdersOf, pressureOf, slotsOf } from '../mysql/rows.ts';
import type { Counts, Looker, Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Nothing is connected before the first look. */
export const openMysqlLooker = async (spec: Spec, url: string, { io, shared }: World): Promise<Looker> => {
  await io.mysql.prepare?.();
  const door = await shared<Door>(`mysql:${url}`, async () => openDoor(io.mysql, url));
  const counter = createCounter(spec, url);
  const look = ({ timeout }: Tick): Promise<Look<Seen>> => {
    const { statementTimeout } = spec;
    const options = { connectTimeout: Math.min(spec.connectTimeout, timeout), statementTimeout };
    return door.value.visit(options, (visit) => lookIn(visit, spec, url, counter));
  };
  return { look, release: () => door.release() };
};

interface Counter {
  count(visit: Visit): Promise<Counts | 'pooler' | undefined>;
  /** What was counted last. */
  last(): Counts | undefined;
}

/** Remembers the last counts, and what our role may not read. */
const createCounter = (spec: Spec, url: string): Counter => {
  const { role } = spec;
  const database = spec.database ?? urlPart(url, 'database');
  const olderThan = spec.idleInTransaction.olderThan / 1000;
  let first: { clock: number; since: number } | undefined;
  let known: Known = everything;
  let last: Counts | undefined;

  const count: Counter['count'] = async ({ session, ownPids, opened, refused, leave }) => {
    if (session === undefined) return undefined;
    const found = await askAll(session, { role, since: first?.since, ownPids, olderThan }, known);
    if (session.pid !== 0 && session.pid !== found.limits.pid) return 'pooler';
    known = found.known;
    first ??= { clock: found.limits.db_now, since: found.limits.pid };
    const answers = { ...found, own: { role: urlPart(url, 'user'), refused, opened } };
    last = {
      dbNow: found.limits.db_now,
      clock: first.clock,
      slots: slotsOf(answers, role, database),
      pressure: pressureOf(answers, role),
      holders: holdersOf(found.rows),
    };
    // We are in the spare slot: whoever ends the connections needs it.
    if (last.slots.used >= last.slots.maxConnections) leave();
    return last;
  };
  return { count, last: () => last };
};

const lookIn = async (visit: Visit, { role }: Spec, url: string, { count, last }: Counter): Promise<Look<Seen>> => {
  const asker = { sameRole: urlPart(url, 'user') === role };
  const refusal = visit.failure && refusalOf(visit.failure, asker);
  if (refusal && 'missed' in refusal) return refusal;
  const known = last();
  const counts = await asked(() => count(visit));
  if (counts === 'pooler') return { missed: poolerMissed };
  const product = 'mysql';
  if (counts !== undefined && !('failure' in counts))
    return { seen: { product, attempt: attemptOf(refusal?.refused), ...counts } };
  // Refused, and the kept session is gone as well: what was known last still names the holders.
  const stale = known && { ...known, stale: true as const };
  if (refusal) return { seen: { product, attempt: attemptOf(refusal.refused), holders: [], ...stale } };
  if (counts === undefined) return { missed: lost };
  const failed = refusalOf(counts.failure, asker);
  return 'missed' in failed ? failed : { missed: lost };
};

const attemptOf = (refused: Refused | undefined): Seen['attempt'] =>
  refused === undefined ? { ok: true } : { refused };
