// The keys of a `connection-budget` check.
import * as z from 'zod';
import { countSchema, positiveDuration, secretUrl, shareSchema, someText } from '../../kit/index.ts';
import { amountSpec, numberSpec } from './number-spec.ts';

/** A PgBouncer in front: it, and not its clients, opens connections to the server. */
const pgbouncerSpec = z.strictObject({
  /** Pairs of user and database. */
  pools: numberSpec().prefault(1),
  /** pool_size, and reserve_pool_size. */
  poolSize: numberSpec(),
  reserve: numberSpec().prefault(0),
  processes: numberSpec().prefault(1),
  /** max_db_connections of one process; 0: none is set. */
  maxDbConnections: numberSpec().prefault(0),
});

const clientSpec = z
  .strictObject({
    replicas: numberSpec().optional(),
    /** Replicas beside the old ones while a roll-out runs; Kubernetes rounds a share up. */
    surge: amountSpec().prefault('25%'),
    /** Replicas that are ending and still hold their connections. */
    draining: numberSpec().prefault(0),
    /** Processes of one replica that have a pool each. */
    processes: numberSpec().prefault(1),
    /** The largest size of one pool. */
    poolMax: numberSpec().optional(),
    /** Connections beyond it (max_overflow of SQLAlchemy). */
    overflow: numberSpec().prefault(0),
    pgbouncer: pgbouncerSpec.optional(),
  })
  .refine(
    ({ replicas, poolMax, pgbouncer }) =>
      pgbouncer ? replicas === undefined && poolMax === undefined : replicas !== undefined && poolMax !== undefined,
    'needs replicas and poolMax, or pgbouncer alone',
  );

export const spec = z
  .strictObject({
    /** Slots that the clients, others and jobs may have together; with it no network is needed. */
    usable: countSchema().min(1).optional(),
    /** The server itself, from which the usable slots are read. */
    postgres: secretUrl().optional(),
    /** The same of a MySQL or MariaDB server; best with an account that has PROCESS. */
    mysql: secretUrl().optional(),
    /** The role of the clients: its own limit counts, and its connections are not `others`. */
    role: someText().optional(),
    /** The database of the clients, whose limit counts on Postgres; the one in the URL when absent. */
    database: someText().optional(),
    /** Slots that a provider keeps for itself beyond what the server tells. */
    extraReserved: countSchema().default(0),
    /** The share of the usable slots that may be promised. */
    headroom: shareSchema().prefault('90%'),
    /** Connections of other roles: a number, or as seen on the server. */
    others: z.union([numberSpec(), z.literal('observed')]).prefault(0),
    /** Connections of migrations and scheduled jobs. */
    jobs: numberSpec().prefault(0),
    clients: z
      .record(z.string(), clientSpec)
      .refine((clients) => Object.keys(clients).length > 0, 'needs at least one client'),
    connectTimeout: positiveDuration().prefault('3s'),
    statementTimeout: positiveDuration().prefault('2s'),
    /** For one command. */
    commandTimeout: positiveDuration().prefault('10s'),
  })
  .refine(({ usable, postgres, mysql }) => [usable, postgres, mysql].filter((key) => key !== undefined).length === 1, {
    message: 'name exactly one: usable (how many slots there are), or postgres or mysql (the server is asked)',
    params: { onlyKeys: true },
  })
  .refine(({ others, usable, role }) => others !== 'observed' || (usable === undefined && role !== undefined), {
    path: ['others'],
    message: 'observed needs postgres or mysql (where to look) and role (whose connections are not others)',
    params: { onlyKeys: true },
  })
  .meta({ choices: [['usable', 'postgres', 'mysql']] });

export type Spec = z.output<typeof spec>;
export type ClientSpec = z.output<typeof clientSpec>;
