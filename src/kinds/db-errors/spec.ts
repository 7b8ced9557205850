// The keys of a `db-errors` check: a log or metric that counts connection errors, the server's own counters, or both.
import * as z from 'zod';
import { positiveDuration, secretUrl, selectorText, someText, sourceRef } from '../../kit/index.ts';
import { sessionEnds } from './classes.ts';
import { rateSchema } from './rate.ts';

/** More errors in a minute than `block` block, more than `rollback` ask for what the check may ask. */
const limitsSpec = z
  .strictObject({
    block: rateSchema().prefault('1 per minute'),
    rollback: rateSchema().prefault('30 per minute'),
  })
  .refine(({ block, rollback }) => block <= rollback, 'block must not be above rollback');

const errorsQuery = z.strictObject({
  /** The counter of connection errors; of a log the lines that tell of one, when absent. */
  errors: selectorText().optional(),
});

export const spec = z
  .strictObject({
    from: sourceRef(errorsQuery).optional(),
    /** The server itself, whose counters of ended sessions are compared (PostgreSQL 14 and later). */
    postgres: secretUrl().optional(),
    /** A MySQL or MariaDB server, whose counters of refused logins are compared. */
    mysql: secretUrl().optional(),
    /** The database whose sessions are counted; the one in the URL when absent. */
    database: someText().optional(),
    /** Which ends of a session count as errors, and whether failed logins do (MySQL); the others are only shown. */
    sessions: z.array(z.enum(sessionEnds)).min(1).default(['fatal', 'killed']),
    limits: limitsSpec.prefault({}),
    connectTimeout: positiveDuration().prefault('3s'),
    statementTimeout: positiveDuration().prefault('2s'),
  })
  .refine(({ from, postgres, mysql }) => from !== undefined || postgres !== undefined || mysql !== undefined, {
    message: 'needs a source such as log, or postgres or mysql, or a source and one of these',
    params: { onlyKeys: true },
  })
  .refine(({ postgres, mysql }) => postgres === undefined || mysql === undefined, {
    message: 'name postgres or mysql, not both; a second server needs a check of its own',
    params: { onlyKeys: true },
  })
  .refine(({ from }) => from === undefined || from.source === 'log' || from.query.errors !== undefined, {
    path: ['from', 'query', 'errors'],
    message: 'is missing; name the counter of connection errors (only of a log the lines are known)',
  })
  .meta({ choices: [['postgres', 'mysql']] });

export type Spec = z.output<typeof spec>;
