// connection-budget without a server: the arithmetic as a table, where numbers come from, and every sentence.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFiles } from '../../src/io/files.ts';
import { type Bouncer, type Pods, peakOf, type Seen, surgeOf } from '../../src/kinds/connection-budget/budget.ts';
import { connectionBudget } from '../../src/kinds/connection-budget/index.ts';
import { spec as schema } from '../../src/kinds/connection-budget/spec.ts';
import type { Command, Finished, Look } from '../../src/kit/index.ts';
import { historyOf, samples, seen, tick, worldOf } from '../helpers/kinds.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { kindContract } from './contract.ts';

const pods = (changes: Partial<Pods> = {}): Pods => ({
  name: 'auth',
  replicas: 12,
  surge: 3,
  draining: 0,
  processes: 1,
  poolMax: 10,
  overflow: 0,
  ...changes,
});

const bouncer = (changes: Partial<Bouncer> = {}): Bouncer => ({
  name: 'auth',
  pools: 2,
  poolSize: 20,
  reserve: 5,
  bouncers: 2,
  maxDbConnections: 0,
  ...changes,
});

const look = (changes: Partial<Seen> = {}): Seen => ({
  clients: [pods()],
  others: 9,
  jobs: 0,
  bounds: [{ name: 'server', limit: 97 }],
  ...changes,
});

const given = { usable: 97, others: 9, clients: { auth: { replicas: 12, poolMax: 10 } } };
const spec = schema.parse(given);
const judged = (now: Seen, changes: object = {}, before: Seen[] = []) =>
  connectionBudget.judge(historyOf(samples(seen(now)), seen(...before)), schema.parse({ ...given, ...changes }));

describe('the arithmetic', () => {
  it.each<[string, Pods | Bouncer, number]>([
    ['replicas and surge', pods(), 150],
    ['no surge', pods({ surge: 0 }), 120],
    ['draining replicas', pods({ draining: 2 }), 170],
    ['processes with a pool each', pods({ processes: 4 }), 600],
    ['pool_size and max_overflow', pods({ poolMax: 5, overflow: 10 }), 225],
    ['PgBouncer: pools × (pool_size + reserve) × processes', bouncer(), 100],
    ['PgBouncer: capped by max_db_connections of each process', bouncer({ maxDbConnections: 40 }), 80],
    ['PgBouncer: a cap above the pools changes nothing', bouncer({ maxDbConnections: 60 }), 100],
  ])('%s', (_, client, peak) => {
    expect(peakOf(client)).toBe(peak);
  });

  it.each<[number, number, number]>([
    [0.25, 12, 3],
    [0.25, 5, 2],
    [0.25, 1, 1],
    [0.25, 0, 0],
    [0.07, 100, 7],
    [1, 3, 3],
  ])('a surge of %f of %i replicas is %i: rounded up, as Kubernetes does', (share, replicas, surge) => {
    expect(surgeOf({ share }, replicas)).toBe(surge);
  });
});

