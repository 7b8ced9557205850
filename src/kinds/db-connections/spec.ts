// The keys of a `db-connections` check.
import * as z from 'zod';
import { amountSchema, countSchema, positiveDuration, secretUrl, shareSchema, someText } from '../../kit/index.ts';

/** From which use on a check blocks, asks for a rollback, and how many slots must stay free. */
const limitsSpec = z.strictObject({
  block: amountSchema().prefault('80%'),
  rollback: amountSchema().prefault('95%'),
  keepFree: countSchema().default(5),
});

/** Blocks when more than `max` sessions of the role have been idle in a transaction for longer than `olderThan` (ms). */
const idleSpec = z.strictObject({
  max: countSchema().default(5),
  olderThan: positiveDuration().prefault('30s'),
});

/** Fails when the slots will be used up `within` so many milliseconds, from a use of `from` on: below it pools just fill. */
const forecastSpec = z.strictObject({
  within: positiveDuration().prefault('2m'),
  from: shareSchema().prefault('50%'),
});

export const spec = z
  .strictObject({
    /** The server itself, not a pooler; best with a role that has pg_monitor. */
    postgres: secretUrl().optional(),
    /** The same of a MySQL or MariaDB server; best with an account that has PROCESS. */
    mysql: secretUrl().optional(),
    /** Several servers, each judged by itself: name → URL, of Postgres or of MySQL and MariaDB. */
    servers: z
      .record(someText(), secretUrl())
      .refine((servers) => Object.keys(servers).length > 0, 'names no server; write it like { primary: postgres://… }')
      .optional(),
    /** The role under which the service connects. */
    role: someText(),
    /** The database whose own limit counts, too; the one in the URL when absent. */
    database: someText().optional(),
    limits: limitsSpec.prefault({}),
    idleInTransaction: idleSpec.prefault({}),
    forecast: forecastSpec.prefault({}),
    /** Warns when more sessions than this begin per second in the database: a pool that is missing, or too short-lived. */
    churn: z.strictObject({ warn: z.number().positive() }).optional(),
    /** How many instances there will be when the roll-out is over: what the new ones hold is projected to all of them. */
    instances: z.strictObject({ target: z.number().int().min(1) }).optional(),
    /** Slots that a provider keeps for itself beyond what the server tells. */
    extraReserved: countSchema().default(0),
    /** `walsender`: when every slot is taken and no session is left, count through a walsender (needs REPLICATION). */
    breakGlass: z.enum(['none', 'walsender']).default('none'),
    /** Milliseconds for one connect, authentication included. */
    connectTimeout: positiveDuration().prefault('3s'),
    /** Milliseconds for one statement. */
    statementTimeout: positiveDuration().prefault('2s'),
  })
  .refine(
    ({ postgres, mysql, servers }) => [postgres, mysql, servers].filter((key) => key !== undefined).length === 1,
    {
      message: 'name exactly one: postgres or mysql (one server), or servers (name → URL, each judged by itself)',
      params: { onlyKeys: true },
    },
  )
  .refine(({ mysql, breakGlass }) => mysql === undefined || breakGlass === 'none', {
    path: ['breakGlass'],
    params: { onlyKeys: true },
    message: 'is for Postgres; MySQL and MariaDB keep a spare slot for an account with CONNECTION ADMIN',
  })
  .meta({ choices: [['postgres', 'mysql', 'servers']] });

export type Spec = z.infer<typeof spec>;

export interface Server {
  group?: string;
  product: 'postgres' | 'mysql';
  url: string;
}

const productOf = (url: string): Server['product'] => (/^(?:mysql|mariadb):/i.test(url) ? 'mysql' : 'postgres');

/** The servers of a check; one that stands alone has no group. */
export const serversOf = ({ postgres, mysql, servers }: Spec): Server[] => {
  if (postgres !== undefined) return [{ product: 'postgres', url: postgres }];
  if (mysql !== undefined) return [{ product: 'mysql', url: mysql }];
  return Object.entries(servers ?? {}).map(([group, url]) => ({ group, product: productOf(url), url }));
};
