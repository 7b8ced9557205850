// The keys of a `pool-wait` check: a PgBouncer console, the metrics of an application's own pool, or an acquire of ours.
import * as z from 'zod';
import {
  countSchema,
  positiveDuration,
  secretUrl,
  shareSchema,
  someText,
  type SourceRef,
  sourceRef,
  strangeSelector,
} from '../../kit/index.ts';
import { askedOf } from './mapping.ts';
import { metricsQuery } from './metrics-spec.ts';
import { mostProcesses } from './processes.ts';

/** Durations are milliseconds. */
const limitsSpec = z.strictObject({
  /** Mean wait that blocks, and mean wait that asks for a rollback. */
  block: positiveDuration().prefault('50ms'),
  rollback: positiveDuration().prefault('500ms'),
  /** The longest single wait; only PgBouncer tells it. */
  longest: positiveDuration().prefault('5s'),
  /** Callers waiting on average, where PgBouncer counts no acquires (session mode before 1.23). */
  waiters: z.number().positive().default(1),
  /** This share of the waits must be within this time; needs a histogram. */
  tail: z.strictObject({ share: shareSchema(), within: positiveDuration() }).optional(),
});

/** What a mean wait may become against the baseline: worse is what exceeds both. */
const tolerateSpec = z.strictObject({
  factor: z.number().min(1).default(3),
  /** Milliseconds. */
  plus: positiveDuration().prefault('10ms'),
});

const pgbouncerSpec = z.strictObject({
  /** Consoles: `postgres://stats:…@host:6432/pgbouncer`. */
  urls: z.array(secretUrl()).min(1),
  /** Processes behind each of them (so_reuseport); without it, all that answer. */
  processes: z.number().int().min(1).max(mostProcesses).optional(),
  /** The database whose pools are judged, by its name in PgBouncer. */
  database: someText(),
  /** Only the pools of this user. */
  user: someText().optional(),
});

const ways = ['pgbouncer', 'from', 'probe'] as const;

export const spec = z
  .strictObject({
    pgbouncer: pgbouncerSpec.optional(),
    from: sourceRef(metricsQuery).optional(),
    /** Acquire a connection through the pooler at this URL, as the application does. */
    probe: secretUrl().optional(),
    limits: limitsSpec.prefault({}),
    tolerate: tolerateSpec.prefault({}),
    /** A mean over fewer acquires says nothing. */
    minAcquires: countSchema().default(20),
    /** Milliseconds for one connect, and for one answer of a console. */
    connectTimeout: positiveDuration().prefault('3s'),
  })
  .refine((all) => ways.filter((way) => all[way] !== undefined).length === 1, {
    message: 'name exactly one: pgbouncer, probe, or a metric source such as scrape or prometheus',
    params: { onlyKeys: true },
  })
  .refine(({ limits }) => limits.block <= limits.rollback, {
    path: ['limits'],
    message: 'block must not be above rollback',
  })
  .refine(({ limits, from }) => limits.tail === undefined || (from !== undefined && hasHistogram(from.query)), {
    path: ['limits', 'tail'],
    message: 'needs waitHistogram, or a preset that has one',
  })
  .superRefine(({ from }, context) => {
    const wrong = from && strangePreset(from);
    if (wrong) context.addIssue({ code: 'custom', path: ['from', 'query', 'preset'], message: wrong });
  })
  .meta({ choices: [[...ways]] });

/** Selectors of the check's own are held against the source by `sourceRef`; a preset brings its own. */
const strangePreset = ({ query, ...from }: SourceRef<z.infer<typeof metricsQuery>>): string | undefined => {
  const { preset } = query;
  if (preset === undefined || from.selects === undefined) return undefined;
  const [brought] = askedOf({ preset }).selectors.map(([, selector]) => selector);
  if (strangeSelector(brought, { ...from, query }) === undefined) return undefined;
  const reads =
    from.selects === 'metrics'
      ? 'a JSON page, which the source json reads'
      : 'metrics, which the sources scrape and prometheus read';
  return `the preset ${preset} is for ${reads}; ${from.source} does not`;
};

const hasHistogram = (query: z.infer<typeof metricsQuery>): boolean =>
  askedOf(query).selectors.some(([name]) => name === 'buckets');

export type Spec = z.infer<typeof spec>;
export type PgBouncer = z.infer<typeof pgbouncerSpec>;
