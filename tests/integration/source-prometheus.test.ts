// The source `prometheus` at a real Prometheus that scrapes a small server: counters, restarts, history, classic buckets, free queries.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { increase } from '../../src/kit/increase.ts';
import type { Reading, Source } from '../../src/kit/source.ts';
import { prometheus } from '../../src/sources/prometheus.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { type RunningPrometheus, startPrometheus, untilShown } from '../helpers/prometheus.ts';
import { serve, type TestServer } from '../helpers/servers.ts';
import { tick } from '../sources/contract.ts';

const io = networkIo();
/** What the application shows. */
const app = { good: 1000, bad: 5, each: 0, start: Math.floor(Date.now() / 1000) - 3600 };
const running: { server?: RunningPrometheus; target?: TestServer; source?: Source } = {};

const page = (): string => `# TYPE http_requests_total counter
http_requests_total{app="auth",code="200"} ${app.good}
http_requests_total{app="auth",code="503"} ${app.bad}
# TYPE took_seconds histogram
took_seconds_bucket{le="0.1"} ${app.good}
took_seconds_bucket{le="+Inf"} ${app.good + app.bad}
took_seconds_sum 12
took_seconds_count ${app.good + app.bad}
process_start_time_seconds ${app.start}
`;

const source = (): Source => {
  if (!running.source) throw new Error('the source was not opened');
  return running.source;
};

const total = 'http_requests_total{app="auth"}';
const errors = 'http_requests_total{app="auth",code=~"5.."}';

/** Reads until it fits. */
const until = async (fits: (readings: Reading[]) => boolean, selectors: string[]): Promise<Reading[]> => {
  let readings: Reading[] = [];
  await untilShown(async () => {
    readings = await source().read(selectors, tick());
    return fits(readings);
  });
  return readings;
};

const sumOf = (reading: Reading | undefined): number => reading?.series.reduce((sum, { value }) => sum + value, 0) ?? 0;

beforeAll(async () => {
  running.target = await serve((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    app.good += app.each;
    response.end(page());
  });
  running.server = await startPrometheus();
  await running.server.scrape([running.target.url]);
  const settings = prometheus.settings.parse({ url: running.server.url, resolution: '1s' });
  running.source = await prometheus.open(settings, { io, root: '/', learn: () => undefined });
}, 300_000);

afterAll(async () => {
  await running.source?.close();
  await io.close();
  await running.server?.close();
  await running.target?.close();
}, 60_000);

describe('a real Prometheus', () => {
  it('gives raw counters, whose increase is exact across a restart, in the present and in the past', async () => {
    const began = io.clock.now();
    const [before] = await until(([reading]) => sumOf(reading) === 1005, [total, errors]);
    expect(before?.instances).toEqual([{ id: new URL(running.target?.url ?? '').host, startedAt: app.start * 1000 }]);
    Object.assign(app, { good: 1040, bad: 12 });
    const [grown, failed] = await until(([reading]) => sumOf(reading) === 1052, [total, errors]);
    expect(before && grown && increase(before, grown)).toBe(47);
    expect(sumOf(failed)).toBe(12);
    Object.assign(app, { good: 3, bad: 1, start: Math.floor(Date.now() / 1000) });
    const [restarted] = await until(([reading]) => sumOf(reading) === 4, [total, errors]);
    expect(grown && restarted && increase(grown, restarted)).toBe(4);

    // The grid of the past ends before its end: the last step has to lie on it.
    await io.clock.sleep(1000);
    const span = { from: began - 5000, to: io.clock.now() };
    const [past = []] = (await source().past?.([total, errors], span, 500)) ?? [];
    const known = past.filter(({ series }) => series.length > 0);
    const steps = known.slice(1).map((now, index) => increase(known[index] ?? now, now));
    expect(steps.filter((step) => step > 0)).toEqual([47, 4]);
    expect(past[0]?.series).toEqual([]);
  }, 60_000);

  it('gives classic buckets with their edges', async () => {
    const [reading] = await source().read(['took_seconds_bucket'], tick());
    const buckets = reading?.series.map(({ labels, value }) => [labels['le'], value]);
    expect(buckets?.sort()).toEqual([
      ['+Inf', app.good + app.bad],
      ['0.1', app.good],
    ]);
  });

  it('evaluates a free query window by window', async () => {
    const query = 'sum(increase(http_requests_total{app="auth"}[{{window}}]))';
    const [first] = await source().read([query], tick());
    expect(first?.series.map(({ value }) => value)).toEqual([0]);
    // Prometheus leaves out what happens between two windows, and extrapolates for it: only steady growth adds up.
    app.each = 20;
    const [grown] = await until(([reading]) => sumOf(reading) >= 100, [query]);
    expect(sumOf(grown)).toBeLessThan(1000);
    const [past = []] =
      (await source().past?.([query], { from: io.clock.now() - 8000, to: io.clock.now() }, 4000)) ?? [];
    expect(past).toHaveLength(3);
  }, 60_000);

  it('says in its own words what it refuses', async () => {
    await expect(source().read(['sum(increase(nothing[{{window}}])'], tick())).rejects.toThrow(
      /^prometheus: 127\.0\.0\.1:\d+ refused the query \(bad_data\): /,
    );
  });
});
