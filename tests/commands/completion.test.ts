// Shell completion: the bash script in a real bash, and what the scripts ask for; zsh and fish: tests/integration.
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../helpers/command.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const script = async (shell: string): Promise<string> =>
  (await runHere(await tempFolder(), ['completion', shell])).stdout;

/** A `holdpoint` that knows two profiles: completing must not need more of it. */
const folderWithProfiles = async (): Promise<string> => {
  const folder = await tempFolder();
  const fake = join(folder, 'holdpoint');
  await writeFile(fake, '#!/bin/sh\nprintf "auth\\nauth/production\\nbilling\\n"\n');
  await chmod(fake, 0o755);
  return folder;
};

const completed = async (line: string): Promise<string[]> => {
  const folder = await folderWithProfiles();
  const words = line.split(' ');
  const typed = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _holdpoint; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync('bash', ['--norc', '-c', `${await script('bash')}\n${ask}`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` },
  });
  return text.split('\n').filter(Boolean);
};

describe('in bash', () => {
  it.each([
    ['holdpoint ch', ['check']],
    ['holdpoint re', ['replay']],
    ['holdpoint run au', ['auth', 'auth/production']],
    ['holdpoint check b', ['billing']],
    ['holdpoint check auth --wa', ['--watch']],
    ['holdpoint run auth --no', ['--no-rollback']],
    ['holdpoint demo --sc', ['--scenario']],
  ])('%s', async (line, words) => expect(await completed(line)).toEqual(words));

  it('files where nothing else fits', async () =>
    expect(await completed('holdpoint replay hol')).toEqual(['holdpoint']));

  it('every verb of the command line', async () => {
    const verbs = await completed('holdpoint ');
    expect(verbs).toEqual(
      expect.arrayContaining(['run', 'check', 'baseline', 'rollback', 'validate', 'show', 'completion']),
    );
  });
});

it('the script of each shell ends its last line', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) expect((await script(shell)).endsWith('\n')).toBe(true);
});

it('another shell is refused', async () => {
  const { exitCode, stderr } = await runHere(await tempFolder(), ['completion', 'bsh']);
  expect([exitCode, stderr]).toEqual([2, 'there is no completion for "bsh"; did you mean "bash"?\n']);
});

it.each([
  ['topics', ['schema', 'login', 'prometheus', 'helm', 'junit', 'slots_exhausted', '10']],
  ['reporters', ['tty', 'html']],
  ['scenarios', ['incident', 'flaky']],
  ['shells', ['bash', 'zsh', 'fish']],
])('lists the %s', async (list, some) => {
  const { stdout } = await runHere(await tempFolder(), ['completion', list]);
  const words = stdout.trim().split('\n');
  expect(words).toEqual(expect.arrayContaining(some));
  expect(new Set(words).size).toBe(words.length);
});

it('names the profiles and their environments, broken ones without', async () => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(
    join(folder, 'deploy-profiles/auth.yaml'),
    'service: auth\nenvironments: { staging: {}, production: {} }\n',
  );
  await writeFile(join(folder, 'deploy-profiles/broken.yaml'), 'service: [\n');
  const { stdout, stderr } = await runHere(folder, ['completion', 'profiles']);
  expect([stdout.trim().split('\n').sort(), stderr]).toEqual([
    ['auth', 'auth/production', 'auth/staging', 'broken'],
    '',
  ]);
  expect((await runHere(await tempFolder(), ['completion', 'profiles'])).stdout).toBe('');
});
