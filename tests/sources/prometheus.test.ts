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

/** A server that answers range queries by a function of the query, and everything else with nothing. */
const withPast = async (matrix: (query: string, form: URLSearchParams) => unknown[]) => {
  const asked: { path: string; form: URLSearchParams }[] = [];
  const { source } = await against(async (request, response) => {
    const form = await queryOf(request);
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push({ path, form });
    const isRange = path.endsWith('query_range');
    response.end(isRange ? success('matrix', matrix(form.get('query') ?? '', form)) : success('vector', []));
  });
  const ranges = () => asked.filter(({ path }) => path.endsWith('query_range')).map(({ form }) => form);
  return { source, ranges };
};

const metric = { __name__: 'x_total', instance: 'a:1' };

describe('the past', () => {
  test('comes on a grid, with the start of each process', async () => {
    const { source } = await against(async (request, response) => {
      const isRange = request.url?.startsWith('/api/v1/query_range') === true;
      response.end(
        isRange
          ? success('matrix', [
              {
                metric,
                values: [
                  [1015, '5'],
                  [1030.0004, 'NaN'],
                  [1045, '7'],
                ],
              },
            ])
          : success('vector', [{ metric, value: [1000, '900'] }]),
      );
    });
    const [readings] = (await source.past?.(['x_total'], { from: 1_000_000, to: 1_045_000 }, 15_000)) ?? [];
    expect(readings?.map(({ at, series }) => [at, series.map(({ value }) => value)])).toEqual([
      [1_000_000, []],
      [1_015_000, [5]],
      [1_030_000, []],
      [1_045_000, [7]],
    ]);
    expect(readings?.[1]?.instances).toEqual([{ id: 'a:1', startedAt: 900_000 }]);
  });

  test.each([
    ['larger than is read', 200, 'x'.repeat(17 * 1024 * 1024)],
    [
      'refused for its size',
      422,
      '{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}',
    ],
  ])('that is %s is asked for in halves', async (_, status, refusal) => {
    const spans: [string | null, string | null][] = [];
    const { source } = await against(async (request, response) => {
      const form = await queryOf(request);
      const [from, to] = [form.get('start'), form.get('end')];
      if (from === null) return void response.end(success('vector', []));
      spans.push([from, to]);
      if (Number(to) - Number(from) > 15) return void response.writeHead(status).end(refusal);
      const values = [from, to].map((at) => [Number(at), String(Number(at) - 1000)]);
      return void response.end(success('matrix', [{ metric, values: from === to ? [values[0]] : values }]));
    });
    const [readings] = (await source.past?.(['x_total'], { from: 1_000_000, to: 1_060_000 }, 15_000)) ?? [];
    expect(spans).toEqual([
      ['1000.000', '1060.000'],
      ['1000.000', '1015.000'],
      ['1030.000', '1060.000'],
      ['1030.000', '1030.000'],
      ['1045.000', '1060.000'],
    ]);
    expect(readings?.map(({ series }) => series.map(({ value }) => value))).toEqual([[0], [15], [30], [45], [60]]);
  });

  test('of one moment that is too large is a look that was missed', async () => {
    const { source } = await against(async (request, response) => {
      const isRange = (await queryOf(request)).get('start') !== null;
      response.end(isRange ? 'x'.repeat(17 * 1024 * 1024) : success('vector', []));
    });
    await expect(source.past?.(['x_total'], { from: 0, to: 0 }, 1000)).rejects.toThrow(/ sent more than \d+ bytes$/);
  });

  test('is asked for in parts: Prometheus refuses more than 11,000 points at once', async () => {
    const { source, ranges } = await withPast((_, form) => [{ metric, values: [[Number(form.get('start')), '1']] }]);
    const [readings] = (await source.past?.(['x_total'], { from: 0, to: 4_000_000 }, 1000)) ?? [];
    expect(ranges().map((form) => [form.get('start'), form.get('end'), form.get('step')])).toEqual([
      ['0.000', '1999.000', '1.000'],
      ['2000.000', '3999.000', '1.000'],
      ['4000.000', '4000.000', '1.000'],
    ]);
    expect(readings?.length).toBe(4001);
    expect(readings?.filter(({ series }) => series.length > 0).map(({ at }) => at)).toEqual([0, 2_000_000, 4_000_000]);
  });

  test('of a native histogram has one series for each bucket', async () => {
    const buckets = (fast: string) => [
      [0, '0.1', '0.2', fast],
      [0, '0.4', '+Inf', '1'],
    ];
    const { source } = await withPast(() => [
      {
        metric,
        histograms: [
          [1000, { count: '3', sum: '1', buckets: buckets('2') }],
          [1015, { count: '9', sum: '2', buckets: buckets('8') }],
        ],
      },
    ]);
    const [readings] = (await source.past?.(['x'], { from: 1_000_000, to: 1_015_000 }, 15_000)) ?? [];
    expect(
      readings?.map(({ series }) => series.map(({ labels, value }) => [labels['gt'], labels['le'], value])),
    ).toEqual([
      [
        ['0.1', '0.2', 2],
        ['0.4', '+Inf', 1],
      ],
      [
        ['0.1', '0.2', 8],
        ['0.4', '+Inf', 1],
      ],
    ]);
  });
});

