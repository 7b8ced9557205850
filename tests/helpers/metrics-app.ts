// A service that says what it counted as client libraries of Prometheus do: requests by status, and how long they took.
import { type Family, protobufType, writeProtobuf } from './metrics-protobuf.ts';
import { serve, type TestServer } from './servers.ts';

/** Edges of the classic histogram, seconds: the defaults of client libraries. */
const edges = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Eight native buckets for each doubling: what NativeHistogramBucketFactor 1.1 of client_golang gives. */
const finest = 3;

/** A service whose requests are told to it, not made. */
export interface MetricsApp extends TestServer {
  /** So many requests that took so many seconds. */
  took(seconds: number, count: number, code?: string): void;
  /** Begins again, as a process that was started so many seconds ago. */
  restart(secondsAgo?: number): void;
  /** Merges neighbouring buckets of the native histogram, as a client with too many of them does. */
  coarsen(): void;
  /** What happens between two looks at its page: the same at any speed. */
  betweenLooks: () => void;
  /** More gauges on its page. */
  gauges: Record<string, number>;
}

interface State {
  start: number;
  seconds: Map<number, number>;
  codes: Map<string, number>;
  schema: number;
}

const begin = (start: number): State => ({ start, seconds: new Map(), codes: new Map(), schema: finest });

const sum = (counts: Iterable<number>): number => [...counts].reduce((all, one) => all + one, 0);

const textOf = ({ start, seconds, codes }: State, gauges: Readonly<Record<string, number>>): string => {
  const upTo = (edge: number): number => sum([...seconds].filter(([one]) => one <= edge).map(([, count]) => count));
  const took = 'http_request_duration_seconds';
  return [
    '# TYPE http_requests_total counter',
    ...[...codes].map(([code, count]) => `http_requests_total{code="${code}"} ${count}`),
    `# TYPE ${took} histogram`,
    ...edges.map((edge) => `${took}_bucket{le="${edge}"} ${upTo(edge)}`),
    `${took}_bucket{le="+Inf"} ${upTo(Infinity)}`,
    `${took}_sum ${sum([...seconds].map(([one, count]) => one * count))}`,
    `${took}_count ${upTo(Infinity)}`,
    `process_start_time_seconds ${start}`,
    ...Object.entries(gauges).map(([name, value]) => `${name} ${value}`),
    '',
  ].join('\n');
};

const protobufOf = ({ start, seconds, codes, schema }: State, gauges: Readonly<Record<string, number>>): Buffer => {
  const buckets = new Map<number, number>();
  for (const [one, count] of seconds) {
    const index = Math.ceil(Math.log2(one) * 2 ** schema);
    buckets.set(index, (buckets.get(index) ?? 0) + count);
  }
  const gauge = (name: string, value: number): Family => ({ name, type: 'gauge', metrics: [{ labels: {}, value }] });
  return writeProtobuf([
    {
      name: 'http_requests_total',
      type: 'counter',
      metrics: [...codes].map(([code, value]) => ({ labels: { code }, value })),
    },
    {
      name: 'http_request_duration_seconds',
      type: 'histogram',
      metrics: [{ labels: {}, schema, sum: sum([...seconds].map(([one, count]) => one * count)), buckets }],
    },
    gauge('process_start_time_seconds', start),
    ...Object.entries(gauges).map(([name, value]) => gauge(name, value)),
  ]);
};

/** Starts one at `/metrics`; `native`: it has a native histogram in place of the classic one. */
export const startMetricsApp = async ({ native = false } = {}): Promise<MetricsApp> => {
  let state = begin(Math.floor(Date.now() / 1000) - 3600);
  const gauges: Record<string, number> = {};
  const server = await serve((request, response) => {
    const canRead = request.headers.accept?.includes('application/vnd.google.protobuf') ?? false;
    if (native && !canRead) {
      response.writeHead(406).end();
      return;
    }
    app.betweenLooks();
    response.setHeader('content-type', native ? protobufType : 'text/plain; version=0.0.4');
    response.end(native ? protobufOf(state, gauges) : textOf(state, gauges));
  });
  const app: MetricsApp = Object.assign(server, {
    gauges,
    betweenLooks: () => undefined,
    took: (seconds: number, count: number, code = '200') => {
      state.seconds.set(seconds, (state.seconds.get(seconds) ?? 0) + count);
      state.codes.set(code, (state.codes.get(code) ?? 0) + count);
    },
    restart: (secondsAgo = 0) => {
      state = begin(Date.now() / 1000 - secondsAgo);
    },
    coarsen: () => {
      state.schema -= 1;
    },
  });
  return app;
};
