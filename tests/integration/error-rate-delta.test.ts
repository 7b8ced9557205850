// error-rate-delta over the source scrape, on real pages of two instances with real requests.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Seen } from '../../src/kinds/error-rate-delta/count.ts';
import { errorRateDelta } from '../../src/kinds/error-rate-delta/index.ts';
import { spec as schema } from '../../src/kinds/error-rate-delta/spec.ts';
import type { Look, Phase, Session } from '../../src/kit/index.ts';
import { scrape } from '../../src/sources/scrape.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { historyOf, samples, tick, worldOf } from '../helpers/kinds.ts';
import { serve, type TestServer } from '../helpers/servers.ts';

interface Instance extends TestServer {
  /** Every n-th request fails; 0: none. */
  failEvery: number;
}

/** A service that counts its own requests, as client libraries of Prometheus do: a code appears with its first request. */
const startInstance = async (): Promise<Instance> => {
  const counts = new Map<string, number>();
  let requests = 0;
  const instance = { failEvery: 0 };
  const server = await serve((request, response) => {
    if (request.url === '/metrics') {
      const lines = [...counts].map(([labels, value]) => `http_requests_total{${labels}} ${value}\n`);
      response.end(lines.join(''));
      return;
    }
    requests += 1;
    const status = instance.failEvery > 0 && requests % instance.failEvery === 0 ? 500 : 200;
    const client = request.headers['user-agent']?.startsWith('holdpoint') ? 'probe' : 'user';
    const labels = `code="${status}",client="${client}"`;
    counts.set(labels, (counts.get(labels) ?? 0) + 1);
    response.writeHead(status).end();
  });
  return Object.assign(instance, server);
};

let [a, b]: Instance[] = [];
const instances = (): Instance[] => [a, b].filter((one) => one !== undefined);

beforeAll(async () => {
  [a, b] = [await startInstance(), await startInstance()];
});

afterAll(() => Promise.all(instances().map((one) => one.close())));

const ask = async (count: number, agent = 'test'): Promise<void> => {
  for (const { url } of instances())
    await Promise.all(
      Array.from({ length: count }, () => fetch(url, { headers: { 'user-agent': agent } }).then((one) => one.text())),
    );
};

const open = async (): Promise<{ session: Session<Seen>; spec: ReturnType<typeof schema.parse> }> => {
  const io = networkIo();
  onTestFinished(() => io.close());
  const urls = { a: `${a?.url}/metrics`, b: `${b?.url}/metrics` };
  const query = { total: 'http_requests_total', errors: 'code=~"5.."', exclude: 'client="probe"' };
  const spec = schema.parse({ from: { source: 'scrape', settings: { urls }, query } });
  const source = await scrape.open(scrape.settings.parse({ urls }), { io, root: '/', learn: () => undefined });
  const session = await errorRateDelta.open(spec, worldOf(io, source));
  onTestFinished(() => session.close());
  return { session, spec };
};

const units = async (session: Session<Seen>, count: number, phase: Phase): Promise<Look<Seen>[]> => {
  const looks: Look<Seen>[] = [];
  for (let n = 0; n < count; n += 1) {
    await ask(30);
    looks.push(...(await session.sample(tick(phase))));
  }
  return looks;
};

describe('error-rate-delta over scraped pages', () => {
  it('passes an unchanged service and catches one bad instance by name', async () => {
    const { session, spec } = await open();
    await ask(1);
    await session.sample(tick('baseline'));
    const baseline = await units(session, 6, 'baseline');
    expect(baseline[0]).toMatchObject({ seen: { state: 'counted', requests: 60, errors: 0 } });
    const good = await units(session, 3, 'hold');
    expect(errorRateDelta.judge(historyOf(samples(good), baseline), spec)).toMatchObject({
      outcome: 'pass',
      reason: 'no_sign_of_harm',
    });
    if (b) b.failEvery = 2;
    const bad = await units(session, 4, 'hold');
    const verdict = errorRateDelta.judge(historyOf(samples(bad), baseline), spec);
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason: 'worse_than_before', value: 0.25 });
    expect(verdict.because).toContain('60 of 240 requests failed (25 %)');
    expect(verdict.because).toContain('; instance b alone 60 of 120 (50 %), the others 0 %; ');
    if (b) b.failEvery = 0;
  });

  it('does not count our own probes', async () => {
    const { session } = await open();
    await ask(1);
    await session.sample(tick());
    await ask(10);
    await ask(20, 'holdpoint/0.1.0');
    expect(await session.sample(tick())).toMatchObject([{ seen: { requests: 20 } }]);
  });

  it('cannot look when one page is away', async () => {
    const { session } = await open();
    await b?.close();
    await expect(session.sample(tick())).rejects.toMatchObject({ missed: { by: 'instrument' } });
  });
});
