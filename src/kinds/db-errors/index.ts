// The kind `db-errors`: how many connection errors a log or the server itself counts.
import type { Kind } from '../../kit/index.ts';
import { serverReasons } from '../postgres/ask.ts';
import { charts, judge } from './judge.ts';
import { openLooks } from './look.ts';
import type { Seen } from './seen.ts';
import { type Spec, spec } from './spec.ts';

export const dbErrors: Kind<Spec, Seen> = {
  holdpointKind: 1,
  name: 'db-errors',
  layer: 'database',
  about:
    'Counts connection errors: lines of a log with SQLSTATE 53300, 53400, 57P0x or 08xxx or a timeout of the pool, sessions that Postgres 14+ says ended badly, and logins that MySQL and MariaDB refused. ' +
    'Refused logins leave no trace in the views of Postgres, so a log says more than the server.',
  example: `db-errors:
  log: { file: /var/log/auth/app.log, format: json }   # or of Postgres itself: format: postgres
  postgres: \${secret:DATABASE_ADMIN_URL}               # sessions ended by a fatal error or terminated
  # mysql: \${secret:DATABASE_ADMIN_URL}                # instead of postgres: refused logins
  limits: { block: 1 per minute, rollback: 30 per minute }`,
  spec,
  reasons: {
    ok: 'Fewer connection errors than the limit were counted.',
    no_samples: 'Nothing has been looked at yet; errors are counted from one look to the next.',
    no_data: 'None of the counters exists in the source. Check the selectors.',
    connection_errors:
      'More connection errors than the limit. The message says of which sort, and `next` where to look.',
    too_old: 'The server is older than PostgreSQL 14 and does not count how sessions end. Name a log.',
    unknown_database: 'The server has no database of this name.',
    ...serverReasons,
    slots_exhausted:
      'The server refused a connection with 53300 (MySQL: 1040), and no session was left to ask: see db-connections.',
    probe_limit: 'The limit of the account of the probe itself is reached. Give the probe an account of its own.',
    host_blocked: 'MySQL has blocked the machine of the probe after connects that broke off. FLUSH HOSTS ends it.',
  },
  baseline: 'window',
  open: openLooks,
  judge,
  charts,
};
