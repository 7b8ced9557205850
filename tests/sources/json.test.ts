// The source `json` against real pages: the contract, and everything that is no number.
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/kit/json.ts';
import { atPointer, isPointer } from '../../src/kit/pointer.ts';
import { json } from '../../src/sources/json.ts';
import { serve } from '../helpers/servers.ts';
import { missedRead, type Shown, sourceContract, tick } from './contract.ts';
import { host, pagesOf, twoInstances } from './pages.ts';

/** JSON has no word for NaN (JavaScript writes null), but one for numbers beyond all bounds. */
const number = (value: number): string => (value === Infinity ? '1e999' : JSON.stringify(value));

/** `{ "requests_total": { "200": 5, "500": 1 } }`; a metric without labels is a plain number. */
const documentOf = (shown: readonly Shown[]): string => {
  const names = [...new Set(shown.map(({ metric }) => metric))];
  const members = names.map((name) => {
    const mine = shown.filter(({ metric }) => metric === name);
    const coded = mine.map(({ labels, value }) => `${JSON.stringify(labels['code'])}:${number(value)}`);
    return `"${name}":${mine[0]?.labels['code'] === undefined ? number(mine[0]?.value ?? 0) : `{${coded.join(',')}}`}`;
  });
  return `{${members.join(',')}}`;
};

const lab = twoInstances('/status', documentOf, { startedAt: '/process_start_time_seconds' });

sourceContract(json, ['blue', 'green'], lab, {
  all: '/requests_total/200',
  errors: '/requests_total/500',
  absent: '/nothing_total',
  none: 'requests_total',
  single: true,
});

const { kept, reading, answering } = pagesOf(json, '/status');

const unreadable = async (body: string, pointer: string): Promise<unknown> => {
  const url = await answering(200, body);
  const missed = (await missedRead(await reading({ url }), pointer)) as { because: string };
  return { ...missed, because: missed.because.replace(host(url), 'HOST') };
};

test.each([
  ['no JSON', '<html>', 'sent no JSON document'],
  [
    'a text, though it looks like a number',
    '{"pool":{"waiting":"3"}}',
    'has a text at /pool/waiting, expected a number',
  ],
  ['a truth value', '{"pool":{"waiting":true}}', 'has the value true at /pool/waiting, expected a number'],
  ['a map', '{"pool":{"waiting":{}}}', 'has a map at /pool/waiting, expected a number'],
  ['a list', '{"pool":{"waiting":[3]}}', 'has a list at /pool/waiting, expected a number'],
])('%s is an instrument that could not look', async (_, body, what) => {
  expect(await unreadable(body, '/pool/waiting')).toEqual({
    by: 'instrument',
    reason: 'source_unreadable',
    because: `json: HOST/status ${what}`,
  });
});

test('what is not there, null, and numbers beyond all bounds are absent, which is not zero', async () => {
  const source = await reading({ url: await answering(200, '{"pool":{"a":null,"b":1e999,"c":0}}') });
  const readings = await source.read(['/pool/a', '/pool/b', '/pool/c', '/pool/d', '/pool/c/d'], tick());
  expect(readings.map(({ series }) => series.map(({ value }) => value))).toEqual([[], [], [0], [], []]);
});

test('a status that is not 200 names the instance', async () => {
  const good = await answering(200, '{"up":1}');
  const bad = await answering(503, '');
  expect(await missedRead(await reading({ urls: { blue: good, green: bad } }), '/up')).toEqual({
    by: 'instrument',
    reason: 'source_503',
    because: `json: green (${host(bad)}/status) answered 503, expected 200`,
  });
});

test('a selector of another source is our mistake, and the sentence says how to write it', async () => {
  expect(await missedRead(await reading({ url: await answering(200, '{}') }), 'pool_waiting')).toEqual({
    by: 'ours',
    reason: 'source_selector',
    because: '"pool_waiting" is not a selector of json; write a JSON pointer like /pool/waiting',
  });
});

test('headers are sent', async () => {
  const server = kept(
    await serve(({ headers }, response) => void response.end(JSON.stringify({ n: headers.authorization?.length }))),
  );
  const source = await reading({ url: server.url, headers: { Authorization: 'Bearer abc' } });
  expect((await source.read(['/n'], tick()))[0]?.series[0]?.value).toBe(10);
});

test.each([
  [{}, 'needs one of url, urls'],
  [{ url: 'http://a', startedAt: 'process' }, 'must be a JSON pointer like /process/startedAt'],
])('settings %j are refused', (settings, message) => {
  expect(json.settings.safeParse(settings).error?.issues[0]?.message).toBe(message);
});

describe('a JSON pointer', () => {
  // The document and most of the pointers are those of RFC 6901, section 5.
  const document: Json = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'm~n': 8, ' ': 7, '~1': 9 };

  test.each<[string, Json | undefined]>([
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/m~0n', 8],
    ['/~01', 9],
    ['/ ', 7],
    ['/foo/01', undefined],
    ['/foo/2', undefined],
    ['/foo/length', undefined],
    ['/toString', undefined],
  ])('%s', (pointer, value) => {
    expect(atPointer(document, pointer)).toEqual(value);
  });

  test.each([
    ['/a', true],
    ['/', true],
    ['', false],
    ['a', false],
    ['/a~2', false],
    ['/a~', false],
  ])('%s: %s', (text, is) => {
    expect(isPointer(text)).toBe(is);
  });
});
