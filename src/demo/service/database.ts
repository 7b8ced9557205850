// The service's connection pool, with the numbers that a pool should publish (OpenTelemetry's names in Prometheus form).
import { Pool, type PoolClient } from 'pg';
import type { Config } from './config.ts';
import { counter, type Family, gauge, histogram } from './metrics.ts';

/** Hands out connections; each is given back when the work ends, also when it throws. */
export interface Database {
  use<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  metrics: Family[];
  close(): Promise<void>;
}

/** How connections of this release are named in `pg_stat_activity`. */
export const applicationName = (config: Config): string => `auth@${config.revision}`;

const waitBounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5];

const poolGauges = (pool: Pool, size: number): Family[] => [
  gauge('db_client_connection_count', 'Connections of the pool by state.', () => [
    [{ state: 'used' }, pool.totalCount - pool.idleCount],
    [{ state: 'idle' }, pool.idleCount],
  ]),
  gauge('db_client_connection_max', 'Connections that the pool may open.', () => [[{}, size]]),
  gauge('db_client_connection_pending_requests', 'Requests that wait for a connection.', () => [
    [{}, pool.waitingCount],
  ]),
];

/** Opens all connections at once, so that the first requests do not pay for them and the count is steady. */
const fill = async (pool: Pool, size: number): Promise<void> => {
  const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()));
  for (const client of clients) client.release();
};

/** Opens the pool of this release: `poolSize` connections, kept open. */
export const openDatabase = async (config: Config): Promise<Database> => {
  const pool = new Pool({
    connectionString: config.databaseUrl,
    application_name: applicationName(config),
    max: config.poolSize,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 5000,
  });
  // node-postgres throws on an idle client that Postgres closed unless somebody listens.
  pool.on('error', (error) => console.error(`pool: ${error.message}`));
  const wait = histogram(
    'db_client_connection_wait_time_seconds',
    'Time from asking for a connection to getting it.',
    waitBounds,
  );
  const timeouts = counter('db_client_connection_timeouts_total', 'Requests that got no connection in 5 s.', [{}]);
  await fill(pool, config.poolSize);
  return {
    async use(work) {
      const asked = performance.now();
      const client = await pool.connect().catch((error: Error) => {
        if (error.message.startsWith('timeout')) timeouts.add({});
        throw error;
      });
      wait.observe((performance.now() - asked) / 1000);
      try {
        return await work(client);
      } finally {
        client.release();
      }
    },
    metrics: [...poolGauges(pool, config.poolSize), wait, timeouts],
    close: () => pool.end(),
  };
};
