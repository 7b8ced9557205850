// Looks at one Postgres server: try to connect, count, name the holders.
import type { Look, Tick, World } from '../../kit/index.ts';
import { lost } from '../database/door.ts';
import type { Refused } from '../database/slots.ts';
import { urlPart } from '../database/url.ts';
import { asked, type Door, openDoor, type Visit } from '../postgres/door.ts';
import { type Asker, poolerMissed, refusalOf } from '../postgres/refusal.ts';
import { readCapacity, readHolders, readPressure } from '../postgres/rows.ts';
import { capacitySql, holdersSql, type Literal, pressureSql } from '../postgres/sql.ts';
import type { Counts, Looker, Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Who we are and what we ask for, out of the URL. */
const askerOf = ({ role, database }: Spec, postgres: string): Asker & { database: string } => {
  const user = urlPart(postgres, 'user');
  const connected = urlPart(postgres, 'database') || user;
  return {
    sameRole: user === role,
    sameDatabase: database === undefined || database === connected,
    database: database ?? connected,
  };
};

/** Nothing is connected before the first look. */
export const openPostgresLooker = async (spec: Spec, url: string, { io, shared }: World): Promise<Looker> => {
  await io.postgres.prepare?.();
  const door = await shared(`postgres:${url}`, async () => openDoor(io.postgres, url));
  const look = createLook(spec, url, io.postgres.literal, door.value);
  return { look, release: () => door.release() };
};

const createLook = (spec: Spec, url: string, literal: Literal, door: Door): ((tick: Tick) => Promise<Look<Seen>>) => {
  const asker = askerOf(spec, url);
  const olderThan = spec.idleInTransaction.olderThan / 1000;
  let known: Counts | undefined;

  const count = async ({ session, ownPids, own, opened }: Visit): Promise<Counts | 'pooler' | undefined> => {
    if (session === undefined) return undefined;
    const [row] = await session.query(capacitySql(spec.role, asker.database, ownPids, literal));
    const { pid, dbNow, slots } = readCapacity(row, own);
    // A pooler makes up the process id of its client: any 32 bits, so that half of them read negative.
    if (session.pid !== 0 && session.pid !== pid) return 'pooler';
    const clock = known?.clock ?? dbNow;
    const holders = readHolders(await session.query(holdersSql(clock, ownPids)));
    const [press] = await session.query(pressureSql(spec.role, asker.database, olderThan, ownPids, literal));
    return { dbNow, clock, slots, pressure: readPressure(press, slots.ownDatabase ? opened : 0), holders };
  };

  const seenIn = async (visit: Visit, refused: Refused | undefined): Promise<Look<Seen>> => {
    const attempt = refused === undefined ? { ok: true as const } : { refused };
    const counts = await asked(() => count(visit));
    if (counts === 'pooler') return { missed: poolerMissed };
    if (counts !== undefined && !('failure' in counts)) {
      known = counts;
      return { seen: { attempt, ...counts, ...glassOf(visit) } };
    }
    // Refused, and the kept session is gone as well: what was known last still names the holders.
    const stale = known && { ...known, stale: true as const };
    if (refused) return { seen: { attempt, holders: [], ...stale, ...glassOf(visit) } };
    return counts === undefined ? { missed: lost } : fromFailure(refusalOf(counts.failure, asker));
  };

  return ({ timeout }) => {
    const options = {
      connectTimeout: Math.min(spec.connectTimeout, timeout),
      statementTimeout: spec.statementTimeout,
      breakGlass: spec.breakGlass === 'walsender',
    };
    return door.visit(options, async (visit): Promise<Look<Seen>> => {
      const refusal = visit.failure && refusalOf(visit.failure, asker);
      return refusal && 'missed' in refusal ? refusal : seenIn(visit, refusal?.refused);
    });
  };
};

const glassOf = ({ breakGlass }: Visit): Pick<Seen, 'breakGlass'> => {
  if (breakGlass === undefined) return {};
  const refused = breakGlass === 'walsender' ? {} : { refused: breakGlass.failure.code };
  return { breakGlass: { by: 'walsender', ...refused } };
};

/** A refusal in the middle of a session: no slot was asked for, so lack of slots cannot be the cause. */
const fromFailure = (refusal: ReturnType<typeof refusalOf>): Look<Seen> =>
  'missed' in refusal ? refusal : { missed: lost };
