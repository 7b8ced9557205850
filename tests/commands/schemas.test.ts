// The published JSON Schemas, held by ajv against every profile and check of the repository, and against records.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { jsonSchemas } from '../../src/commands/explain-schema.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { run } from '../../src/run/index.ts';
import { runHere } from '../helpers/command.ts';
import { scripted, startEngine } from '../helpers/engine.ts';
import { incidentRecord, recordOf } from '../helpers/records.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'));
const yamlIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.includes('node_modules'))
    .map((name) => `${folder}/${name}`);

const shipped = readdirSync(join(root, 'checks')).map((name) => ({
  id: name.replace('.yaml', ''),
  kind: (read(`checks/${name}`) as { kind: string }).kind,
}));
const schemas = jsonSchemas(builtIn(), shipped);

// Dates are told apart by their pattern; the formats' own checks are another package's.
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const compiled = new Map([...schemas].map(([name, schema]) => [name, ajv.compile(schema)]));

const problems = (name: string, value: unknown): string[] => {
  const validate = compiled.get(name) as ValidateFunction;
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

/** As records are kept: undefined fields are absent. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('every profile and check of the repository keeps to the schemas', () => {
  const profiles = [...yamlIn('deploy-profiles'), ...yamlIn('examples')].filter((path) => !path.includes('/checks/'));
  it.each(profiles)('%s', (path) => expect(problems('profile', read(path))).toEqual([]));
  it.each(yamlIn('checks'))('%s', (path) => {
    const check = read(path) as { kind: string };
    expect(problems(`check-${check.kind}`, check)).toEqual([]);
  });
});

describe('what is wrong in a profile is seen', () => {
  const login = {
    target: 'https://a.example.com',
    account: { username: 'u', password: '${secret:P}' },
    login: { form: { page: '/' } },
    probe: { get: '/', granted: { contains: 'u' } },
  };
  it.each<[string, object, boolean]>([
    ['a good one', { service: 'a', checks: { login } }, true],
    [
      'a reference in place of a number',
      { service: 'a', checks: { login: { ...login, failAfter: '${env:N}' } } },
      true,
    ],
    ['null, which removes', { service: 'a', checks: { login: { ...login, logout: null } } }, true],
    ['a check that is removed', { service: 'a', checks: { login: null } }, true],
    ['a source', { service: 'a', checks: { 'db-errors': { log: { file: 'x', errors: 'y' } } } }, true],
    ['a kind of a plugin', { service: 'a', checks: { queue: { kind: 'queue-depth', url: 'x' } } }, true],
    ['a platform of a plugin', { service: 'a', checks: { login }, rollback: { marker: { file: 'x' } } }, true],
    ['an overlay', { service: 'a', checks: { login }, environments: { p: { rollback: { mode: 'auto' } } } }, true],
    ['an unknown key at the top', { service: 'a', cheks: {} }, false],
    ['an unknown key of a check', { service: 'a', checks: { login: { ...login, evry: '1s' } } }, false],
    ['a word that is none', { service: 'a', checks: { login: { ...login, onFail: 'shout' } } }, false],
    ['a number that is a word', { service: 'a', checks: { login: { ...login, failAfter: 'three' } } }, false],
    ['by kind', { service: 'a', checks: { mine: { kind: 'http', tagret: 'x' } } }, false],
    ['by use', { service: 'a', checks: { mine: { use: 'http', tagret: 'x' } } }, false],
    ['a key of the settings of a source', { service: 'a', checks: { 'db-errors': { log: { fiel: 'x' } } } }, false],
    ['the mode', { service: 'a', checks: { login }, rollback: { mode: 'maybe' } }, false],
    ['in an overlay', { service: 'a', checks: { login }, environments: { p: { hold: { four: '1s' } } } }, false],
    ['environments within environments', { service: 'a', environments: { p: { environments: {} } } }, false],
  ])('%s', (_, profile, isGood) => {
    expect(problems('profile', profile).length === 0).toBe(isGood);
  });
});

describe('records keep to their schema', () => {
  it.each([
    ['a pass', recordOf()],
    ['a rollback', incidentRecord()],
    [
      'by hand',
      recordOf({
        verb: 'check',
        comparedWith: { runId: 'r', finishedAt: '2026-11-22T02:47:00.000Z', label: '' },
        watchedUntil: '2026-11-22T02:47:00.000Z',
      }),
    ],
  ])('%s', (_, record) => expect(problems('record', asJson(record))).toEqual([]));

  it.each([1, 200])('of the engine itself, value %i', async (value) => {
    const engine = startEngine('rs/2');
    const record = await engine.clock.until(run(engine.input([scripted('a', () => value)])));
    expect(problems('record', asJson(record))).toEqual([]);
  });

  it.each([
    ['another format', { format: 'holdpoint.record/2' }],
    ['an outcome that is none', { checks: [{ ...recordOf().checks[0], outcome: 'maybe' }] }],
    ['no decision', { decision: undefined }],
  ])('%s is refused', (_, fields) => {
    expect(problems('record', asJson({ ...recordOf(), ...fields }))).not.toEqual([]);
  });
});

describe('holdpoint explain schema', () => {
  it('lists them', async () => {
    const { stdout } = await runHere(root, ['explain', 'schema']);
    expect(stdout).toContain(`schemas: ${[...schemas.keys()].join(', ')}\n`);
  });

  it.each(['profile', 'record', 'check-login'])('prints %s', async (name) => {
    const { stdout } = await runHere(root, ['explain', 'schema', name]);
    expect(JSON.parse(stdout)).toEqual(asJson(schemas.get(name)));
  });

  it('knows a kind by its own name, and no other', async () => {
    expect((await runHere(root, ['explain', 'schema', 'login'])).stdout).toContain('"A check of kind login"');
    const wrong = await runHere(root, ['explain', 'schema', 'pofile']);
    expect([wrong.exitCode, wrong.stderr.split(';')[0]]).toEqual([2, 'there is no schema "pofile"']);
    const two = await runHere(root, ['explain', 'login', 'http']);
    expect([two.exitCode, two.stderr]).toEqual([2, 'only `explain schema` takes a second name and --write\n']);
  });

  it('writes all of them', async () => {
    const folder = await tempFolder();
    await runHere(folder, ['explain', 'schema', '--write', 'here']);
    expect(readdirSync(join(folder, 'here')).sort()).toEqual([...schemas.keys()].map((name) => `${name}.json`).sort());
  });
});