test('a native histogram has one series for each bucket that is not empty; one without requests has an empty one', async () => {
  const { source } = await against(async (request, response) => {
    const isStart = (await queryOf(request)).get('query')?.startsWith('process_start') === true;
    const histogram = {
      count: '5',
      sum: '1.5',
      buckets: [
        [3, '-0.001', '0.001', '1'],
        [0, '0.1', '0.2', '4'],
      ],
    };
    const result = [
      { metric, histogram: [1000, histogram] },
      { metric, histogram: [1000, { count: '0', sum: '0' }] },
    ];
    response.end(success('vector', isStart ? [] : result));
  });
  const [reading] = await source.read(['x{app="auth"}'], tick());
  expect(reading?.series).toEqual([
    { instance: 'a:1', value: 1, labels: { ...metric, gt: '-0.001', le: '0.001' } },
    { instance: 'a:1', value: 4, labels: { ...metric, gt: '0.1', le: '0.2' } },
    { instance: 'a:1', value: 0, labels: { ...metric, gt: '-1', le: '0' } },
  ]);
});

describe('a free query', () => {
  const query = 'sum by (app) (increase(x_total[{{window}}]))';

  const clocked = async (handler: Parameters<typeof serve>[0]) => {
    const server = await serve(handler);
    const io = networkIo();
    closers.push(
      () => io.close(),
      () => server.close(),
    );
    let now = 1_000_000;
    const settings = prometheus.settings.parse({ url: server.url, resolution: '5s' });
    const clock = { ...io.clock, now: () => now };
    const source = await prometheus.open(settings, { io: { ...io, clock }, root: '/', learn: () => undefined });
    const at = (ms: number): void => {
      now = ms;
    };
    return { source, at };
  };

  const atTimes = async (answers: (string | undefined)[]) => {
    const queries: string[] = [];
    const { source, at } = await clocked(async (request, response) => {
      queries.push((await queryOf(request)).get('query') ?? '');
      const value = answers[queries.length - 1];
      response.end(success('vector', value === undefined ? [] : [{ metric: { app: 'auth' }, value: [1, value] }]));
    });
    const valueAt = async (now: number, selector = query): Promise<number | undefined> => {
      at(now);
      return (await source.read([selector], tick()))[0]?.series[0]?.value;
    };
    return { queries, valueAt };
  };

  test('is a counter from 0 on, that grows by a window of four scrapes at least, each moment counted once', async () => {
    const { queries, valueAt } = await atTimes(['100', '7', undefined, '2.5']);
    const values: unknown[] = [];
    for (const at of [1_000_000, 1_005_000, 1_019_999, 1_020_000, 1_045_000, 1_065_000]) values.push(await valueAt(at));
    expect(values).toEqual([0, 0, 0, 7, 7, 9.5]);
    expect(queries).toEqual([20, 20, 25, 20].map((s) => `sum by (app) (increase(x_total[${s}s]))`));
  });

  test('tells of the moment at which its last window ended, and so does a selector beside it', async () => {
    const times: [string | null, string | null][] = [];
    const { source, at } = await clocked(async (request, response) => {
      const form = await queryOf(request);
      times.push([form.get('query'), form.get('time')]);
      response.end(success('vector', [{ metric: { app: 'auth' }, value: [1, '5'] }]));
    });
    const read = async (now: number) => {
      at(now);
      return (await source.read([query, 'x_total'], tick())).map((reading) => [reading.at, reading.series[0]?.value]);
    };
    const first = [1_000_000, 0];
    expect(await read(1_000_000)).toEqual([first, [1_000_000, 5]]);
    expect(await read(1_019_000)).toEqual([first, [1_000_000, 5]]);
    expect(await read(1_020_000)).toEqual([
      [1_020_000, 5],
      [1_020_000, 5],
    ]);
    expect(times.filter(([asked]) => asked === 'x_total').map(([, time]) => time)).toEqual([
      '1000.000',
      '1000.000',
      '1020.000',
    ]);
  });

  test('NaN is no increase', async () => {
    const { valueAt } = await atTimes(['1', 'NaN', '3']);
    expect([await valueAt(0), await valueAt(20_000), await valueAt(40_000)]).toEqual([0, 0, 3]);
  });

  test('in the past is evaluated once per window', async () => {
    const values = [
      [0, '10'],
      [60, '10'],
      [180, '4'],
    ];
    const { source, ranges } = await withPast(() => [{ metric: { app: 'auth' }, values }]);
    const [readings] = (await source.past?.([query], { from: 0, to: 180_000 }, 15_000)) ?? [];
    expect(ranges().map((form) => [form.get('query'), form.get('step')])).toEqual([
      ['sum by (app) (increase(x_total[60s]))', '60.000'],
    ]);
    expect(readings?.map(({ at, series }) => [at, series[0]?.value])).toEqual([
      [0, 0],
      [60_000, 10],
      [120_000, 10],
      [180_000, 14],
    ]);
  });

  test('with matchers behind it is refused with the remedy', async () => {
    const { valueAt } = await atTimes([]);
    await expect(valueAt(0, 'sum(increase(x[{{window}}])){code=~"5.."}')).rejects.toThrow(
      'is a free query with matchers behind it; write errors as a free query, too, and no exclude',
    );
  });
});
