// The source `scrape` against real metrics pages, good and bad ones.
import { expect, test } from 'vitest';
import { scrape } from '../../src/sources/scrape.ts';
import { serve } from '../helpers/servers.ts';
import { missedRead, type Shown, sourceContract, tick } from './contract.ts';
import { host, pagesOf, twoInstances } from './pages.ts';

const number = (value: number): string => (value === Infinity ? '+Inf' : String(value));

const page = (shown: readonly Shown[]): string =>
  shown
    .map(({ metric, labels, value }) => {
      const inside = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
      return `${metric}{${inside.join(',')}} ${number(value)}\n`;
    })
    .join('');

sourceContract(scrape, ['blue', 'green'], twoInstances('/metrics', page));

const { kept, reading, answering } = pagesOf(scrape, '/metrics');

test.each<[number, string, string, string]>([
  [503, '', 'source_503', 'answered 503, expected 200'],
  [401, '', 'source_401', 'answered 401: the credentials in headers are missing or wrong'],
  [404, '', 'source_404', 'answered 404: check the path of the URL'],
  [302, '', 'source_302', 'answered 302, expected 200'],
  [200, 'up 1\n<html>', 'source_unreadable', 'sent no readable metrics: line 2 is malformed (no metric name): <html>'],
])('a page that answers %i "%s" is an instrument that could not look', async (status, body, reason, what) => {
  const url = await answering(status, body);
  const missed = await missedRead(await reading({ url }));
  expect(missed).toEqual({ by: 'instrument', reason, because: `scrape: ${host(url)}/metrics ${what}` });
});

test('one page of several that fails is named', async () => {
  const good = await answering(200, 'up 1');
  const bad = await answering(500, '');
  expect(await missedRead(await reading({ urls: { blue: good, green: bad } }))).toEqual({
    by: 'instrument',
    reason: 'source_500',
    because: `scrape: green (${host(bad)}/metrics) answered 500, expected 200`,
  });
});

test('a page that hangs is given up after its timeout', async () => {
  const server = kept(await serve(() => undefined));
  expect(await missedRead(await reading({ url: server.url, timeout: '100ms' }))).toEqual({
    by: 'instrument',
    reason: 'source_timeout',
    because: `scrape: ${host(server.url)}/ could not be read: ${host(server.url)}: connected, but no answer came within 100 ms`,
  });
});

test('an instance is named by host and port, and by its path where one host has several', async () => {
  const url = await answering(200, 'up 1');
  const idsOf = async (settings: unknown): Promise<string[]> => {
    const [one] = await (await reading(settings)).read(['up'], tick());
    return (one?.instances ?? []).map(({ id }) => id);
  };
  expect(await idsOf({ url })).toEqual([host(url)]);
  expect(await idsOf({ urls: [`${url}/a`, `${url}/b`] })).toEqual([`${host(url)}/metrics/a`, `${host(url)}/metrics/b`]);
});

test('headers are sent', async () => {
  const server = kept(await serve(({ headers }, response) => void response.end(`up{t="${headers.authorization}"} 1`)));
  const source = await reading({ url: server.url, headers: { Authorization: 'Bearer abc' } });
  const [up] = await source.read(['up'], tick());
  expect(up?.series[0]?.labels).toEqual({ __name__: 'up', t: 'Bearer abc' });
});

test.each([{}, { url: 'http://a', urls: ['http://b'] }])('settings %j are refused', (settings) => {
  expect(scrape.settings.safeParse(settings).error?.issues[0]?.message).toBe('needs one of url, urls');
});

/** A page whose counter and start time change from one answer to the next; the last ones stay. */
const changing = async (answers: readonly [start: number, requests: number][]): Promise<string> => {
  let n = 0;
  const server = await serve((_, response) => {
    const [start, requests] = answers[Math.min(n, answers.length - 1)] ?? [0, 0];
    n += 1;
    response.end(`process_start_time_seconds ${start}\nrequests_total{code="200"} ${requests}\n`);
  });
  kept(server);
  return `${server.url}/metrics`;
};

test('a page that is answered by another process each time is found and named', async () => {
  const url = await changing([
    [1000, 5],
    [2000, 90],
    [1000, 6],
    [1000, 7],
  ]);
  const source = await reading({ urls: { auth: url } });
  await source.read(['requests_total'], tick());
  await source.read(['requests_total'], tick());
  const expected = {
    by: 'instrument',
    reason: 'source_alternates',
    because: `scrape: auth (${host(url)}/metrics) answers from another process each time (started 1970-01-01T00:16:40.000Z and 1970-01-01T00:33:20.000Z), so its counters cannot be compared; give the address of each instance in urls`,
  };
  expect(await missedRead(source, 'requests_total')).toEqual(expected);
  expect(await missedRead(source, 'requests_total')).toEqual(expected);
});

test('a process that restarts is no other one, however often', async () => {
  const url = await changing([
    [1000, 5],
    [2000, 1],
    [3000, 2],
    [3000, 4],
  ]);
  const source = await reading({ url });
  const values: (number | undefined)[] = [];
  for (let n = 0; n < 4; n += 1) values.push((await source.read(['requests_total'], tick()))[0]?.series[0]?.value);
  expect(values).toEqual([5, 1, 2, 4]);
});

test('the past is what a process counted since it started, if that was ten minutes before', async () => {
  const [old, young, unknown] = [
    await changing([[1000, 800]]),
    await changing([[1400, 3]]),
    await answering(200, 'requests_total 7\n'),
  ];
  const source = await reading({ urls: { old, young, unknown } });
  const [readings] = (await source.past?.(['requests_total'], { from: 0, to: 1_600_000 }, 5000)) ?? [];
  expect(readings?.map(({ series }) => series.map(({ instance, value }) => [instance, value]))).toEqual([
    [['old', 0]],
    [['old', 800]],
  ]);
  expect(readings?.[0]?.at).toBe(1_000_000);
  expect(readings?.[1]?.instances).toEqual([{ id: 'old', startedAt: 1_000_000 }]);
  expect(await source.past?.(['requests_total'], { from: 0, to: 1_599_999 }, 5000)).toEqual([[]]);
});