describe('the verdict', () => {
  it('says what does not fit, at which replica it is full, and the largest pool that fits', () => {
    expect(judged(look({ inUse: 41 }))).toEqual({
      outcome: 'fail',
      settled: true,
      asks: 'block',
      reason: 'over_limit',
      because:
        '41 connections are in use now, but the budget does not fit: auth 12 replicas (+3 surge) × 1 process × 10 = 150; + 9 others = 159 of 97 usable slots (limit 90 %: 87); full at replica 9 of auth',
      next: 'set poolMax of auth to at most 5, or put PgBouncer in front of the database',
      value: 159,
      limit: 87,
      unit: 'connections',
    });
  });

  it.each<[string, Seen, object, { outcome: string; reason: string; because: string; next?: string }]>([
    [
      'it fits',
      look({ clients: [pods({ replicas: 5, surge: 2 })] }),
      {},
      {
        outcome: 'pass',
        reason: 'ok',
        because:
          'the budget fits: auth 5 replicas (+2 surge) × 1 process × 10 = 70; + 9 others = 79 of 97 usable slots (limit 90 %: 87); poolMax of auth may be at most 11',
      },
    ],
    [
      'exactly the limit fits',
      look({ clients: [pods({ replicas: 87, surge: 0, poolMax: 1 })], others: 0 }),
      {},
      {
        outcome: 'pass',
        reason: 'ok',
        because:
          'the budget fits: auth 87 replicas × 1 process × 1 = 87 of 97 usable slots (limit 90 %: 87); poolMax of auth may be at most 1',
      },
    ],
    [
      'it fits only without the headroom',
      look({ clients: [pods({ replicas: 6, surge: 2 })] }),
      {},
      {
        outcome: 'fail',
        reason: 'over_headroom',
        because:
          'the budget does not fit: auth 6 replicas (+2 surge) × 1 process × 10 = 80; + 9 others = 89 of 97 usable slots (limit 90 %: 87)',
        next: 'set poolMax of auth to at most 9, or put PgBouncer in front of the database',
      },
    ],
    [
      'no pool size helps',
      look({ clients: [pods({ replicas: 90, surge: 23, poolMax: 1, draining: 1 })] }),
      {},
      {
        outcome: 'fail',
        reason: 'over_limit',
        because:
          'the budget does not fit: auth 90 replicas (+23 surge, +1 draining) × 1 process × 1 = 114; + 9 others = 123 of 97 usable slots (limit 90 %: 87); full at replica 89 of auth',
        next: 'no poolMax of auth fits: run fewer replicas, or put PgBouncer in front of the database',
      },
    ],
    [
      'several clients: the largest one is the one to change',
      look({ clients: [pods({ name: 'web', replicas: 2, surge: 1, overflow: 5 }), pods()], jobs: 2 }),
      {},
      {
        outcome: 'fail',
        reason: 'over_limit',
        because:
          'the budget does not fit: web 2 replicas (+1 surge) × 1 process × (10 + 5 overflow) = 45; auth 12 replicas (+3 surge) × 1 process × 10 = 150; + 9 others + 2 for jobs = 206 of 97 usable slots (limit 90 %: 87); full at replica 5 of auth',
        next: 'set poolMax of auth to at most 2, or put PgBouncer in front of the database',
      },
    ],
    [
      'PgBouncer alone',
      look({ clients: [bouncer({ maxDbConnections: 45 })], others: 0 }),
      {},
      {
        outcome: 'fail',
        reason: 'over_headroom',
        because:
          'the budget does not fit: auth through PgBouncer 2 pools × (20 + 5 reserve), at most 45 × 2 processes = 90 of 97 usable slots (limit 90 %: 87)',
        next: 'lower pool_size or set max_db_connections in PgBouncer',
      },
    ],
    [
      'the limit of the role is tighter; others do not count against it',
      look({
        clients: [pods({ replicas: 5, surge: 1 })],
        bounds: [
          { name: 'server', limit: 97 },
          { name: 'role', limit: 50 },
        ],
      }),
      { role: 'auth_svc' },
      {
        outcome: 'fail',
        reason: 'over_limit',
        because:
          'the budget does not fit: auth 5 replicas (+1 surge) × 1 process × 10 = 60 of the 50 connections that role auth_svc may have (limit 90 %: 45); full at replica 6 of auth',
        next: 'set poolMax of auth to at most 7, or put PgBouncer in front of the database',
      },
    ],
    [
      'the limit of the database counts jobs, too',
      look({ clients: [pods({ replicas: 2, surge: 1 })], jobs: 4, bounds: [{ name: 'database', limit: 30 }] }),
      { headroom: '100%' },
      {
        outcome: 'fail',
        reason: 'over_limit',
        because:
          'the budget does not fit: auth 2 replicas (+1 surge) × 1 process × 10 = 30; + 4 for jobs = 34 of the 30 connections that the database may have (limit 100 %: 30); full at replica 3 of auth',
        next: 'set poolMax of auth to at most 8, or put PgBouncer in front of the database',
      },
    ],
    [
      'hidden rows are an upper bound, and said',
      look({ clients: [pods({ replicas: 4, surge: 1 })], others: 12, hidden: 3 }),
      {},
      {
        outcome: 'pass',
        reason: 'ok',
        because:
          "the budget fits: auth 4 replicas (+1 surge) × 1 process × 10 = 50; + 12 others (at most: 3 of them are hidden from the probe's role) = 62 of 97 usable slots (limit 90 %: 87); poolMax of auth may be at most 15",
      },
    ],
  ])('%s', (_, now, changes, expected) => {
    expect(judged(now, changes)).toMatchObject({ settled: true, ...expected });
  });

  it('counts the most others that were ever seen', () => {
    const few = look({ clients: [pods({ replicas: 4, surge: 1 })], others: 9 });
    expect(judged(few, {}, [{ ...few, others: 47 }])).toMatchObject({ outcome: 'fail', value: 97, limit: 87 });
  });

  it('has nothing to say before a look', () => {
    expect(connectionBudget.judge(historyOf<Seen>([]), spec)).toMatchObject({
      outcome: 'inconclusive',
      settled: false,
      reason: 'no_samples',
    });
  });

  it('draws what is in use against the limit', () => {
    expect(connectionBudget.charts?.(historyOf(samples(seen(look({ inUse: 41 })))), spec)).toMatchObject([
      { limit: 97, series: [{ points: [{ value: 41 }] }] },
    ]);
    expect(connectionBudget.charts?.(historyOf(samples(seen(look()))), spec)).toEqual([]);
  });
});

