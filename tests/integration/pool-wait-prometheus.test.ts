// pool-wait over a real Prometheus: the counters and gauges of a pool's preset, fast at first, then with callers that wait.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import { spec as schema } from '../../src/kinds/pool-wait/spec.ts';
import { prometheus } from '../../src/sources/prometheus.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { type MetricsApp, startMetricsApp } from '../helpers/metrics-app.ts';
import { type RunningPrometheus, startPrometheus, untilShown } from '../helpers/prometheus.ts';

const io = networkIo();
const running: { server?: RunningPrometheus; app?: MetricsApp } = {};

beforeAll(async () => {
  running.app = await startMetricsApp();
  running.server = await startPrometheus();
  await running.server.scrape([running.app.url]);
}, 300_000);

afterAll(async () => {
  await running.server?.close();
  await running.app?.close();
  await io.close();
}, 60_000);

it('reads the preset of HikariCP: quick acquires pass, waiting callers fail with the mean wait', async () => {
  const { server, app } = running;
  if (!server || !app) throw new Error('the servers were not started');
  const pool = (acquires: number, waited: number, pending: number): void => {
    Object.assign(app.gauges, {
      hikaricp_connections_acquire_seconds_count: acquires,
      hikaricp_connections_acquire_seconds_sum: waited,
      hikaricp_connections_pending: pending,
      hikaricp_connections_active: 8,
      hikaricp_connections_max: 10,
    });
  };
  const settings = { url: server.url, resolution: '1s' };
  const spec = schema.parse({ from: { source: 'prometheus', settings, query: { preset: 'hikari-micrometer' } } });
  const source = await prometheus.open(prometheus.settings.parse(settings), { io, root: '/', learn: () => undefined });
  const session = await poolWait.open(spec, worldOf(io, source));
  const shown = (acquires: number): Promise<void> =>
    untilShown(async () => {
      const [reading] = await source.read(['hikaricp_connections_acquire_seconds_count'], tick());
      return reading?.series[0]?.value === acquires;
    });
  const look = async (acquires: number, waited: number, pending: number) => {
    pool(acquires, waited, pending);
    await shown(acquires);
    return session.sample(tick());
  };
  await look(1000, 2, 0);
  const quick = await look(1500, 2.5, 0);
  expect(poolWait.judge(historyOf(samples(quick)), spec)).toMatchObject({ outcome: 'pass' });
  const slow = [...(await look(1600, 102.5, 12)), ...(await look(1700, 202.5, 14)), ...(await look(1800, 302.5, 9))];
  const verdict = poolWait.judge(historyOf(samples(slow)), spec);
  expect(verdict).toMatchObject({ outcome: 'fail', settled: true, value: 1000 });
  expect(verdict.because).toBe(
    'the pool is slow: mean wait 1 s over 100 acquires (limit 500 ms); 9 callers waiting, 8 of 10 connections in use',
  );
  await session.close();
}, 60_000);
