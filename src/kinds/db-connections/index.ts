// The kind `db-connections`: how many of the server's connection slots are left, and who holds the rest.
import type { Kind } from '../../kit/index.ts';
import { judge } from './judge.ts';
import { openLooks } from './look.ts';
import type { Seen } from './seen.ts';
import { type Spec, spec } from './spec.ts';
import { charts } from './charts.ts';

export const dbConnections: Kind<Spec, Seen> = {
  holdpointKind: 1,
  name: 'db-connections',
  layer: 'database',
  about:
    'Opens a real session on the Postgres, MySQL or MariaDB server and counts who holds its connection slots, against the limits of server, role and database. ' +
    'A connection that is refused for lack of slots is the measurement, never an error.',
  example: `db-connections:
  postgres: \${secret:DATABASE_ADMIN_URL}   # the server itself, with a role that has pg_monitor
  # mysql: \${secret:DATABASE_ADMIN_URL}    # instead: MySQL or MariaDB, with an account that has PROCESS
  role: auth_svc                           # the role of the service
  limits: { block: 80%, rollback: 95%, keepFree: 5 }
  forecast: { within: 2m }                 # fails before the slots are used up
  idleInTransaction: { max: 5, olderThan: 30s }`,
  spec,
  reasons: {
    ok: 'Enough slots are free.',
    wobble: 'A look was bad, but not often enough in a row to be confirmed.',
    no_samples: 'Nothing has been looked at yet.',
    slots_exhausted:
      'No slot is left, or the server refused a connection with 53300 (MySQL: 1040, 1203, 1226): logins fail now. Scale down or end the connections of the release that holds them.',
    over_rollback_limit:
      'Use is above `limits.rollback`. Look for the release whose connections grew since the baseline.',
    over_block_limit: 'Use is above `limits.block`. There is room left, but not for another release beside this one.',
    few_free: 'Fewer slots than `limits.keepFree` are free.',
    filling_up:
      'The slots will be used up within `forecast.within` if the growth goes on. Look for a leak in what grew since the baseline.',
    will_not_fit:
      'What the new instances hold, for all of `instances.target`, is more than the server allows. Make the pools smaller before the roll-out goes on.',
    idle_in_transaction:
      'More sessions than `idleInTransaction.max` keep a transaction open and do nothing. Look for a missing COMMIT or release.',
    churn: 'Sessions begin faster than `churn.warn`. Look for a pool that is missing.',
    refused_logins:
      'MySQL and MariaDB counted logins that found no slot between the looks, although each look found some free. Look for bursts.',
    needs_process:
      'Connections of others are hidden from the account of the probe, and with them a limit would be passed. Grant it PROCESS.',
    needs_pg_monitor:
      'Rows are hidden from the role of the probe, and with them the limit would be passed. Grant it pg_monitor.',
    not_ready: 'The server is starting, shutting down or recovering, or ended our session. Look at its log.',
    target_unreachable: 'No connection to the server could be made. Look whether it runs, then at the network between.',
    target_timeout: 'The server did not answer in time. Look at its load and its log.',
    target_error: 'The server failed for lack of memory or disk, or internally. Look at its log.',
    probe_refused:
      'The server refused the credentials or the database of the probe. Check its URL; this says nothing about the release.',
    probe_limit: 'The limit of the role or database of the probe itself is reached. Give the probe a role of its own.',
    host_blocked: 'MySQL has blocked the machine of the probe after connects that broke off. FLUSH HOSTS ends it.',
    is_a_pooler: 'The URL leads to a pooler. Give the address of the server itself; pools are watched by pool-wait.',
    unknown_refusal: 'The connect failed in a way that is not known here. Look at the code in the message.',
  },
  baseline: 'look',
  sufficientAlone: true,
  open: openLooks,
  judge,
  charts,
};
