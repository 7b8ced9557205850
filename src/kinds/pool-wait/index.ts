// The kind `pool-wait`: how long callers wait for a database connection out of a pool.
import type { Kind } from '../../kit/index.ts';
import { charts } from './charts.ts';
import { judge } from './judge.ts';
import { openMetrics } from './metrics.ts';
import { openPgBouncer } from './pgbouncer.ts';
import { openProbe } from './probe.ts';
import type { Seen } from './seen.ts';
import { type Spec, spec } from './spec.ts';

export const poolWait: Kind<Spec, Seen> = {
  holdpointKind: 1,
  name: 'pool-wait',
  layer: 'pool',
  about:
    "Watches how long callers wait for a connection: at the console of PgBouncer, in the metrics of an application's own pool, or by an acquire of its own through the pooler. " +
    'A pool that serves nobody, has no servers, cannot grow or is paused is recognised first: its mean wait reads 0.',
  example: `pool-wait:
  pgbouncer: { urls: ["\${secret:PGBOUNCER_URL}"], database: auth }   # or: scrape: { url, preset: otel }; or: probe: URL
  limits: { block: 50ms, rollback: 500ms, longest: 5s }`,
  spec,
  reasons: {
    ok: 'Callers wait for less than the limit, or the pool is quiet and nobody waits.',
    wobble: 'A look was bad, but not often enough in a row to be confirmed.',
    no_samples: 'Nothing has been looked at yet.',
    no_data: 'None of the metrics exists in the source. Check the selectors.',
    too_few: 'Too few connections were handed out for a mean, and somebody waits or the few waited too long.',
    slow: 'The mean wait is above a limit. Compare the size of the pool with that of the release before.',
    slower_than_before:
      'The mean wait is above what `tolerate` allows against the baseline. Compare the size of the pool with that of the release before.',
    stuck: 'Callers wait and nobody is served. Look for connections that are never given back.',
    waits_too_long: 'The oldest caller, or an acquire of our own, waits for longer than `limits.longest`.',
    gave_up: 'Callers gave up waiting.',
    queueing: 'Callers wait at every look; how long is not measured.',
    crowded: 'Too many callers wait on average, where PgBouncer counts no acquires (session mode before 1.23).',
    long_tail: 'Too few waits were as short as `limits.tail` wants, counted at the bounds of the histogram.',
    paused: 'The database, or PgBouncer as a whole, is paused, disabled or suspended, or PgBouncer is shutting down.',
    pool_full: 'PgBouncer takes no more clients. Look who holds connections to it, then at max_client_conn.',
    no_servers: 'PgBouncer has no server connection for callers that wait: the server is down or refuses it.',
    cannot_grow: 'PgBouncer has fewer server connections than it may have, and callers wait: the server refuses more.',
    pool_unreachable: 'No connection to the console of PgBouncer could be made.',
    process_missing: 'Fewer PgBouncer processes than expected answer on a shared port (so_reuseport).',
    probe_refused:
      'The pool refused the user or the database of the probe. Check its URL; this says nothing about the release.',
    console_refused: 'The console of PgBouncer refused the probe. Check its URL and stats_users.',
    unknown_database: 'PgBouncer does not know the database of the check.',
  },
  baseline: 'window',
  open: (checked, world) => {
    if (checked.pgbouncer) return openPgBouncer(checked.pgbouncer, checked, world);
    if (checked.from) return openMetrics(checked.from, world);
    if (checked.probe !== undefined) return openProbe(checked.probe, checked, world);
    throw new Error('the spec of pool-wait names neither pgbouncer nor probe nor a source, which its schema refuses');
  },
  judge,
  charts,
};
