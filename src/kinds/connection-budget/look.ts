// One look: every number of the budget from where it stands, and the limits from the server where it is named.
import type { Look, Missed, Session, Tick, World } from '../../kit/index.ts';
import { type Client, type Seen, surgeOf } from './budget.ts';
import { NumberMissing, type Numbers, openNumbers } from './numbers.ts';
import { openServer, type Server } from './server.ts';
import type { ClientSpec, Spec } from './spec.ts';

/** Nothing is opened before the first look, and nothing at all where `usable` is declared. */
export const openLooks = async (spec: Spec, world: World): Promise<Session<Seen>> => {
  const server = await openServer(spec, world);
  return {
    sample: async (tick) => [await look(spec, world, server, tick)],
    close: async () => server?.close(),
  };
};

const look = async (spec: Spec, world: World, server: Server | undefined, tick: Tick): Promise<Look<Seen>> => {
  const numbers = openNumbers(world, Math.min(spec.commandTimeout, tick.timeout), tick);
  const declared = await declaredBy(spec, numbers);
  if ('missed' in declared) return declared;
  if (!server) return { seen: { ...declared, bounds: [{ name: 'server', limit: spec.usable ?? 0 }] } };
  const told = await server.ask(tick);
  return 'missed' in told ? told : { seen: { ...declared, ...told.seen } };
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