describe('where numbers come from', () => {
  const manifest = `
kind: Service
metadata: { name: auth }
---
kind: Deployment
metadata: { name: auth, namespace: prod }
spec:
  replicas: 12
  strategy: { rollingUpdate: { maxSurge: 50% } }
  template:
    spec:
      containers:
        - name: proxy
          env: [{ name: SIZE, value: "1" }]
        - name: auth
          env:
            - { name: POOL_MAX, value: "10" }
            - { name: SIZE, value: "2" }
            - { name: FROM_SECRET, valueFrom: { secretKeyRef: { name: a, key: b } } }
            - { name: WORD, value: ten }
---
kind: List
items:
  - kind: CronJob
    metadata: { name: nightly }
    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: job, env: [{ name: POOL_MAX, value: "3" }] }] } } } } }
`;
  const compose = `
services:
  auth:
    deploy: { replicas: 3 }
    environment: { POOL_MAX: 7, FROM_SHELL: }
  web:
    environment: [ "POOL_MAX=8", FROM_SHELL ]
`;

  const root = async (files: Record<string, string>): Promise<string> => {
    const folder = await tempFolder();
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
    return folder;
  };

  const run = async ({ argv }: Command): Promise<Finished> => {
    const outputs: Record<string, Partial<Finished>> = {
      good: { exit: 0, stdout: '6\n' },
      words: { exit: 0, stdout: 'six\n' },
      bad: { exit: 3, stderr: 'no cluster\n' },
      slow: { exit: undefined, timedOut: true },
      gone: { exit: undefined, startError: 'ENOENT' },
    };
    return { signal: undefined, timedOut: false, stdout: '', stderr: '', ms: 1, exit: 0, ...outputs[argv[0]] };
  };

  const looked = async (client: object, more: object = {}): Promise<Look<Seen>> => {
    const files = { 'k8s/auth.yaml': manifest, 'compose.yaml': compose, 'broken.yaml': 'a: [', 'page.json': '{"n":4}' };
    const folder = await root(files);
    const env = (name: string): string | undefined => ({ REPLICAS: '12', EMPTY: '' })[name];
    const processes = { run } as never;
    const world = { ...worldOf({ files: createFiles(), env, processes }), root: folder };
    const parsed = schema.parse({ usable: 97, clients: { auth: { replicas: 2, poolMax: 5, ...client } }, ...more });
    const session = await connectionBudget.open(parsed, world);
    const [one] = await session.sample(tick());
    await session.close();
    if (!one) throw new Error('no look');
    return one;
  };

  const k8s = { file: 'k8s/auth.yaml', kind: 'Deployment', name: 'auth' };

  it.each<[string, object, Partial<Pods>]>([
    ['written out', { replicas: 4 }, { replicas: 4, surge: 1, draining: 0, processes: 1, overflow: 0 }],
    ['text of a reference', { replicas: '4', surge: '2' }, { replicas: 4, surge: 2 }],
    ['environment', { replicas: { env: 'REPLICAS' } }, { replicas: 12, surge: 3 }],
    ['command', { replicas: { command: ['good'] } }, { replicas: 6 }],
    ['a field of a manifest', { replicas: { ...k8s, field: '/spec/replicas' } }, { replicas: 12 }],
    [
      'a surge of a manifest',
      { surge: { ...k8s, namespace: 'prod', field: '/spec/strategy/rollingUpdate/maxSurge' } },
      { replicas: 2, surge: 1 },
    ],
    ['a variable of a container', { poolMax: { ...k8s, env: 'POOL_MAX' } }, { poolMax: 10 }],
    ['of one container of several', { poolMax: { ...k8s, env: 'SIZE', container: 'auth' } }, { poolMax: 2 }],
    [
      'of a CronJob in a List',
      { poolMax: { file: 'k8s/auth.yaml', name: 'nightly', env: 'POOL_MAX' } },
      { poolMax: 3 },
    ],
    [
      'a field of a compose file',
      { replicas: { file: 'compose.yaml', field: '/services/auth/deploy/replicas' } },
      { replicas: 3 },
    ],
    [
      'a variable of a compose file',
      { poolMax: { file: 'compose.yaml', service: 'auth', env: 'POOL_MAX' } },
      { poolMax: 7 },
    ],
    ['in the form of a list', { poolMax: { file: 'compose.yaml', service: 'web', env: 'POOL_MAX' } }, { poolMax: 8 }],
    ['JSON', { replicas: { file: 'page.json', field: '/n' } }, { replicas: 4 }],
  ])('%s', async (_, client, expected) => {
    expect(await looked(client)).toMatchObject({ seen: { clients: [{ name: 'auth', ...expected }] } });
  });

  it('PgBouncer, jobs and others', async () => {
    const pgbouncer = { pools: 3, poolSize: { env: 'REPLICAS' }, processes: 2, maxDbConnections: 30 };
    const clients = { auth: { pgbouncer } };
    expect(await looked({}, { clients, jobs: { env: 'REPLICAS' }, others: '4' })).toEqual({
      seen: {
        clients: [{ name: 'auth', pools: 3, poolSize: 12, reserve: 0, bouncers: 2, maxDbConnections: 30 }],
        jobs: 12,
        others: 4,
        bounds: [{ name: 'server', limit: 97 }],
      },
    });
  });

  it.each<[string, object, string]>([
    [
      'variable',
      { replicas: { env: 'NOWHERE' } },
      'clients.auth.replicas: the environment variable NOWHERE is not set',
    ],
    [
      'empty variable',
      { replicas: { env: 'EMPTY' } },
      'clients.auth.replicas: the environment variable EMPTY is "", which is not a whole number',
    ],
    [
      'file',
      { replicas: { file: 'none.yaml', field: '/a' } },
      'clients.auth.replicas: none.yaml cannot be read: there is no such file',
    ],
    ['folder', { replicas: { file: 'k8s', field: '/a' } }, 'clients.auth.replicas: k8s cannot be read: it is a folder'],
    [
      'document',
      { replicas: { ...k8s, name: 'web', field: '/a' } },
      'clients.auth.replicas: k8s/auth.yaml has no Deployment web',
    ],
    [
      'namespace',
      { replicas: { ...k8s, namespace: 'dev', field: '/a' } },
      'clients.auth.replicas: k8s/auth.yaml has no Deployment auth in namespace dev',
    ],
    [
      'one of several documents',
      { replicas: { file: 'k8s/auth.yaml', name: 'auth', field: '/a' } },
      'clients.auth.replicas: k8s/auth.yaml has 2 documents that could be meant; tell them apart by kind, name and namespace',
    ],
    [
      'field',
      { replicas: { ...k8s, field: '/spec/replica' } },
      'clients.auth.replicas: k8s/auth.yaml has no field /spec/replica in Deployment auth',
    ],
    [
      'number in a field',
      { replicas: { ...k8s, field: '/metadata/namespace' } },
      'clients.auth.replicas: /metadata/namespace in k8s/auth.yaml is "prod", which is not a whole number',
    ],
    [
      'variable of a container',
      { poolMax: { ...k8s, env: 'POOL' } },
      'clients.auth.poolMax: k8s/auth.yaml has no variable POOL in any container of Deployment auth',
    ],
    [
      'container',
      { poolMax: { ...k8s, env: 'SIZE' } },
      'clients.auth.poolMax: k8s/auth.yaml has the variable SIZE in several containers (proxy, auth); name one by container',
    ],
    [
      'value from a secret',
      { poolMax: { ...k8s, env: 'FROM_SECRET' } },
      'clients.auth.poolMax: k8s/auth.yaml says of the variable FROM_SECRET only where its value comes from, not the value itself',
    ],
    [
      'number in a variable',
      { poolMax: { ...k8s, env: 'WORD' } },
      'clients.auth.poolMax: WORD in k8s/auth.yaml is "ten", which is not a whole number',
    ],
    [
      'value of a compose file',
      { poolMax: { file: 'compose.yaml', service: 'web', env: 'FROM_SHELL' } },
      'clients.auth.poolMax: compose.yaml says of the variable FROM_SHELL only where its value comes from, not the value itself',
    ],
    [
      'service of a compose file',
      { poolMax: { file: 'compose.yaml', service: 'api', env: 'POOL_MAX' } },
      'clients.auth.poolMax: compose.yaml has no variable POOL_MAX in service api',
    ],
    [
      'YAML',
      { poolMax: { file: 'broken.yaml', field: '/a' } },
      'clients.auth.poolMax: broken.yaml is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 5',
    ],
    [
      'number of a command',
      { replicas: { command: ['words'] } },
      'clients.auth.replicas: the output of words is "six", which is not a whole number',
    ],
    ['exit 0', { replicas: { command: ['bad'] } }, 'clients.auth.replicas: bad ended with 3: no cluster'],
    [
      'end of a command',
      { replicas: { command: ['slow'] } },
      'clients.auth.replicas: slow did not end within its time',
    ],
    ['command', { replicas: { command: ['gone'] } }, 'clients.auth.replicas: gone could not be started (ENOENT)'],
    [
      'limit of a pool',
      { poolMax: 0 },
      'clients.auth.poolMax is 0, which means no limit in several pools: give a size',
    ],
  ])('a missing %s is named', async (_, client, because) => {
    expect(await looked(client)).toEqual({ missed: { by: 'ours', reason: 'number_missing', because } });
  });

  it('all that is missing is named at once', async () => {
    const one = await looked({ replicas: { env: 'NOWHERE' } }, { jobs: { env: 'JOBS' } });
    expect(one).toMatchObject({
      missed: {
        because:
          'clients.auth.replicas: the environment variable NOWHERE is not set; jobs: the environment variable JOBS is not set',
      },
    });
  });
});

