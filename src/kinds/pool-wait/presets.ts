// What well-known pools publish, as data: which metric is what, its unit, and which acquires its count covers.

/** Units of wait times, as seconds. */
export const unitSeconds = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 } as const;

/** Where a pool's numbers are: selectors or JSON pointers. Counters: wait, acquires, timeouts, buckets; gauges: the rest. */
export interface Mapping {
  waitSeconds?: string | undefined;
  waitMillis?: string | undefined;
  waitMicros?: string | undefined;
  waitNanos?: string | undefined;
  acquires?: string | undefined;
  /** `waited`: only acquires that had to wait are counted, so that the mean is that of the waiting ones. */
  counted?: 'all' | 'waited' | undefined;
  waitHistogram?: string | undefined;
  bucketUnit?: keyof typeof unitSeconds | undefined;
  waiting?: string | undefined;
  inUse?: string | undefined;
  max?: string | undefined;
  timeouts?: string | undefined;
}

/** OpenTelemetry, status development: model/db/metrics.yaml of open-telemetry/semantic-conventions; names as Prometheus exporters write them. */
const otel: Mapping = {
  waitSeconds: 'db_client_connection_wait_time_seconds_sum',
  acquires: 'db_client_connection_wait_time_seconds_count',
  waitHistogram: 'db_client_connection_wait_time_seconds_bucket',
  waiting: 'db_client_connection_pending_requests',
  inUse: 'db_client_connection_count{db_client_connection_state="used"}',
  max: 'db_client_connection_max',
  timeouts: 'db_client_connection_timeouts_total',
};

/** The names up to version 1.25 of the conventions, which the Java agent still sends; waits in milliseconds. */
const otelOld: Mapping = {
  waitMillis: 'db_client_connections_wait_time_milliseconds_sum',
  acquires: 'db_client_connections_wait_time_milliseconds_count',
  waitHistogram: 'db_client_connections_wait_time_milliseconds_bucket',
  bucketUnit: 'ms',
  waiting: 'db_client_connections_pending_requests',
  inUse: 'db_client_connections_usage{state="used"}',
  max: 'db_client_connections_max',
  timeouts: 'db_client_connections_timeouts_total',
};

/** MicrometerMetricsTracker.java of HikariCP. The timer has buckets only where the application asks for them. */
const hikariMicrometer: Mapping = {
  waitSeconds: 'hikaricp_connections_acquire_seconds_sum',
  acquires: 'hikaricp_connections_acquire_seconds_count',
  waitHistogram: 'hikaricp_connections_acquire_seconds_bucket',
  waiting: 'hikaricp_connections_pending',
  inUse: 'hikaricp_connections_active',
  max: 'hikaricp_connections_max',
  timeouts: 'hikaricp_connections_timeout_total',
};

/** PrometheusMetricsTracker.java and HikariCPCollector.java of HikariCP: a summary, in nanoseconds. */
const hikari: Mapping = {
  waitNanos: 'hikaricp_connection_acquired_nanos_sum',
  acquires: 'hikaricp_connection_acquired_nanos_count',
  waiting: 'hikaricp_pending_threads',
  inUse: 'hikaricp_active_connections',
  max: 'hikaricp_max_connections',
  timeouts: 'hikaricp_connection_timeout_total',
};

/** dbstats_collector.go of prometheus/client_golang: sql.DBStats counts only acquires that waited. */
const goSql: Mapping = {
  waitSeconds: 'go_sql_wait_duration_seconds_total',
  acquires: 'go_sql_wait_count_total',
  counted: 'waited',
  inUse: 'go_sql_in_use_connections',
  max: 'go_sql_max_open_connections',
};

/** Npgsql: plural names and `state` in 8 and 9, those of `otel` from 10 on; it measures no wait. */
const npgsql: Mapping = {
  waiting: '{__name__=~"db_client_connections?_pending_requests"}',
  inUse:
    '{__name__=~"db_client_connections_usage|db_client_connection_count",state!="idle",db_client_connection_state!="idle"}',
  max: '{__name__=~"db_client_connections?_max"}',
  timeouts: '{__name__=~"db_client_connections?_timeouts_total"}',
};

/** Prisma up to 6 (`previewFeatures = ["metrics"]`, gone in 7): every query waits for a connection, in milliseconds. */
const prisma6: Mapping = {
  waitMillis: 'prisma_client_queries_wait_histogram_ms_sum',
  acquires: 'prisma_client_queries_wait_histogram_ms_count',
  waitHistogram: 'prisma_client_queries_wait_histogram_ms_bucket',
  bucketUnit: 'ms',
  waiting: 'prisma_client_queries_wait',
  inUse: 'prisma_pool_connections_busy',
};

/** ConnectionPoolMetrics of Spring Boot for r2dbc-pool: no waits. */
const r2dbc: Mapping = {
  waiting: 'r2dbc_pool_pending_connections',
  inUse: 'r2dbc_pool_acquired_connections',
  max: 'r2dbc_pool_max_allocated_connections',
};

/** The hash of `ActiveRecord::Base.connection_pool.stat`, published as JSON: no waits. */
const activerecord: Mapping = { waiting: '/waiting', inUse: '/busy', max: '/size' };

/** The properties of a Pool of node-postgres, published as JSON: no waits, and the connections in use are not among them. */
const nodePostgres: Mapping = { waiting: '/waitingCount' };

/** By the name in `preset:`. */
export const presets = {
  otel,
  'otel-old': otelOld,
  'hikari-micrometer': hikariMicrometer,
  hikari,
  'go-sql': goSql,
  npgsql,
  'prisma-6': prisma6,
  r2dbc,
  activerecord,
  'node-postgres': nodePostgres,
} satisfies Record<string, Mapping>;

export type PresetName = keyof typeof presets;
