// latency-delta over a real Prometheus: native and classic histograms of pods that restart, leave and come.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Seen } from '../../src/kinds/latency-delta/count.ts';
import { latencyDelta } from '../../src/kinds/latency-delta/index.ts';
import { spec as schema } from '../../src/kinds/latency-delta/spec.ts';
import type { Look, Sample, Session } from '../../src/kit/index.ts';
import { prometheus } from '../../src/sources/prometheus.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { type MetricsApp, startMetricsApp } from '../helpers/metrics-app.ts';
import { type RunningPrometheus, startPrometheus, untilShown } from '../helpers/prometheus.ts';

const io = networkIo();
const running: { server?: RunningPrometheus } = {};

/** It takes classic histograms as before, and native ones from those that have them. */
const server = (): RunningPrometheus => {
  if (!running.server) throw new Error('Prometheus was not started');
  return running.server;
};

beforeAll(async () => {
  running.server = await startPrometheus(['native-histograms']);
}, 300_000);

afterAll(async () => {
  await io.close();
  await running.server?.close();
}, 60_000);

/** What each pod did in one round; milliseconds of the edges above 30, 80 and 300 ms. */
const usual = { 0.03: 60, 0.08: 36, 0.3: 4 };
const slower = { 0.03: 40, 0.08: 6, 0.3: 4, 1.2: 50 };
const perRound = 100;

interface Form {
  native: boolean;
  histogram: string;
  edges: { p50: string; p95: string; p99: string };
}

const forms: [string, Form][] = [
  [
    'a native histogram',
    {
      native: true,
      histogram: 'http_request_duration_seconds',
      edges: { p50: '31.3 ms', p95: '81.1 ms', p99: '324 ms' },
    },
  ],
  [
    'a classic histogram',
    {
      native: false,
      histogram: 'http_request_duration_seconds_bucket',
      edges: { p50: '50 ms', p95: '100 ms', p99: '500 ms' },
    },
  ],
];

const specOf = (histogram: string) =>
  schema.parse({ from: { source: 'prometheus', settings: { url: server().url }, query: { histogram } } });

const openSession = async (spec: ReturnType<typeof specOf>): Promise<Session<Seen>> => {
  const settings = prometheus.settings.parse({ url: server().url, resolution: '100ms' });
  const source = await prometheus.open(settings, { io, root: '/', learn: () => undefined });
  return latencyDelta.open(spec, worldOf(io, source));
};

