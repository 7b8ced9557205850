// The console of PgBouncer by version. RECORDED, not run here: the columns are those of src/admin.c and src/stats.c at the
// tags of each version, the values are from runs of that version; 1.18 (Debian) also runs in tests/integration.
import { describe, expect, it } from 'vitest';
import { type Console, consoleOf, type Rows } from '../../src/kinds/pool-wait/console.ts';

type Row = Record<string, unknown>;

/** Values by column, in the order in which the version prints them. */
const row = (columns: string, values: Row): Row =>
  Object.fromEntries(columns.split(' ').map((column) => [column, values[column] ?? 0]));

const values: Row = {
  database: 'auth',
  name: 'auth',
  user: 'auth_svc',
  cl_active: 2,
  cl_waiting: 3,
  sv_active: 2,
  maxwait: 2,
  maxwait_us: 200_000,
  pool_size: 2,
  current_connections: 2,
  state: 'waiting',
  application_name: 'auth@9f2c1',
};

/** Numeric columns of SHOW STATS come as texts. */
const counters: Row = {
  database: 'auth',
  total_xact_count: '55',
  total_query_count: '220',
  total_wait_time: '9340000',
  total_server_assignment_count: '50',
  avg_wait_time: '2141464',
};

const pools115 =
  'database user cl_active cl_waiting sv_active sv_idle sv_used sv_tested sv_login maxwait maxwait_us pool_mode';
const pools116 = pools115.replace('cl_waiting', 'cl_waiting cl_cancel_req');
const pools118 = pools115.replace(
  'cl_waiting sv_active',
  'cl_waiting cl_active_cancel_req cl_waiting_cancel_req sv_active sv_active_cancel sv_being_canceled',
);
const pools124 = `${pools118} load_balance_hosts`;
const stats115 =
  'database total_xact_count total_query_count total_received total_sent total_xact_time total_query_time total_wait_time avg_xact_count avg_query_count avg_recv avg_sent avg_xact_time avg_query_time avg_wait_time';
const stats123 = stats115
  .replace('database', 'database total_server_assignment_count')
  .replace('avg_xact_count', 'avg_server_assignment_count avg_xact_count');
const stats124 = `${stats123} total_client_parse_count total_server_parse_count total_bind_count`;
const databases115 =
  'name host port database force_user pool_size reserve_pool pool_mode max_connections current_connections paused disabled';
const databases116 = databases115.replace('pool_size', 'pool_size min_pool_size');
const databases123 = databases116.replace('pool_mode', 'server_lifetime pool_mode');
const databases124 = databases123
  .replace('reserve_pool', 'reserve_pool_size')
  .replace('pool_mode', 'pool_mode load_balance_hosts')
  .replace('current_connections', 'current_connections max_client_connections current_client_connections');
const clients115 =
  'type user database state addr port local_addr local_port connect_time request_time wait wait_us close_needed ptr link remote_pid tls';
const clients118 = `${clients115} application_name`;

/** SHOW POOLS, STATS, DATABASES and CLIENTS of a version in a pool mode. */
const rowsOf = ([pools, stats, databases, clients]: readonly string[], mode: string): Rows => ({
  pools: [
    row(pools ?? '', { ...values, pool_mode: mode }),
    row(pools ?? '', { ...values, database: 'pgbouncer', cl_waiting: 99, pool_mode: 'statement' }),
  ],
  stats: [row(stats ?? '', counters), row(stats ?? '', { database: 'pgbouncer', total_wait_time: '1' })],
  databases: [row(databases ?? '', { ...values, pool_mode: mode })],
  clients: Array.from({ length: 3 }, () => row(clients ?? '', values)),
});

const versions: [string, readonly string[]][] = [
  ['1.15', [pools115, stats115, databases115, clients115]],
  ['1.16', [pools116, stats115, databases116, clients115]],
  ['1.18', [pools118, stats115, databases116, clients118]],
  ['1.22', [pools118, stats115, databases116, clients118]],
  ['1.23', [pools118, stats123, databases123, clients118]],
  ['1.24', [pools124, stats124, databases124, clients118]],
  ['1.25', [pools124, stats124, databases124, clients118]],
];

describe.each(versions)('PgBouncer %s, recorded', (version, columns) => {
  const old = Number(version) < 1.23;

  it.each([
    ['transaction', old ? 55 : 50],
    ['statement', old ? 220 : 50],
    ['session', old ? undefined : 50],
  ])('in %s mode', (mode, acquires) => {
    const read = consoleOf(rowsOf(columns, mode), { database: 'auth' }) as Console;
    expect(read).toMatchObject({ waiting: 3, longest: 2.2, servers: 2, inUse: 2, poolSize: 2, paused: false });
    expect(read.waitMicros).toBe(9_340_000);
    expect(read.acquires).toBe(acquires);
    expect(read.waiters).toEqual(Number(version) < 1.18 ? undefined : [{ application: 'auth@9f2c1', callers: 3 }]);
  });
});

describe('a database of PgBouncer', () => {
  const rows = rowsOf([pools118, stats115, databases116, clients118], 'transaction');
  const withLimit = (limit: number): Rows => ({
    ...rows,
    databases: rows.databases.map((one) => ({ ...one, max_connections: limit })),
  });

  it.each([
    [0, false],
    [3, false],
    [2, true],
  ])('with max_db_connections %i and two connections is capped: %s', (limit, capped) => {
    expect(consoleOf(withLimit(limit), { database: 'auth' })).toMatchObject({ capped });
  });

  it('has holders that are linked to a server, and names the most frequent first', () => {
    const client = (state: string, application: string, link = ''): Row => ({
      ...row(clients118, values),
      state,
      link,
      application_name: application,
    });
    const clients = [
      client('active', 'auth@old', '0x1'),
      client('active', 'auth@new', '0x2'),
      client('active', 'auth@new', '0x3'),
      client('active', 'between two transactions'),
      client('waiting', ''),
      { ...client('waiting', 'other'), database: 'reports' },
    ];
    expect(consoleOf({ ...rows, clients }, { database: 'auth' })).toMatchObject({
      holders: [
        { application: 'auth@new', callers: 2 },
        { application: 'auth@old', callers: 1 },
      ],
      waiters: [{ application: '', callers: 1 }],
    });
  });
});
