// latency-delta over the sources scrape and log: real pages with histograms of requests, and real lines of a file.
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createFiles } from '../../src/io/files.ts';
import type { Seen } from '../../src/kinds/latency-delta/count.ts';
import { latencyDelta } from '../../src/kinds/latency-delta/index.ts';
import { spec as schema } from '../../src/kinds/latency-delta/spec.ts';
import type { Look, Phase, Session } from '../../src/kit/index.ts';
import { log } from '../../src/sources/log/index.ts';
import { scrape } from '../../src/sources/scrape.ts';
import { fakeIo, networkIo, realClock } from '../helpers/fake-io.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { serve, type TestServer } from '../helpers/servers.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** Seconds. The second edge is far from what either sort of request takes, so that a busy machine moves none across. */
const edges = [0.001, 2, 30];

interface Instance extends TestServer {
  /** Every n-th request waits beyond the second edge; 0: none. */
  slowEvery: number;
}

/** A service with a classic histogram of its own requests. What a slow one waits is noted, not slept. */
const startInstance = async (): Promise<Instance> => {
  const seconds: number[] = [];
  const instance = { slowEvery: 0 };
  const server = await serve((request, response) => {
    if (request.url === '/metrics') {
      const line = (le: string, value: number) => `http_request_duration_seconds_bucket{le="${le}"} ${value}\n`;
      const counted = edges.map((edge) => line(String(edge), seconds.filter((one) => one <= edge).length));
      response.end(
        `# TYPE http_request_duration_seconds histogram\n${counted.join('')}${line('+Inf', seconds.length)}`,
      );
      return;
    }
    const began = performance.now();
    const waited = instance.slowEvery > 0 && seconds.length % instance.slowEvery === 0 ? 5 : 0.002;
    response.end(() => seconds.push(waited + (performance.now() - began) / 1000));
  });
  return Object.assign(instance, server);
};

let service: Instance;

beforeAll(async () => {
  service = await startInstance();
});

afterAll(() => service.close());

const open = async (): Promise<{ session: Session<Seen>; spec: ReturnType<typeof schema.parse> }> => {
  const io = networkIo();
  onTestFinished(() => io.close());
  const settings = { url: `${service.url}/metrics` };
  const query = { histogram: 'http_request_duration_seconds_bucket' };
  const spec = schema.parse({ from: { source: 'scrape', settings, query }, percentiles: ['p50', 'p95'] });
  const source = await scrape.open(scrape.settings.parse(settings), { io, root: '/', learn: () => undefined });
  const session = await latencyDelta.open(spec, worldOf(io, source));
  onTestFinished(() => session.close());
  return { session, spec };
};

const units = async (session: Session<Seen>, count: number, phase: Phase): Promise<Look<Seen>[]> => {
  const looks: Look<Seen>[] = [];
  for (let n = 0; n < count; n += 1) {
    await Promise.all(Array.from({ length: 50 }, () => fetch(service.url).then((one) => one.text())));
    looks.push(...(await session.sample(tick(phase))));
  }
  return looks;
};

describe('latency-delta over real sources', () => {
  it('passes an unchanged service and catches one of which every fourth request became slow', async () => {
    const { session, spec } = await open();
    await session.sample(tick('baseline'));
    const baseline = await units(session, 12, 'baseline');
    expect(baseline[0]).toMatchObject({ seen: { state: 'counted', requests: 50, buckets: [[1, 2000, 50]] } });
    const good = await units(session, 3, 'hold');
    expect(latencyDelta.judge(historyOf(samples(good), baseline), spec)).toMatchObject({
      outcome: 'pass',
      reason: 'no_sign_of_harm',
    });
    service.slowEvery = 4;
    const bad = await units(session, 12, 'hold');
    const verdict = latencyDelta.judge(historyOf(samples(bad), baseline), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason: 'slower_than_before', value: 0.25 });
    expect(verdict.because).toMatch(
      /^150 of 600 requests took longer than 2 s \(the edge of the histogram at the p50 before the deploy\), 25 % /,
    );
    service.slowEvery = 0;
  });

  it('counts the slow requests of a log at edges of two digits', async () => {
    const root = await tempFolder();
    const file = join(root, 'access.log');
    await writeFile(file, '');
    const io = fakeIo({ files: createFiles(), clock: realClock });
    const settings = { file: 'access.log', format: 'json' };
    const source = await log.open(log.settings.parse(settings), { io, root, learn: () => undefined });
    const query = { histogram: 'request_time{path="/me"}' };
    const spec = schema.parse({ from: { source: 'log', settings, query }, percentiles: ['p95'] });
    const session = await latencyDelta.open(spec, worldOf(io, source));
    onTestFinished(() => session.close());
    const write = (seconds: number, count: number, path = '/me'): Promise<void> =>
      appendFile(file, `${JSON.stringify({ path, request_time: seconds })}\n`.repeat(count));
    const unit = async (slow: number): Promise<Look<Seen>[]> => {
      await write(0.052, 100 - slow);
      await write(0.4, slow);
      await write(9, 50, '/report');
      return session.sample(tick());
    };
    await unit(0);
    const baseline = [];
    for (let n = 0; n < 10; n += 1) baseline.push(...(await unit(2)));
    const hold = [];
    for (let n = 0; n < 12; n += 1) hold.push(...(await unit(20)));
    expect(hold[0]).toMatchObject({
      seen: {
        requests: 100,
        buckets: [
          [51, 52, 80],
          [390, 400, 20],
        ],
      },
    });
    const verdict = latencyDelta.judge(historyOf(samples(hold), baseline), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slower_than_before', value: 0.2 });
    expect(verdict.because).toMatch(
      /^240 of 1,200 requests took longer than 52 ms \(the edge of the histogram at the p95 /,
    );
  });

  it('says that a counter is no histogram', async () => {
    const io = networkIo();
    onTestFinished(() => io.close());
    const page = await serve((_, response) => {
      response.end('http_requests_total 5\n');
    });
    onTestFinished(() => page.close());
    const settings = { url: page.url };
    const source = await scrape.open(scrape.settings.parse(settings), { io, root: '/', learn: () => undefined });
    const query = { histogram: 'http_requests_total' };
    const other = schema.parse({ from: { source: 'scrape', settings, query } });
    const counter = await latencyDelta.open(other, worldOf(io, source));
    onTestFinished(() => counter.close());
    const looks = await counter.sample(tick());
    expect(latencyDelta.judge(historyOf(samples(looks)), other)).toMatchObject({ reason: 'no_histogram' });
  });
});
