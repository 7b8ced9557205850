// `holdpoint freeze`: begin, list, lift, and what it refuses.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../helpers/command.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const project = async () => {
  const root = await tempFolder();
  await mkdir(join(root, 'deploy-profiles'));
  await writeFile(join(root, 'deploy-profiles/auth.yaml'), 'service: auth\n');
  const type = (...args: string[]) => runHere(root, ['freeze', ...args], { env: { USER: 'mk' } });
  return { type };
};

const begin = ['auth', '--for', '2h', '--reason', 'black friday'];

describe('holdpoint freeze', () => {
  it('begins, lists and lifts', async () => {
    const { type } = await project();
    const begun = await type(...begin);
    expect(begun).toMatchObject({ exitCode: 0, stderr: '' });
    expect(begun.stdout).toMatch(
      /^auth \(all environments\) is frozen until 20\d\d-.+Z: no automatic rollback\. By hand it works all the same\. Ends before with --lift\. Kept in files in \.holdpoint: runs with another store do not see it\.$/m,
    );
    expect((await type()).stdout).toMatch(
      /^auth \(all environments\): until 20.+Z by mk, since 20.+Z: black friday\n$/,
    );
    expect(await type('auth', '--lift')).toMatchObject({
      exitCode: 0,
      stdout: 'auth (all environments) is not frozen any more\n',
    });
    expect((await type()).stdout).toBe('nothing is frozen (files in .holdpoint)\n');
  });

  it('of one environment is lifted by its name', async () => {
    const { type } = await project();
    await type('auth/prod', ...begin.slice(1));
    expect(await type('auth', '--lift')).toMatchObject({
      exitCode: 2,
      stderr: 'auth (all environments) is not frozen; what is: auth/prod\n',
    });
    expect(await type('auth/prod', '--lift')).toMatchObject({ exitCode: 0 });
  });

  it('of a name that nobody knows is told', async () => {
    const { type } = await project();
    expect(await type('auht', ...begin.slice(1))).toMatchObject({
      exitCode: 0,
      stderr: 'holdpoint: no profile is named "auht" and no run of it is kept: is the name right?\n',
    });
  });

  it.each([
    [['auth'], 'write how long and why: holdpoint freeze SERVICE --for 2h --reason TEXT'],
    [
      ['auth', '--for', '2h', '--reason', ' '],
      'write how long and why: holdpoint freeze SERVICE --for 2h --reason TEXT',
    ],
    [['auth', '--for', '31d', '--reason', 'x'], '--for is above 0 and at most 30 days'],
    [['auth', '--for', '0s', '--reason', 'x'], '--for is above 0 and at most 30 days'],
    [['a/b/c', '--lift'], '"a/b/c" is neither SERVICE nor SERVICE/ENVIRONMENT'],
    [['auth', '--lift', '--for', '2h'], '--lift ends a freeze at once: it takes no --for'],
    [['auth', '--lift'], 'auth (all environments) is not frozen'],
    [['--lift'], 'name the service: holdpoint freeze SERVICE --for 2h --reason TEXT'],
  ])('%j is refused', async (args, sentence) => {
    const { type } = await project();
    expect(await type(...args)).toMatchObject({ exitCode: 2, stderr: `${sentence}\n`, stdout: '' });
  });
});
