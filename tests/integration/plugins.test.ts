// The example plugin as a really installed package: packed, installed, found from a profile, used.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import { type Profile, type RunRecord, UsageError } from '../../src/kit/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { registry } from '../profile/parts.ts';

const repository = join(import.meta.dirname, '../..');
const io = createIo({ version: '0.0.0-test', env: {} });
let project = '';

const npm = (...args: string[]): string => execFileSync('npm', args, { cwd: project, encoding: 'utf8', stdio: 'pipe' });

/** Writes files of the project. */
const write = async (files: Record<string, string>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
};

/** A package in node_modules with this one module. */
const installed = (name: string, code: string) =>
  write({
    [`node_modules/${name}/package.json`]: JSON.stringify({
      name,
      version: '1.0.0',
      type: 'module',
      exports: './index.js',
    }),
    [`node_modules/${name}/index.js`]: code,
  });

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'holdpoint-plugin-'));
  await write({ 'package.json': '{ "name": "project", "private": true }' });
  npm('pack', '--silent', '--pack-destination', project, join(repository, 'examples/plugin-example'));
  npm('install', '--offline', '--no-audit', '--no-fund', '--legacy-peer-deps', './holdpoint-plugin-example-0.1.0.tgz');
  await symlink(join(repository, 'node_modules/zod'), join(project, 'node_modules/zod'));
});

afterAll(() => rm(project, { recursive: true, force: true }));

const load = (text: string, name = 'nightly') =>
  write({ [`deploy-profiles/${name}.yaml`]: text }).then(() =>
    loadProfile({ name, cwd: project, io, registry, checksFolder: join(project, 'none'), verb: 'run', resolve: true }),
  );

const problemsOf = async (text: string): Promise<string[]> => {
  try {
    await load(text, 'broken');
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n');
    throw error;
  }
  return [];
};

const partsOf = ({ registry: all }: Profile) =>
  Object.values(all).flatMap((parts: ReadonlyMap<string, { origin: string }>) =>
    [...parts].flatMap(([name, { origin }]) => (origin === 'holdpoint' ? [] : [name])),
  );

const plugins = 'plugins: [holdpoint-plugin-example]\n';

describe('an installed plugin', () => {
  const text = [
    'extends: holdpoint-plugin-example/base.yaml',
    'service: nightly',
    'checks:',
    '  heartbeat: { use: holdpoint-plugin-example/checks/heartbeat.yaml, youngerThan: 30 }',
    '  errors: { kind: rate, json-lines: { path: var/counters.jsonl, total: requests } }',
    'rollback: { marker: { file: var/revision } }',
  ].join('\n');

  it('brings a kind, a source, a platform and a reporter, a check file and a profile to build on', async () => {
    const { profile } = await load(text);
    expect(partsOf(profile)).toEqual(['file-age', 'json-lines', 'marker', 'one-line']);
    expect(profile.timings).toMatchObject({ rollout: 300_000, hold: { warmup: 5000, for: 30_000 } });
    expect(profile.checks.map(({ id, title, spec }) => [id, title, spec])).toEqual([
      ['heartbeat', 'The nightly job is alive', { file: 'var/heartbeat', youngerThan: 30 }],
      [
        'errors',
        'errors',
        {
          from: { source: 'json-lines', settings: { path: 'var/counters.jsonl' }, query: { total: 'requests' } },
          ceiling: 0.05,
        },
      ],
    ]);
    expect(profile.rollback?.settings).toEqual({ file: 'var/revision' });
  });

  it('is named where its settings are wrong', async () => {
    expect(await problemsOf(text.replace('youngerThan: 30', 'youngerThen: 30').replace('path:', 'pat:'))).toEqual([
      'deploy-profiles/broken.yaml:4:69 checks.heartbeat.youngerThen: unknown key "youngerThen"; did you mean "youngerThan"?',
      'deploy-profiles/broken.yaml:5:37 checks.errors.json-lines.path: is missing; must be text',
      'deploy-profiles/broken.yaml:5:39 checks.errors.json-lines.pat: unknown key "pat"; did you mean "path"?',
    ]);
  });

  it('works: its kind looks and judges, its source reads, its platform goes back, its reporter writes', async () => {
    const { profile } = await load(text);
    await write({ 'var/heartbeat': 'x', 'var/counters.jsonl': '{"requests":7}\n', 'var/revision': 'r2\n' });
    const world = { io, root: project } as never;
    const tick = {} as never;
    const [heartbeat] = profile.checks;
    const session = await heartbeat?.kind.open(heartbeat.spec, world);
    expect(await session?.sample(tick)).toEqual([{ seen: { seconds: expect.any(Number) as number } }]);

    const source = await profile.registry.sources.get('json-lines')?.part.open({ path: 'var/counters.jsonl' }, world);
    expect(
      (await source?.read(['requests', 'errors'], tick))?.map(({ series }) => series.map(({ value }) => value)),
    ).toEqual([[7], []]);

    const platform = await profile.rollback?.platform.open(profile.rollback.settings, world);
    await platform?.undo({ from: 'r2', to: 'r1', token: 1 });
    expect((await platform?.live())?.revision).toBe('r1');
    await expect(platform?.undo({ from: 'r2', to: 'r1', token: 2 })).rejects.toMatchObject({
      name: 'Superseded',
      live: 'r1',
    });

    const written: string[] = [];
    const out = { write: (line: string) => written.push(line) } as never;
    const record = {
      service: 'nightly',
      environment: 'default',
      decision: { action: 'pass' },
      exitCode: 0,
    } as RunRecord;
    await profile.registry.reporters.get('one-line')?.part.open(out, io.clock).end(record);
    expect(written).toEqual(['nightly/default: pass (exit code 0)\n']);
  });
});

