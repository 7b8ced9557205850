// Shell completion: the bash script in a real bash, the others where their shell is installed, and all by their content.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../helpers/command.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const script = async (shell: string): Promise<string> =>
  (await runHere(await tempFolder(), ['completion', shell])).stdout;

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).error === undefined;

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

describe('the other shells', () => {
  it('have every verb with its flags', async () => {
    expect(await script('zsh')).toContain("'--watch[keep looking for so long, then say to escalate]:value:_files'");
    expect(await script('fish')).toContain(
      "complete -c holdpoint -n '__fish_seen_subcommand_from check' -l watch -d 'keep looking for so long, then say to escalate' -r",
    );
  });

  it.each(['zsh', 'fish', 'bash'])('%s reads its script without an error, where it is installed', async (shell) => {
    const text = await script(shell);
    const folder = await tempFolder();
    await writeFile(join(folder, 'script'), text);
    const read = isInstalled(shell)
      ? spawnSync(shell, ['-n', join(folder, 'script')], { encoding: 'utf8' })
      : undefined;
    expect(read?.stderr ?? '').toBe('');
    expect(text.endsWith('\n')).toBe(true);
  });

  it('another one is refused', async () => {
    const { exitCode, stderr } = await runHere(await tempFolder(), ['completion', 'bsh']);
    expect([exitCode, stderr]).toEqual([2, 'there is no completion for "bsh"; did you mean "bash"?\n']);
  });
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
