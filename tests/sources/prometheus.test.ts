// The source `prometheus` against a server that speaks the query API.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { Source } from '../../src/kit/source.ts';
import { parseSelector } from '../../src/kit/selector.ts';
import { prometheus } from '../../src/sources/prometheus.ts';
import { networkIo } from '../helpers/fake-io.ts';
import { bodyOf, serve, type TestServer } from '../helpers/servers.ts';
import { missedRead, type Shown, type SourceLab, sourceContract, tick } from './contract.ts';

const number = (value: number): string => (value === Infinity ? '+Inf' : String(value));
const success = (resultType: string, result: unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType, result } });

const labelsOf = ({ metric, labels, instance }: Shown): Record<string, string> => ({
  __name__: metric,
  job: 'auth',
  instance,
  ...labels,
});

/** Evaluates a selector, or the one expression that asks for start times. */
const evaluate = (shown: readonly Shown[], query: string): Shown[] => {
  const selector = query.startsWith('process_start_time_seconds and on (job, instance)')
    ? 'process_start_time_seconds'
    : query;
  const fits = parseSelector(selector);
  return shown.filter((one) => fits(labelsOf(one)));
};

const queryOf = async (request: IncomingMessage): Promise<URLSearchParams> =>
  new URLSearchParams(request.method === 'POST' ? await bodyOf(request) : (request.url ?? '').split('?')[1]);

const openLab = async (): Promise<SourceLab> => {
  let shown: readonly Shown[] = [];
  const server = await serve(async (request, response) => {
    const query = await queryOf(request);
    const found = evaluate(shown, query.get('query') ?? '');
    const at = Number(query.get('time'));
    response.end(
      success(
        'vector',
        found.map((one) => ({ metric: labelsOf(one), value: [at, number(one.value)] })),
      ),
    );
  });
  let open = true;
  return {
    settings: { url: server.url },
    show: (series) => {
      shown = series;
    },
    close: async () => {
      if (open) await server.close();
      open = false;
    },
  };
};

sourceContract(prometheus, ['a:1', 'b:1'], openLab);

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const against = async (handler: Handler, path = ''): Promise<{ source: Source; server: TestServer }> => {
  const server = await serve(handler);
  const io = networkIo();
  closers.push(
    () => io.close(),
    () => server.close(),
  );
  const settings = prometheus.settings.parse({ url: `${server.url}${path}`, headers: { 'x-scope': 'team' } });
  return { server, source: await prometheus.open(settings, { io, root: '/', learn: () => undefined }) };
};

describe('an answer that cannot be used is an instrument that could not look', () => {
  test.each<[string, number, string, string, string]>([
    ['401', 401, '', 'source_401', 'answered 401: the credentials in headers are missing or wrong'],
    ['403', 403, '', 'source_403', 'answered 403: these credentials may not read it'],
    ['503', 503, '', 'source_503', 'answered 503, expected 200'],
    [
      'status: error',
      422,
      '{"status":"error","errorType":"execution","error":"too many samples"}',
      'source_unreadable',
      'refused the query (execution): too many samples',
    ],
    [
      'warnings',
      200,
      '{"status":"success","warnings":["store a is down"],"data":{"resultType":"vector","result":[]}}',
      'source_unreadable',
      'gave a partial answer: store a is down',
    ],
    [
      'a login page',
      200,
      '<html>sign in</html>',
      'source_unreadable',
      'sent no answer of the Prometheus query API: <html>sign in</html>',
    ],
    [
      'a scalar',
      200,
      '{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}',
      'source_unreadable',
      'sent no answer of the Prometheus query API: {"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}',
    ],
  ])('%s', async (_, status, body, reason, what) => {
    const { source, server } = await against((__, response) => void response.writeHead(status).end(body));
    const where = `prometheus: ${new URL(server.url).host}`;
    expect(await missedRead(source)).toEqual({ by: 'instrument', reason, because: `${where} ${what}` });
  });
});

test('asks by POST under the path of the URL, with its headers, and by GET where a proxy wants that', async () => {
  const asked: unknown[] = [];
  const { source } = await against(async (request, response) => {
    const { method, headers } = request;
    const query = await queryOf(request);
    asked.push([method, request.url?.split('?')[0], headers['x-scope'], query.get('query')]);
    if (method === 'POST') response.writeHead(405).end();
    else response.end(success('vector', []));
  }, '/prom/');
  await source.read(['up{job="a b"}'], tick());
  expect(asked).toContainEqual(['POST', '/prom/api/v1/query', 'team', 'up{job="a b"}']);
  expect(asked).toContainEqual(['GET', '/prom/api/v1/query', 'team', 'up{job="a b"}']);
});

test('the past comes from raw samples, on a grid, each series with its last value', async () => {
  const queries: (string | null)[] = [];
  const { source } = await against(async (request, response) => {
    const query = await queryOf(request);
    queries.push(query.get('query'));
    const isStart = query.get('query')?.startsWith('process_start') === true;
    const metric = { __name__: 'x_total', instance: 'a:1' };
    response.end(
      isStart
        ? success('vector', [{ metric, value: [1000, '900'] }])
        : success('matrix', [
            {
              metric,
              values: [
                [1001, '5'],
                [1016, '7'],
                [1031, 'NaN'],
              ],
            },
          ]),
    );
  });
  const [readings] = (await source.past?.(['x_total'], { from: 1_000_000, to: 1_045_000 }, 15_000)) ?? [];
  expect(queries).toContain('x_total[345s]');
  expect(readings?.map(({ at, series }) => [at, series.map(({ value }) => value)])).toEqual([
    [1_000_000, []],
    [1_015_000, [5]],
    [1_030_000, [7]],
    [1_045_000, []],
  ]);
  expect(readings?.[1]?.instances).toEqual([{ id: 'a:1', startedAt: 900_000 }]);
});

test('a series that ended long ago is not carried on', async () => {
  const metric = { __name__: 'x_total', instance: 'a:1' };
  const { source } = await against(async (request, response) => {
    const isStart = (await queryOf(request)).get('query')?.startsWith('process_start') === true;
    response.end(isStart ? success('vector', []) : success('matrix', [{ metric, values: [[1000, '5']] }]));
  });
  const [readings] = (await source.past?.(['x_total'], { from: 1_000_000, to: 1_600_000 }, 200_000)) ?? [];
  expect(readings?.map(({ series }) => series.length)).toEqual([1, 1, 0, 0]);
});
