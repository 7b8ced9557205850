// The sentences of a budget: the arithmetic, the limit, and what would fit.
import { percent, plural } from '../../kit/index.ts';
import { type Client, type Fit, fullAt, isPods, largestPool, peakOf, type Pods, type Seen } from './budget.ts';
import type { Spec } from './spec.ts';

const listed = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');

/** `auth 12 replicas (+3 surge) × 1 process × 10 = 150`. */
const podsText = ({ name, replicas, surge, draining, processes, poolMax, overflow }: Pods, peak: number): string => {
  const extra = listed([surge > 0 ? `+${surge} surge` : '', draining > 0 ? `+${draining} draining` : '']);
  const size = overflow > 0 ? `(${poolMax} + ${overflow} overflow)` : String(poolMax);
  const more = extra === '' ? '' : ` (${extra})`;
  return `${name} ${plural(replicas, 'replica')}${more} × ${plural(processes, 'process', 'processes')} × ${size} = ${peak}`;
};

/** `auth via PgBouncer 2 pools × (20 + 5 reserve), at most 40 each × 2 processes = 80`. */
const clientText = (client: Client): string => {
  if (isPods(client)) return podsText(client, peakOf(client));
  const { name, pools, poolSize, reserve, maxDbConnections, bouncers } = client;
  const size = reserve > 0 ? `(${poolSize} + ${reserve} reserve)` : String(poolSize);
  const cap = maxDbConnections > 0 ? `, at most ${maxDbConnections}` : '';
  const processes = plural(bouncers, 'process', 'processes');
  return `${name} through PgBouncer ${plural(pools, 'pool')} × ${size}${cap} × ${processes} = ${peakOf(client)}`;
};

const boundText = ({ bound: { name, limit } }: Fit, spec: Spec): string => {
  switch (name) {
    case 'server':
      return `${limit} usable slots`;
    case 'role':
      return `the ${limit} connections that role ${spec.role} may have`;
    case 'database':
      return `the ${limit} connections that the database may have`;
    default:
      return name satisfies never;
  }
};

/** `auth … = 150, + 9 others + 2 jobs = 161 of 97 usable slots (limit 90 %: 87)`. */
export const sumText = (seen: Seen, fit: Fit, spec: Spec): string => {
  const { name } = fit.bound;
  const hidden = seen.hidden === undefined ? '' : ` (at most: ${seen.hidden} of them are hidden from the probe's role)`;
  const rest = [
    ...(name === 'server' && seen.others > 0 ? [`+ ${plural(seen.others, 'other')}${hidden}`] : []),
    ...(name !== 'role' && seen.jobs > 0 ? [`+ ${seen.jobs} for jobs`] : []),
  ].join(' ');
  const all = seen.clients.length > 1 || rest !== '' ? ` ${`${rest} = ${fit.needed}`.trim()}` : '';
  const clients = seen.clients.map(clientText).join('; ');
  return `${clients}${all === '' ? '' : ';'}${all} of ${boundText(fit, spec)} (limit ${percent(spec.headroom)}: ${fit.allowed})`;
};

/** The client with the highest peak of those whose pool size could be changed. */
const largest = ({ clients }: Seen): Pods | undefined =>
  clients.filter(isPods).sort((a, b) => peakOf(b) - peakOf(a))[0];

/** `; full at replica 9 of auth`: which replica of the largest client would get no connection. */
export const fullText = (seen: Seen, fit: Fit): string => {
  const client = largest(seen);
  const replica = client && fullAt(client, fit);
  return client && replica !== undefined ? `; full at replica ${replica} of ${client.name}` : '';
};

/** `; poolMax of auth may be at most 11`. */
export const roomText = (seen: Seen, fit: Fit): string => {
  const client = largest(seen);
  return client ? `; poolMax of ${client.name} may be at most ${largestPool(client, fit)}` : '';
};

/** What to change first. */
export const remedyText = (seen: Seen, fit: Fit): string => {
  const client = largest(seen);
  if (!client) return 'lower pool_size or set max_db_connections in PgBouncer';
  const size = largestPool(client, fit);
  if (size >= 1) return `set poolMax of ${client.name} to at most ${size}, or put PgBouncer in front of the database`;
  return `no poolMax of ${client.name} fits: run fewer replicas, or put PgBouncer in front of the database`;
};