describe('a plugin is refused', () => {
  const rest = 'service: a\nchecks: { heartbeat: { kind: file-age, file: x } }\n';
  const at = 'deploy-profiles/broken.yaml:1:11 plugins: the plugin';

  it.each([
    ['is not installed', 'plugins: [not-there]', `${at} not-there cannot be loaded: "not-there" is not installed here`],
    [
      'is no file',
      'plugins: [./not-there.mjs]',
      `${at} ./not-there.mjs cannot be loaded: there is no file ./not-there.mjs`,
    ],
  ])('when it %s', async (_, first, expected) => {
    expect(await problemsOf(`${first}\nservice: a\nchecks: { a: { kind: sign-in, target: a } }\n`)).toEqual([expected]);
  });

  it.each([
    ['throws', 'throws', 'throw new Error("no licence");', 'cannot be loaded: no licence'],
    [
      'exports nothing',
      'nothing',
      'export const x = 1;',
      'is broken: it exports no plugin (`default` or `plugin` with holdpointPlugin: 1)',
    ],
    [
      'is of another version',
      'newer',
      'export default { holdpointPlugin: 2, name: "newer" };',
      'is broken: holdpointPlugin: must be 1: another version of this contract is not known here',
    ],
    [
      'has an unknown list',
      'lists',
      'export default { holdpointPlugin: 1, name: "lists", kindz: [] };',
      'is broken: Unrecognized key: "kindz"',
    ],
    [
      'has a kind without judge',
      'judgeless',
      'export default { holdpointPlugin: 1, name: "judgeless", kinds: [{ holdpointKind: 1, name: "queue", layer: "service", about: "a", example: "b", reasons: {}, spec: { _zod: {}, safeParseAsync() {} }, open() {} }] };',
      'is broken: kinds[0] (queue).judge: must be a function',
    ],
    [
      'has a platform without a fence',
      'fenceless',
      'export const plugin = { holdpointPlugin: 1, name: "fenceless", platforms: [{ holdpointPlatform: 1, name: "nomad", about: "a", example: "b", settings: { _zod: {}, safeParseAsync() {} }, open() {} }] };',
      'is broken: platforms[0] (nomad).fence: must be server or client',
    ],
    [
      'has a schema that is none',
      'schemaless',
      'export default { holdpointPlugin: 1, name: "schemaless", sources: [{ holdpointSource: 1, name: "kafka", about: "a", example: "b", settings: {}, open() {} }] };',
      'is broken: sources[0] (kafka).settings: must be a zod 4 schema',
    ],
    [
      'brings what is there already',
      'clash',
      'export default { holdpointPlugin: 1, name: "clash", reporters: [], sources: [{ holdpointSource: 1, name: "prometheus", about: "a", example: "b", settings: { _zod: {}, safeParseAsync() {} }, open() {} }] };',
      'brings the source "prometheus", which holdpoint has already',
    ],
    [
      'brings a source named like a key of every check',
      'reserved',
      'export default { holdpointPlugin: 1, name: "reserved", sources: [{ holdpointSource: 1, name: "every", about: "a", example: "b", settings: { _zod: {}, safeParseAsync() {} }, open() {} }] };',
      'brings the source "every", which is a key of its own',
    ],
  ])('when it %s', async (_, name, code, expected) => {
    await installed(name, code);
    expect(await problemsOf(`plugins: [${name}, holdpoint-plugin-example]\n${rest}`)).toEqual([
      `${at} ${name} ${expected}`,
    ]);
  });

  it('when two bring the same part', async () => {
    await installed('copy', 'export { plugin } from "holdpoint-plugin-example";');
    expect(await problemsOf(`plugins: [holdpoint-plugin-example, copy]\n${rest}`)).toEqual(
      ['kind "file-age"', 'source "json-lines"', 'platform "marker"', 'reporter "one-line"'].map(
        (part) =>
          `deploy-profiles/broken.yaml:1:37 plugins: the plugin copy brings the ${part}, which holdpoint-plugin-example has already`,
      ),
    );
  });

  it('not when it is a file beside the profile, or compiled to CommonJS', async () => {
    await write({
      'deploy-profiles/own.cjs':
        'exports.default = { holdpointPlugin: 1, name: "own", reporters: [{ holdpointReporter: 1, name: "mine", about: "a", writes: "prose", open() {} }] };',
    });
    const { profile } = await load(`${plugins.replace(']', ', ./own.cjs]')}${rest}`);
    expect(partsOf(profile)).toEqual(['file-age', 'json-lines', 'marker', 'one-line', 'mine']);
  });
});
