// One look: every number of the budget from where it stands, and the limits from the server where it is named.
import type { Look, Missed, Session, Tick, World } from '../../kit/index.ts';
import type { Slots } from '../database/slots.ts';
import { type Asking, openAsking, poolerIn } from '../postgres/ask.ts';
import { readCapacity } from '../postgres/rows.ts';
import { capacitySql } from '../postgres/sql.ts';
import { type Bound, type Client, type Seen, surgeOf } from './budget.ts';
import { NumberMissing, type Numbers, openNumbers } from './numbers.ts';
import type { ClientSpec, Spec } from './spec.ts';

/** Nothing is opened before the first look, and nothing at all where `usable` is declared. */
export const openLooks = async (spec: Spec, world: World): Promise<Session<Seen>> => {
  const { postgres } = spec;
  const asking = postgres === undefined ? undefined : await openAsking({ ...spec, postgres }, world);
  return {
    sample: async (tick) => [await look(spec, world, asking, tick)],
    close: async () => asking?.close(),
  };
};

const look = async (spec: Spec, world: World, asking: Asking | undefined, tick: Tick): Promise<Look<Seen>> => {
  const numbers = openNumbers(world, Math.min(spec.commandTimeout, tick.timeout), tick);
  const declared = await declaredBy(spec, numbers);
  if ('missed' in declared) return declared;
  if (!asking) return { seen: { ...declared, bounds: [{ name: 'server', limit: spec.usable ?? 0 }] } };
  const server = await serverBounds(spec, world, asking, tick);
  return 'missed' in server ? server : { seen: { ...declared, ...server.seen } };
};

type Declared = Pick<Seen, 'clients' | 'others' | 'jobs'>;

/** All numbers of the profile, or all that are missing in one sentence. */
const declaredBy = async (spec: Spec, numbers: Numbers): Promise<Declared | { missed: Missed }> => {
  const missing: string[] = [];
  const at = async <T>(path: string, number: Promise<T>, instead: T): Promise<T> => {
    try {
      return await number;
    } catch (error) {
      if (!(error instanceof NumberMissing)) throw error;
      missing.push(`${path}: ${error.message}`);
      return instead;
    }
  };
  const clients: Client[] = [];
  for (const [name, client] of Object.entries(spec.clients)) clients.push(await clientOf(name, client, numbers, at));
  const others = spec.others === 'observed' ? 0 : await at('others', numbers.count(spec.others), 0);
  const jobs = await at('jobs', numbers.count(spec.jobs), 0);
  for (const client of clients) missing.push(...unlimited(client));
  if (missing.length === 0) return { clients, others, jobs };
  return { missed: { by: 'ours', reason: 'number_missing', because: missing.join('; ') } };
};

type At = <T>(path: string, number: Promise<T>, instead: T) => Promise<T>;

const clientOf = async (name: string, spec: ClientSpec, { count, amount }: Numbers, at: At): Promise<Client> => {
  const { pgbouncer } = spec;
  const path = `clients.${name}`;
  if (pgbouncer) {
    const own = (key: keyof typeof pgbouncer) => at(`${path}.pgbouncer.${key}`, count(pgbouncer[key]), 1);
    return {
      name,
      pools: await own('pools'),
      poolSize: await own('poolSize'),
      reserve: await own('reserve'),
      bouncers: await own('processes'),
      maxDbConnections: await own('maxDbConnections'),
    };
  }
  const own = (key: 'replicas' | 'draining' | 'processes' | 'poolMax' | 'overflow') =>
    at(`${path}.${key}`, count(spec[key] ?? 0), 1);
  const replicas = await own('replicas');
  return {
    name,
    replicas,
    surge: surgeOf(await at(`${path}.surge`, amount(spec.surge), { count: 0 }), replicas),
    draining: await own('draining'),
    processes: await own('processes'),
    poolMax: await own('poolMax'),
    overflow: await own('overflow'),
  };
};

/** In several pools (Go's database/sql, PgBouncer's pool_size) 0 means no limit, so that nothing can be promised. */
const unlimited = (client: Client): string[] => {
  const [key, size] = 'poolMax' in client ? ['poolMax', client.poolMax] : ['pgbouncer.poolSize', client.poolSize];
  return size > 0 ? [] : [`clients.${client.name}.${key} is 0, which means no limit in several pools: give a size`];
};

type Server = { seen: Pick<Seen, 'bounds' | 'inUse'> & Partial<Pick<Seen, 'others' | 'hidden'>> };

const serverBounds = async (
  spec: Spec,
  { io }: World,
  asking: Asking,
  tick: Tick,
): Promise<Server | { missed: Missed }> => {
  const asked = await asking.ask(tick, async (reached) => {
    const sql = capacitySql(spec.role ?? '', databaseOf(spec), reached.ownPids, io.postgres.literal);
    const [row] = await reached.session.query(sql);
    const { pid, slots } = readCapacity(row, reached.own);
    const missed = poolerIn(reached, pid);
    return missed ? { missed } : { slots };
  });
  if ('missed' in asked) return asked;
  if ('missed' in asked.answer) return { missed: asked.answer.missed };
  const { slots } = asked.answer;
  return { seen: { bounds: boundsOf(slots, spec), inUse: slots.used, ...observed(slots, spec) } };
};

const databaseOf = ({ database, postgres = '' }: Spec): string => {
  const url = URL.canParse(postgres) ? new URL(postgres) : undefined;
  return database ?? (decodeURIComponent(url?.pathname.slice(1) ?? '') || decodeURIComponent(url?.username ?? ''));
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

/** Connections of other roles. Rows that are hidden from us may be parallel workers: they count, and that is said. */
const observed = (slots: Slots, { others }: Spec): Pick<Seen, 'others' | 'hidden'> | undefined => {
  if (others !== 'observed') return undefined;
  const hidden = slots.hidden - slots.hiddenByRole;
  return { others: slots.used - slots.usedByRole + hidden, ...(hidden > 0 ? { hidden } : {}) };
};
