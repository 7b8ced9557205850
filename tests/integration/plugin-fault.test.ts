// Plugins that throw where nobody waits for it, in a real process: the run ends with its record and 1, and nothing is rolled back.
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type WebProject, webProject } from '../helpers/web-project.ts';

const zod = JSON.stringify(join(import.meta.dirname, '../../node_modules/zod/index.js'));

/** A kind that passes; `late` runs beside its first look in a phase. */
const pluginThat = (phase: string, late: string): string => `
import * as z from ${zod};
let thrown = false;
const sample = async ({ phase }) => {
  if (phase === '${phase}' && !thrown) { thrown = true; ${late} }
  return [{ seen: { ok: true } }];
};
export const plugin = { holdpointPlugin: 1, name: 'late', sources: [], platforms: [], reporters: [], kinds: [{
  holdpointKind: 1, name: 'late', layer: 'service', about: 'Throws.', example: 'kind: late', spec: z.strictObject({}), reasons: { ok: 'Fine.' },
  open: async () => ({ sample, close: async () => {} }),
  judge: ({ samples }) => ({ outcome: 'pass', settled: samples.length > 2, reason: 'ok', because: 'fine' }) }] };
`;

const timer = "setTimeout(() => { throw new Error('late, with Pr0be+pass/word&1'); }, 20);";
const promise = "void Promise.reject(new Error('nobody waits'));";

const projectWith = async (phase: string, late: string): Promise<WebProject> => {
  const project = await webProject();
  await writeFile(join(project.folder, 'deploy-profiles/late.mjs'), pluginThat(phase, late));
  await writeFile(join(project.folder, 'secret'), 'Pr0be+pass/word&1\n');
  const path = join(project.folder, 'deploy-profiles/web.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(
    path,
    text
      .replace('service: web', 'service: web\nplugins: [./late.mjs]')
      .replace('checks:', 'checks:\n  odd: { kind: late }')
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the profile
      .replace('get: /version', 'get: /version, headers: { x-key: "${secret:file:secret}" }'),
  );
  return project;
};

it.each([
  ['a timer', timer, 'late, with [secret]', 'Timeout._onTimeout'],
  ['a promise', promise, 'nobody waits', 'late.mjs'],
])('an error of %s ends the run with its record, 1, and the stack', async (_, late, message, place) => {
  const project = await projectWith('hold', late);
  const { exitCode, stderr } = await project.holdpoint('run', 'web', '--', ...project.deployTo('r2'));
  const [record] = await project.records();
  expect([exitCode, record?.exitCode, record?.decision.action, record?.rollback]).toEqual([1, 1, 'block', undefined]);
  expect(record?.decision.because.at(-1)).toMatchObject({ check: 'run', reason: 'internal_error' });
  const text = record?.decision.because.at(-1)?.text ?? '';
  expect(text).toMatch(/^holdpoint or a plugin broke: /);
  expect(text).toContain(`${message} (at `);
  expect(text).toContain(place);
  expect(stderr).toContain('This is a bug in holdpoint, or in the plugin that the stack names');
  expect(stderr).toMatch(/^ {4}at .*late\.mjs:\d+/m);
  expect(stderr).not.toContain('pass/word');
  expect(project.live()).toBe('r2');
});

it('a bad release stays where it is', async () => {
  const project = await projectWith('hold', timer);
  const { exitCode } = await project.holdpoint('run', 'web', '--', ...project.deployTo('bad'));
  expect([exitCode, project.live()]).toEqual([1, 'bad']);
});

it.each([
  ['run', ['run', 'web']],
  ['validate', ['validate', 'web']],
])('a 0 that a plugin gives the process in the middle of `%s` is a 1', async (verb, args) => {
  const project = await projectWith('hold', 'process.exit(0);');
  if (verb === 'validate') await writeFile(join(project.folder, 'deploy-profiles/late.mjs'), 'process.exit(0);');
  const { exitCode, stderr } = await project.holdpoint(...args);
  expect([exitCode, stderr.trim().split('\n').at(-1)]).toEqual([
    1,
    'holdpoint has no answer: something ended its process with 0 (process.exit in a plugin?)',
  ]);
});

it('what a plugin leaves running does not keep the process', async () => {
  const project = await projectWith('hold', '');
  const path = join(project.folder, 'deploy-profiles/late.mjs');
  await writeFile(path, `setInterval(() => {}, 1000);\n${await readFile(path, 'utf8')}`);
  expect((await project.holdpoint('validate', 'web')).exitCode).toBe(0);
});

it('a baseline is not kept', async () => {
  const project = await projectWith('baseline', promise);
  const { exitCode, stderr } = await project.holdpoint('baseline', 'web', '--release', 'v1');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('holdpoint or a plugin broke: no baseline was kept\n');
  expect(existsSync(join(project.folder, '.holdpoint/baselines'))).toBe(false);
});
