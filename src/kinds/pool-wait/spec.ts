// The keys of a `pool-wait` check: a PgBouncer console or the metrics of an application's own pool.
import * as z from 'zod';
import { countSchema, positiveDuration, secretUrl, selectorText, sourceRef } from '../../kit/index.ts';

/** Mean wait that blocks, mean wait that asks for a rollback, and the longest single wait (milliseconds). */
const limitsSpec = z.strictObject({
  block: positiveDuration().prefault('50ms'),
  rollback: positiveDuration().prefault('500ms'),
  longest: positiveDuration().prefault('5s'),
});

const pgbouncerSpec = z.strictObject({
  /** Consoles, one per process: `postgres://stats:…@host:6432/pgbouncer`. */
  urls: z.array(secretUrl()).min(1),
  /** The database whose pools are judged, by its name in PgBouncer. */
  database: z.string().min(1),
  /** Only the pools of this user. */
  user: z.string().min(1).optional(),
});

/** Selectors of the pool's metrics: counters are compared between samples, gauges are taken as they are. */
const metricsQuery = z
  .strictObject({
    /** Counter: seconds that callers have waited for a connection, in all. */
    waitSeconds: selectorText().optional(),
    /** Counter: connections that the pool has handed out. */
    acquires: selectorText().optional(),
    /** Gauge: callers waiting now. */
    waiting: selectorText().optional(),
    /** Gauge: connections handed out now. */
    inUse: selectorText().optional(),
    /** Gauge: the pool's size. */
    max: selectorText().optional(),
    /** Counter: callers that gave up waiting. */
    timeouts: selectorText().optional(),
  })
  .refine(
    ({ waitSeconds, acquires }) => (waitSeconds === undefined) === (acquires === undefined),
    'waitSeconds and acquires belong together: name both or neither',
  )
  .refine(
    ({ acquires, waiting }) => acquires !== undefined || waiting !== undefined,
    'name waitSeconds and acquires, or waiting, or all three',
  );

export const spec = z
  .strictObject({
    pgbouncer: pgbouncerSpec.optional(),
    from: sourceRef(metricsQuery).optional(),
    limits: limitsSpec.prefault({}),
    /** A mean over fewer acquires says nothing. */
    minAcquires: countSchema().default(20),
    /** Milliseconds for one connect to a console, and for one answer of it. */
    connectTimeout: positiveDuration().prefault('3s'),
  })
  .refine(
    ({ pgbouncer, from }) => (pgbouncer === undefined) !== (from === undefined),
    'name exactly one: pgbouncer, or a metric source such as scrape or prometheus',
  )
  .refine(({ limits }) => limits.block <= limits.rollback, {
    path: ['limits'],
    message: 'block must not be above rollback',
  })
  // An overlay that names another one replaces the one of the base.
  .meta({ choices: [['pgbouncer', 'from']] });

export type Spec = z.infer<typeof spec>;
export type PgBouncer = z.infer<typeof pgbouncerSpec>;
export type MetricsQuery = z.infer<typeof metricsQuery>;
