// The kind `pool-wait`: how long callers wait for a database connection out of a pool.
import type { Kind } from '../../kit/index.ts';
import { charts, judge } from './judge.ts';
import { openMetrics } from './metrics.ts';
import { openPgBouncer } from './pgbouncer.ts';
import type { Seen } from './seen.ts';
import { type Spec, spec } from './spec.ts';

export const poolWait: Kind<Spec, Seen> = {
  holdpointKind: 1,
  name: 'pool-wait',
  layer: 'pool',
  about:
    "Watches how long callers wait for a connection, at the console of PgBouncer or in the metrics of an application's own pool. " +
    'A pool that serves nobody, has no servers, cannot grow or is paused is recognised first: its mean wait reads 0.',
  example: `pool-wait:
  pgbouncer: { urls: ["\${secret:PGBOUNCER_URL}"], database: auth }   # or: prometheus: { url, waitSeconds, acquires, waiting }
  limits: { block: 50ms, rollback: 500ms, longest: 5s }`,
  spec,
  reasons: {
    ok: 'Callers wait for less than the limit, or the pool is quiet and nobody waits.',
    wobble: 'A look was bad, but not often enough in a row to be confirmed.',
    no_samples: 'Nothing has been looked at yet.',
    no_data: 'None of the metrics exists in the source. Check the selectors.',
    too_few: 'Too few connections were handed out for a mean, and somebody waits.',
    slow: 'The mean wait is above a limit. Compare the size of the pool with that of the release before.',
    stuck: 'Callers wait and nobody is served. Look for connections that are never given back.',
    waits_too_long: 'The oldest caller waits for longer than `limits.longest`.',
    gave_up: 'Callers gave up waiting.',
    queueing: 'Callers wait at every look; how long is not measured.',
    paused: 'The database is paused or disabled in PgBouncer.',
    no_servers: 'PgBouncer has no server connection for callers that wait: the server is down or refuses it.',
    cannot_grow: 'PgBouncer has fewer server connections than it may have, and callers wait: the server refuses more.',
    pool_unreachable: 'No connection to the console of PgBouncer could be made.',
    console_refused: 'The console of PgBouncer refused the probe. Check its URL and stats_users.',
    unknown_database: 'PgBouncer does not know the database of the check.',
  },
  baseline: 'window',
  open: (checked, world) => {
    if (checked.pgbouncer) return openPgBouncer(checked.pgbouncer, checked, world);
    if (checked.from) return openMetrics(checked.from, world);
    throw new Error('the spec of pool-wait names neither pgbouncer nor a source, which its schema refuses');
  },
  judge,
  charts,
};
