// What a source takes, metrics or JSON pointers, is held against what a check asks of it before anything runs.
import { expect, it } from 'vitest';
import { errorRateDelta } from '../../src/kinds/error-rate-delta/index.ts';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import { createRedactor, type Registry, UsageError } from '../../src/kit/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { sources } from '../../src/sources/index.ts';
import { registry } from './parts.ts';
import { ioOf, one } from './project.ts';

const origin = 'holdpoint';
const real: Registry = {
  ...registry,
  kinds: new Map([poolWait, errorRateDelta].map((part) => [part.name, { part, origin }])),
  sources: new Map(Object.entries(sources).map(([name, make]) => [name, { part: make(), origin }])),
};

/** The problems of a profile with the one check. */
const problemsOf = async (check: string): Promise<string[]> => {
  const io = ioOf(one(`service: auth\nchecks:\n  waits:\n    ${check.replaceAll('\n', '\n    ')}\n`));
  const request = { name: 'auth', cwd: '/project', io, registry: real, checksFolder: '/holdpoint/checks' };
  try {
    await loadProfile({ ...request, verb: 'run', resolve: true, redactor: createRedactor() });
    return [];
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n');
    throw error;
  }
};

const file = 'deploy-profiles/auth.yaml';

it.each<[string, string, string[]]>([
  [
    'a free query for scrape',
    'kind: pool-wait\nscrape:\n  url: http://auth:9100/metrics\n  waiting: sum(increase(x[{{window}}]))',
    [
      `${file}:7:16 checks.waits.scrape.waiting: "sum(increase(x[{{window}}]))" is a free query, which only prometheus evaluates; scrape takes a raw counter`,
    ],
  ],
  [
    'free queries for prometheus',
    'kind: error-rate-delta\nprometheus:\n  url: http://prom:9090\n  total: sum(increase(x[{{window}}]))\n  errors: sum(increase(y[{{window}}]))',
    [],
  ],
  [
    'rate() for prometheus',
    'kind: error-rate-delta\nprometheus:\n  url: http://prom:9090\n  total: rate(x[1m])\n  errors: y',
    [
      `${file}:7:14 checks.waits.prometheus.total: "rate(x[1m])" is not a selector (unexpected "(x[1m])"); give the raw counter or gauge alone: holdpoint takes increases and sums itself (a free query for prometheus: {{window}} in place of its window)`,
    ],
  ],
  [
    'a JSON pointer for scrape',
    'kind: pool-wait\nscrape:\n  url: http://auth:9100/metrics\n  waiting: /pool/waiting',
    [
      `${file}:7:16 checks.waits.scrape.waiting: "/pool/waiting" is a JSON pointer; scrape reads metrics: write a selector like up{job="auth"}, or use the source json`,
    ],
  ],
  [
    'JSON pointers for prometheus, all at once',
    'kind: pool-wait\nprometheus:\n  url: http://prom:9090\n  waitMillis: /pool/waited\n  acquires: /pool/acquires',
    [
      `${file}:7:19 checks.waits.prometheus.waitMillis: "/pool/waited" is a JSON pointer; prometheus reads metrics: write a selector like up{job="auth"}, or use the source json`,
      `${file}:8:17 checks.waits.prometheus.acquires: "/pool/acquires" is a JSON pointer; prometheus reads metrics: write a selector like up{job="auth"}, or use the source json`,
    ],
  ],
  [
    'a metric for json',
    'kind: pool-wait\njson:\n  url: http://auth:9100/status\n  waiting: pool_waiting',
    [`${file}:7:16 checks.waits.json.waiting: "pool_waiting" is no JSON pointer; json reads values like /pool/waiting`],
  ],
  [
    'a preset of a JSON page for scrape',
    'kind: pool-wait\nscrape: { url: "http://auth:9100/metrics", preset: node-postgres }',
    [
      `${file}:5:56 checks.waits.scrape.preset: the preset node-postgres is for a JSON page, which the source json reads; scrape does not`,
    ],
  ],
  [
    'a preset of metrics for json',
    'kind: pool-wait\njson: { url: "http://auth:9100/status", preset: go-sql }',
    [
      `${file}:5:53 checks.waits.json.preset: the preset go-sql is for metrics, which the sources scrape and prometheus read; json does not`,
    ],
  ],
  [
    'a pointer where matchers or a selector may stand',
    'kind: error-rate-delta\nscrape: { url: "http://auth:9100/metrics", total: requests_total, errors: /errors }',
    [
      `${file}:5:79 checks.waits.scrape.errors: "/errors" is a JSON pointer; scrape reads metrics: write a selector like up{job="auth"}, or use the source json`,
    ],
  ],
  ['what fits: metrics', 'kind: pool-wait\nscrape: { url: "http://auth:9100/metrics", waiting: pool_waiting }', []],
  ['what fits: pointers', 'kind: pool-wait\njson: { url: "http://auth:9100/status", waiting: /pool/waiting }', []],
  ['what fits: a preset', 'kind: pool-wait\njson: { url: "http://auth:9100/status", preset: node-postgres }', []],
])('%s', async (_, check, problems) => {
  expect(await problemsOf(check)).toEqual(problems);
});
