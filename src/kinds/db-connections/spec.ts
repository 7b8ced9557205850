// The keys of a `db-connections` check.
import * as z from 'zod';
import { amountSchema, countSchema, positiveDuration, secretUrl } from '../../kit/index.ts';

/** From which use on a check blocks, asks for a rollback, and how many slots must stay free. */
const limitsSpec = z.strictObject({
  block: amountSchema().prefault('80%'),
  rollback: amountSchema().prefault('95%'),
  keepFree: countSchema().default(5),
});

export const spec = z.strictObject({
  /** The server itself, not a pooler; best with a role that has pg_monitor. */
  postgres: secretUrl(),
  /** The role under which the service connects. */
  role: z.string().min(1),
  /** The database whose own limit counts, too; the one in the URL when absent. */
  database: z.string().min(1).optional(),
  limits: limitsSpec.prefault({}),
  /** Slots that a provider keeps for itself beyond what the server tells. */
  extraReserved: countSchema().default(0),
  /** Milliseconds for one connect, authentication included. */
  connectTimeout: positiveDuration().prefault('3s'),
  /** Milliseconds for one statement. */
  statementTimeout: positiveDuration().prefault('2s'),
});

export type Spec = z.infer<typeof spec>;