describe('the spec refuses', () => {
  it.each<[object, string]>([
    [
      { usable: undefined },
      'name exactly one: usable (how many slots there are), or postgres or mysql (the server is asked)',
    ],
    [
      { postgres: 'postgres://a@b/c' },
      'name exactly one: usable (how many slots there are), or postgres or mysql (the server is asked)',
    ],
    [
      { usable: undefined, postgres: 'postgres://a@b/c', mysql: 'mysql://a@b/c' },
      'name exactly one: usable (how many slots there are), or postgres or mysql (the server is asked)',
    ],
    [
      { others: 'observed' },
      'observed needs postgres or mysql (where to look) and role (whose connections are not others)',
    ],
    [
      { usable: undefined, mysql: 'mysql://a@b/c', others: 'observed' },
      'observed needs postgres or mysql (where to look) and role (whose connections are not others)',
    ],
    [{ clients: {} }, 'needs at least one client'],
    [{ clients: { auth: { replicas: 2 } } }, 'needs replicas and poolMax, or pgbouncer alone'],
    [
      { clients: { auth: { replicas: 2, pgbouncer: { poolSize: 2 } } } },
      'needs replicas and poolMax, or pgbouncer alone',
    ],
  ])('%j', (changes, message) => {
    const issues = schema.safeParse({ ...given, ...changes }).error?.issues ?? [];
    expect(issues.map((issue) => issue.message)).toContain(message);
  });

  it.each<[object, string]>([
    [{}, 'needs one of env, command, file'],
    [{ env: 'A', command: ['a'] }, 'needs one of env, command, file'],
    [{ file: 'a', command: ['a'] }, 'needs one of env, command, file'],
    [
      { file: 'a' },
      'a file needs either field (a JSON pointer like /spec/replicas) or env (a variable of a container)',
    ],
    [{ env: 'A', kind: 'Deployment' }, 'kind, name, namespace, field, container and service belong to a file'],
    [{ file: 'a', field: '/a', container: 'b' }, 'container and service belong to env'],
    [{ file: 'a', field: 'spec.replicas' }, 'must be a JSON pointer like /spec/replicas'],
  ])('a number from %j', (replicas, message) => {
    const { error } = schema.safeParse({ ...given, clients: { auth: { replicas, poolMax: 1 } } });
    expect(JSON.stringify(error?.issues)).toContain(message);
  });
});

kindContract({
  kind: connectionBudget,
  spec: given,
  unreachable: { postgres: 'postgres://probe:secret@127.0.0.1:1/auth', clients: given.clients },
  good: [look({ clients: [pods({ replicas: 2, surge: 1 })] })],
  bad: [look({ inUse: 41 })],
});
