// The arithmetic of a budget: how many connections clients open at most, and the largest pool that fits.
import { type Amount, amountOf } from '../../kit/index.ts';

/** A service that opens pools itself. */
export type Pods = {
  name: string;
  replicas: number;
  surge: number;
  draining: number;
  processes: number;
  poolMax: number;
  overflow: number;
};

/** A PgBouncer that opens the connections for its clients. `maxDbConnections` 0: no cap. */
export type Bouncer = {
  name: string;
  pools: number;
  poolSize: number;
  reserve: number;
  bouncers: number;
  maxDbConnections: number;
};

export type Client = Pods | Bouncer;

/** What may not be exceeded. Server: all connections; role: the clients'; database: the clients' and the jobs'. */
export type Bound = { name: 'server' | 'role' | 'database'; limit: number };

/** One look: all numbers of the budget, resolved. */
export type Seen = {
  clients: Client[];
  others: number;
  jobs: number;
  bounds: Bound[];
  /** Connections in use now, where the server was asked. */
  inUse?: number;
  /** Of the others, rows that may be no connections: our role may not look into them. */
  hidden?: number;
};

/** A budget against one bound: needed at the peak, and allowed. */
export interface Fit {
  bound: Bound;
  needed: number;
  allowed: number;
}

export const isPods = (client: Client): client is Pods => 'replicas' in client;

/** Replicas beside the old ones: Kubernetes rounds a share of `maxSurge` up. */
export const surgeOf = (surge: Amount, replicas: number): number =>
  // A product such as 0.07 × 100 is a little above 7, which must not round up to 8.
  'count' in surge ? surge.count : Math.max(0, Math.ceil(surge.share * replicas - 1e-9));

/** Replicas at the peak of a roll-out. */
const podsOf = ({ replicas, surge, draining }: Pods): number => replicas + surge + draining;

/** Connections of one replica. */
const perPod = ({ processes, poolMax, overflow }: Pods): number => processes * (poolMax + overflow);

/** Connections that a client opens at most. */
export const peakOf = (client: Client): number => {
  if (isPods(client)) return podsOf(client) * perPod(client);
  const { pools, poolSize, reserve, maxDbConnections, bouncers } = client;
  const wanted = pools * (poolSize + reserve);
  return (maxDbConnections > 0 ? Math.min(wanted, maxDbConnections) : wanted) * bouncers;
};

const clientsPeak = ({ clients }: Seen): number => clients.reduce((sum, client) => sum + peakOf(client), 0);

const neededBy = (seen: Seen, { name }: Bound): number => {
  switch (name) {
    case 'server':
      return clientsPeak(seen) + seen.others + seen.jobs;
    case 'role':
      return clientsPeak(seen);
    case 'database':
      return clientsPeak(seen) + seen.jobs;
    default:
      return name satisfies never;
  }
};

/** The budget against the bound that is tightest. */
export const fitOf = (seen: Seen, headroom: number): Fit | undefined =>
  seen.bounds
    .map((bound) => ({ bound, needed: neededBy(seen, bound), allowed: amountOf({ share: headroom }, bound.limit) }))
    .sort((a, b) => a.allowed - a.needed - (b.allowed - b.needed))[0];

/** The largest `poolMax` of this client with which all fit, the other numbers as they are; below 1 when none does. */
export const largestPool = (client: Pods, { needed, allowed }: Fit): number => {
  const rest = needed - peakOf(client);
  return Math.floor((allowed - rest) / (podsOf(client) * client.processes)) - client.overflow;
};

/** Which replica of this client is the first that gets no connection, all others at their peak; undefined: none. */
export const fullAt = (client: Pods, { needed, bound }: Fit): number | undefined => {
  const free = bound.limit - (needed - peakOf(client));
  return needed > bound.limit && free >= 0 ? Math.floor(free / perPod(client)) + 1 : undefined;
};
