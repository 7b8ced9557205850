// What the server itself tells for a budget: the limits, and how many connections other roles have now.
import type { Missed, Tick, World } from '../../kit/index.ts';
import type { Slots } from '../database/slots.ts';
import { urlPart } from '../database/url.ts';
import { openAsking as openMysql } from '../mysql/ask.ts';
import { askAll, everything, type Known } from '../mysql/answers.ts';
import { poolerMissed } from '../mysql/refusal.ts';
import { slotsOf } from '../mysql/rows.ts';
import { openAsking as openPostgres, poolerIn } from '../postgres/ask.ts';
import { readCapacity } from '../postgres/rows.ts';
import { capacitySql } from '../postgres/sql.ts';
import type { Bound, Seen } from './budget.ts';
import type { Spec } from './spec.ts';

export interface Server {
  ask(tick: Tick): Promise<{ seen: FromServer } | { missed: Missed }>;
  close(): Promise<void>;
}

type FromServer = Pick<Seen, 'bounds' | 'inUse'> & Partial<Pick<Seen, 'others' | 'hidden'>>;
type Asked = { answer: { slots: Slots } | { missed: Missed } } | { missed: Missed };

/** undefined where `usable` is declared: then nobody is asked. Nothing is connected before the first question. */
export const openServer = async (spec: Spec, world: World): Promise<Server | undefined> => {
  if (spec.postgres !== undefined) return openOnPostgres(spec, spec.postgres, world);
  return spec.mysql === undefined ? undefined : openOnMysql(spec, spec.mysql, world);
};

const openOnPostgres = async (spec: Spec, postgres: string, world: World): Promise<Server> => {
  const asking = await openPostgres({ ...spec, postgres }, world);
  const database = spec.database ?? (urlPart(postgres, 'database') || urlPart(postgres, 'user'));
  return {
    ask: async (tick) => {
      const asked = await asking.ask(tick, async (reached) => {
        const sql = capacitySql(spec.role ?? '', database, reached.ownPids, world.io.postgres.literal);
        const [row] = await reached.session.query(sql);
        const { pid, slots } = readCapacity(row, reached.own);
        const missed = poolerIn(reached, pid);
        return missed ? { missed } : { slots };
      });
      return told(asked, spec);
    },
    close: () => asking.close(),
  };
};

const openOnMysql = async (spec: Spec, mysql: string, world: World): Promise<Server> => {
  const asking = await openMysql({ ...spec, mysql }, world);
  const { role = '', database = urlPart(mysql, 'database') } = spec;
  let known: Known = everything;
  return {
    ask: async (tick) => {
      const asked = await asking.ask(tick, async ({ session, ownPids, opened, refused, leave }) => {
        const found = await askAll(session, { role, since: undefined, ownPids, olderThan: 0 }, known);
        if (session.pid !== 0 && session.pid !== found.limits.pid) return { missed: poolerMissed };
        known = found.known;
        const slots = slotsOf({ ...found, own: { role: urlPart(mysql, 'user'), refused, opened } }, role, database);
        // We are in the spare slot: whoever ends the connections needs it.
        if (slots.used >= slots.maxConnections) leave();
        return { slots };
      });
      return told(asked, spec);
    },
    close: () => asking.close(),
  };
};

const told = (asked: Asked, spec: Spec): { seen: FromServer } | { missed: Missed } => {
  if ('missed' in asked) return asked;
  if ('missed' in asked.answer) return { missed: asked.answer.missed };
  const { slots } = asked.answer;
  return { seen: { bounds: boundsOf(slots, spec), inUse: slots.used, ...observed(slots, spec) } };
};

/** Reserved slots and limits of role and database do not bind a superuser; -1 and null mean: no limit. */
const boundsOf = (slots: Slots, { extraReserved }: Spec): Bound[] => {
  if (slots.roleSuper) return [{ name: 'server', limit: slots.maxConnections }];
  const usable = slots.maxConnections - slots.superuserReserved - slots.reserved - extraReserved;
  const { roleLimit, databaseLimit } = slots;
  return [
    { name: 'server', limit: usable },
    ...(roleLimit !== null && roleLimit >= 0 ? [{ name: 'role' as const, limit: roleLimit }] : []),
    ...(databaseLimit !== null && databaseLimit >= 0 ? [{ name: 'database' as const, limit: databaseLimit }] : []),
  ];
};

/**
 * Connections of other roles. Rows that are hidden from us count, and that is said: on Postgres they may be parallel
 * workers, on MySQL connections that are counted without a name, and may be the role's own.
 */
const observed = (slots: Slots, { others }: Spec): Pick<Seen, 'others' | 'hidden'> | undefined => {
  if (others !== 'observed') return undefined;
  const unlisted = slots.unnamed === undefined ? slots.hidden - slots.hiddenByRole : 0;
  const hidden = slots.unnamed === undefined ? unlisted : slots.hiddenByRole;
  return { others: slots.used - slots.usedByRole + unlisted, ...(hidden > 0 ? { hidden } : {}) };
};