describe.each(forms)('%s', (_, { native, histogram, edges }) => {
  const pods: MetricsApp[] = [];
  const opened: { session?: Session<Seen> } = {};
  let baseline: Look<Seen>[] = [];

  const startPod = async (): Promise<MetricsApp> => {
    const pod = await startMetricsApp({ native });
    pods.push(pod);
    return pod;
  };

  /** How many requests Prometheus has of each pod. */
  const known = async (): Promise<number[]> => {
    const query = native
      ? 'histogram_count(http_request_duration_seconds)'
      : 'http_request_duration_seconds_bucket{le="+Inf"}';
    const response = await fetch(`${server().url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result.map(({ value: [, count] }) => Number(count)).sort((a, b) => a - b);
  };

  const untilKnown = async (...counts: number[]): Promise<void> => {
    await untilShown(async () => JSON.stringify(await known()) === JSON.stringify(counts));
  };

  const round = (those: readonly MetricsApp[], requests: Readonly<Record<number, number>>): void => {
    for (const pod of those) for (const [seconds, count] of Object.entries(requests)) pod.took(Number(seconds), count);
  };

  const look = async (): Promise<Look<Seen>[]> => {
    if (!opened.session) throw new Error('the session was not opened');
    return opened.session.sample(tick());
  };

  const requestsIn = (looks: readonly (Look<Seen> | Sample<Seen>)[]): number =>
    looks.reduce((sum, one) => sum + ('seen' in one && one.seen.state === 'counted' ? one.seen.requests : 0), 0);

  beforeAll(async () => {
    const [a, b] = [await startPod(), await startPod()];
    round([a, b], usual);
    await server().scrape([a.url, b.url]);
    await untilKnown(perRound, perRound);
    const began = io.clock.now();
    for (let n = 1; n <= 4; n += 1) {
      round([a, b], usual);
      await untilKnown(perRound * (1 + n), perRound * (1 + n));
    }
    opened.session = await openSession(specOf(histogram));
    // The grid of the past ends before its end: the last step has to lie on it.
    await io.clock.sleep(1000);
    baseline = ((await opened.session.past?.({ from: began - 1000, to: io.clock.now() }, 500)) ?? []).flatMap((one) =>
      'seen' in one ? [{ seen: one.seen }] : [],
    );
  }, 300_000);

  afterAll(async () => {
    await opened.session?.close();
    await Promise.all(pods.map((pod) => pod.close()));
  }, 60_000);

  it('has every request of the past once, in buckets whose edges are the bounds', async () => {
    expect(requestsIn(baseline)).toBe(2 * 4 * perRound);
    const quiet = samples(baseline.slice(-3));
    const verdict = latencyDelta.judge(historyOf(quiet, baseline), specOf(histogram));
    expect(
      verdict.parts?.map(({ name, because }) => [name, /longer than (\S+ m?s) \(the edge/.exec(because)?.[1]]),
    ).toEqual(Object.entries(edges));
  });

  it('is counted exactly while pods restart, leave and come, and passes as long as they are as fast', async () => {
    const [a, b] = pods;
    if (!a || !b) throw new Error('the pods were not started');
    await look();
    const looks: Look<Seen>[] = [];
    round([a, b], usual);
    await untilKnown(600, 600);
    looks.push(...(await look()));
    expect(requestsIn(looks)).toBe(2 * perRound);

    b.restart();
    round([b], usual);
    await untilKnown(100, 600);
    looks.push(...(await look()));
    expect(requestsIn(looks)).toBe(3 * perRound);

    const c = await startPod();
    c.restart();
    round([c], usual);
    await server().scrape([b.url, c.url]);
    await untilKnown(100, 100);
    looks.push(...(await look()));
    expect(requestsIn(looks)).toBe(4 * perRound);
    expect(latencyDelta.judge(historyOf(samples(looks), baseline), specOf(histogram))).toMatchObject({
      outcome: 'pass',
      reason: 'no_sign_of_harm',
    });
  }, 60_000);

  it('fails when one of the new pods is slow, and names it', async () => {
    const [, b, c] = pods;
    if (!b || !c) throw new Error('the pods were not started');
    const looks: Look<Seen>[] = [];
    for (let n = 2; n <= 7; n += 1) {
      round([b], usual);
      round([c], slower);
      await untilKnown(n * perRound, n * perRound);
      looks.push(...(await look()));
    }
    expect(requestsIn(looks)).toBe(2 * 6 * perRound);
    const verdict = latencyDelta.judge(historyOf(samples(looks), baseline), specOf(histogram));
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, introduced: true, reason: 'slower_than_before' });
    const name = new URL(c.url).host;
    expect(verdict.because).toContain(`; instance ${name} alone `);
    expect(verdict.next).toBe(`look at instance ${name}: the others are better`);
  }, 120_000);
});

describe('a native histogram of a real Prometheus', () => {
  it('counts what is new alone when its buckets were merged, and begins with its first request', async () => {
    const pod = await startMetricsApp({ native: true });
    onTestFinished(() => pod.close());
    await server().scrape([pod.url]);
    const session = await openSession(specOf('http_request_duration_seconds'));
    onTestFinished(() => session.close());
    const units: Seen[] = [];
    const untilCounted = async (requests: number): Promise<void> => {
      const counted = () => units.reduce((sum, one) => sum + (one.state === 'counted' ? one.requests : 0), 0);
      await untilShown(async () => {
        for (const one of await session.sample(tick())) if ('seen' in one) units.push(one.seen);
        return counted() >= requests;
      });
      expect(counted()).toBe(requests);
    };
    await untilShown(async () =>
      (await session.sample(tick())).every((one) => !('seen' in one) || one.seen.state === 'counted'),
    );
    pod.took(0.03, 60);
    pod.took(0.08, 40);
    await untilCounted(100);
    pod.coarsen();
    pod.took(0.08, 5);
    await untilCounted(105);
    expect(units.at(-1)).toMatchObject({ buckets: [[74.3254447, 88.3883476, 5]] });
  }, 60_000);
});
