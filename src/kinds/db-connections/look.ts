// One check's looks at a server: try to connect, count, name the holders.
import type { Look, Session, Shared, Tick, World } from '../../kit/index.ts';
import { asked, type Door, openDoor, type Visit } from './door.ts';
import { type Asker, poolerMissed, type Refused, refusalOf } from './refusal.ts';
import { readCapacity, readHolders, type Seen } from './seen.ts';
import type { Spec } from './spec.ts';
import { capacitySql, holdersSql } from './sql.ts';

/** What was counted at one look. */
type Counts = Required<Pick<Seen, 'dbNow' | 'clock' | 'slots' | 'holders'>>;

/** Opens the check's share in the server's session. Nothing is connected before the first look. */
export const openLooks = async (spec: Spec, world: World): Promise<Session<Seen>> => {
  const { postgres } = world.io;
  const door = await world.shared(`postgres:${spec.postgres}`, async () => openDoor(postgres, spec.postgres));
  const looker = createLooker(spec, world, door);
  return { sample: async (tick) => [await looker(tick)], close: () => door.release() };
};

/** Who we are and what we ask for, out of the URL. */
const askerOf = ({ postgres, role, database }: Spec): Asker & { database: string } => {
  const url = URL.canParse(postgres) ? new URL(postgres) : undefined;
  const user = decodeURIComponent(url?.username ?? '');
  const connected = decodeURIComponent(url?.pathname.slice(1) ?? '') || user;
  return {
    sameRole: user === role,
    sameDatabase: database === undefined || database === connected,
    database: database ?? connected,
  };
};

const createLooker = (spec: Spec, world: World, door: Shared<Door>): ((tick: Tick) => Promise<Look<Seen>>) => {
  const { literal } = world.io.postgres;
  const asker = askerOf(spec);
  let known: Counts | undefined;

  const count = async ({ session, ownPids, own }: Visit): Promise<Counts | 'pooler' | undefined> => {
    if (session === undefined) return undefined;
    const [row] = await session.query(capacitySql(spec.role, asker.database, ownPids, literal));
    const { pid, dbNow, slots } = readCapacity(row, own);
    if (session.pid > 0 && session.pid !== pid) return 'pooler';
    const clock = known?.clock ?? dbNow;
    return { dbNow, clock, slots, holders: readHolders(await session.query(holdersSql(clock, ownPids))) };
  };

  const seenIn = async (visit: Visit, refused: Refused | undefined): Promise<Look<Seen>> => {
    const attempt = refused === undefined ? { ok: true as const } : { refused };
    const counts = await asked(() => count(visit));
    if (counts === 'pooler') return { missed: poolerMissed };
    if (counts !== undefined && !('failure' in counts)) {
      known = counts;
      return { seen: { attempt, ...counts } };
    }
    // Refused, and the kept session is gone as well: what was known last still names the holders.
    if (refused) return { seen: { attempt, holders: [], ...known, ...(known ? { stale: true as const } : {}) } };
    return counts === undefined ? { missed: lost } : fromFailure(refusalOf(counts.failure, asker));
  };

  return ({ timeout }) => {
    const options = {
      connectTimeout: Math.min(spec.connectTimeout, timeout),
      statementTimeout: spec.statementTimeout,
    };
    return door.value.visit(options, async (visit): Promise<Look<Seen>> => {
      const refusal = visit.failure && refusalOf(visit.failure, asker);
      return refusal && 'missed' in refusal ? refusal : seenIn(visit, refusal?.refused);
    });
  };
};

const lost = {
  by: 'target',
  reason: 'target_unreachable',
  because: 'the session was lost before it could be asked',
} as const;

/** A refusal in the middle of a session: no slot was asked for, so lack of slots cannot be the cause. */
const fromFailure = (refusal: ReturnType<typeof refusalOf>): Look<Seen> =>
  'missed' in refusal ? refusal : { missed: lost };
