// The command line in trouble: work that never settles, signals before anything was decided, secrets in a plan, keys at a question.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../helpers/servers.ts';
import { type WebProject, webProject } from '../helpers/web-project.ts';

const edit = async ({ folder }: WebProject, change: (text: string) => string): Promise<void> => {
  const path = join(folder, 'deploy-profiles/web.yaml');
  await writeFile(path, change(await readFile(path, 'utf8')));
};

const zod = JSON.stringify(join(import.meta.dirname, '../../node_modules/zod/index.js'));

const stuckPlugin = `
import * as z from ${zod};
const spec = z.strictObject({});
export const plugin = { holdpointPlugin: 1, name: 'stuck', sources: [], platforms: [], reporters: [], kinds: [{
  holdpointKind: 1, name: 'stuck', layer: 'service', about: 'Never opens.', example: 'kind: stuck', spec, reasons: { ok: 'Fine.' },
  open: () => new Promise(() => {}), judge: () => ({ outcome: 'pass', settled: true, reason: 'ok', because: 'fine' }) }] };
`;

describe('a plugin without an end', () => {
  it('that never opens is an error of its check alone', async () => {
    const project = await webProject();
    await writeFile(join(project.folder, 'deploy-profiles/stuck.mjs'), stuckPlugin);
    await edit(project, (text) =>
      text
        .replace('service: web', 'service: web\nplugins: [./stuck.mjs]')
        .replace('checks:', 'checks:\n  odd: { kind: stuck }'),
    );
    const { exitCode } = await project.holdpoint('run', 'web', '--', ...project.deployTo('r2'));
    const [record] = await project.records();
    const odd = record?.checks.find(({ id }) => id === 'odd');
    expect([exitCode, odd?.because]).toEqual([12, 'could not be opened: it did not come back within 10 s']);
  });
});

describe('a baseline that is interrupted', () => {
  it('ends with 130 and is not kept', async () => {
    const project = await webProject();
    const silent = await serve(() => {});
    onTestFinished(() => silent.close());
    await edit(project, (text) =>
      text.replace(/target: \S+/, `target: ${silent.url}`).replace('baseline: 1s', 'baseline: 20s'),
    );
    const { child, ended } = project.start('baseline', 'web', '--release', 'v1');
    child.stderr?.once('data', () => setTimeout(() => child.kill('SIGINT'), 200));
    const { exitCode, stderr } = await ended;
    expect([exitCode, stderr.trim().split('\n').at(-1)]).toEqual([130, 'interrupted: no baseline was kept']);
    expect(await readdir(join(project.folder, '.holdpoint')).catch(() => [])).not.toContain('baselines');
  });
});

describe('the plan of a rollback by hand', () => {
  it('shows no secret of its commands', async () => {
    const project = await webProject();
    await edit(project, (text) =>
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference of the profile
      text.replace('restart: [/bin/true]', 'restart: [/bin/true, "${secret:file:password}"]'),
    );
    await writeFile(join(project.folder, 'password'), 'Pr0be+pass/word&1\n');
    const { exitCode, stderr } = await project.holdpoint('rollback', 'web', '--to', 'r2', '--drill');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('&& /bin/true');
    expect(stderr).not.toContain('pass/word');
  });

  it('is a sentence and no stack where nobody can tell what is live', async () => {
    const project = await webProject();
    await edit(project, (text) => text.replace('symlink: {', 'symlink: { current: ./nowhere,'));
    const { exitCode, stderr } = await project.holdpoint('rollback', 'web', '--to', 'r2', '--yes');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^what is live could not be told, so nothing was begun: \S+nowhere is no symbolic link: which release is live cannot be told$/m,
    );
    expect(stderr).not.toContain('    at ');
  });
});

describe('a question on the terminal', () => {
  it.each([
    ['Ctrl-C', String.raw`\003`, 130],
    ['Ctrl-D', String.raw`\004`, 22],
  ])('%s ends the run in order, with its record', async (_, key, expected) => {
    const project = await webProject();
    const bin = join(import.meta.dirname, '../../bin/holdpoint.cjs');
    const run = [process.execPath, bin, 'run', 'web', '--reporter', 'plain', '--', ...project.deployTo('bad')].join(
      ' ',
    );
    // script(1) gives the run a terminal; the key is typed as soon as the question stands there.
    const typed = `(until grep -q 'y/N' out 2>/dev/null; do sleep 0.1; done; sleep 0.5; printf '${key}'; sleep 1)`;
    await promisify(execFile)(
      '/bin/sh',
      ['-c', `touch out; ${typed} | script -qefc '${run}' out >/dev/null; echo $? > code`],
      {
        cwd: project.folder,
        timeout: 30_000,
      },
    );
    expect(Number(await readFile(join(project.folder, 'code'), 'utf8'))).toBe(expected);
    expect((await project.records()).map(({ exitCode }) => exitCode)).toEqual([expected]);
    expect(project.live()).toBe('bad');
  });
});
