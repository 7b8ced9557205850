// Shell completion as a person has it: real shells, the real command line, a line typed up to the tab key.
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { fishProgram, installedProgram, installPrograms, zshProgram } from '../helpers/system-packages.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const run = promisify(execFile);
const bin = resolve(import.meta.dirname, '../../bin/holdpoint.cjs');

beforeAll(() => installPrograms([zshProgram, fishProgram]), 300_000);

/** A project with three profiles, and `holdpoint` on the PATH. */
const project = async (): Promise<{ folder: string; env: NodeJS.ProcessEnv }> => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'deploy-profiles'));
  await mkdir(join(folder, 'programs'));
  await symlink(bin, join(folder, 'programs/holdpoint'));
  await writeFile(join(folder, 'deploy-profiles/auth.yaml'), 'service: auth\nenvironments: { production: {} }\n');
  await writeFile(join(folder, 'deploy-profiles/billing.yaml'), 'service: billing\n');
  await writeFile(join(folder, 'record-of-a-run.json'), '{}');
  const path = `${join(folder, 'programs')}${delimiter}${process.env['PATH'] ?? ''}`;
  return { folder, env: { ...process.env, PATH: path, HOME: folder, TERM: 'xterm' } };
};

const inBash = `
eval "$(holdpoint completion bash)"
IFS=' ' read -r -a COMP_WORDS <<< "$1"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_holdpoint
printf '%s\\n' "\${COMPREPLY[@]}"
`;

const inFish = `
set -p fish_function_path $argv[2]/share/fish/functions
holdpoint completion fish | source
complete -C $argv[1] | string replace -r '\\t.*' ''
true
`;

/** zsh completes only at a terminal: one of its own types the line, and what is offered is written down. */
const inZsh = `
module_path=($2/lib/*/zsh/*(N)) ; zmodload zsh/zpty
zpty shell "PS1= $3 -f -i"
zpty -w shell "module_path=($2/lib/*/zsh/*(N)); fpath=($2/share/zsh/functions/**/*(N/) $2/share/zsh/functions(N))"
zpty -w shell 'autoload -Uz compinit; compinit -u -D; source <(holdpoint completion zsh)'
zpty -w shell 'compadd() { local -a hits; [[ "$*" == *-[OAD]\\ * ]] || { builtin compadd -A hits "$@"; print -rl -- $hits >> offered; }; builtin compadd "$@" }'
zpty -w shell 'print > ready'
repeat 300 { [[ -e ready ]] && break; sleep 0.1 }
zpty -w -n shell "$1"$'\\t'
zpty -w shell $'\\x15print > done'
repeat 300 { [[ -e done ]] && break; sleep 0.1 }
zpty -d shell
[[ -e offered ]] && cat offered
true
`;

const programs = {
  bash: async (line: string, { folder, env }: Awaited<ReturnType<typeof project>>) =>
    run('bash', ['--norc', '-c', inBash, 'bash', line], { cwd: folder, env }),
  fish: async (line: string, { folder, env }: Awaited<ReturnType<typeof project>>) => {
    const { file, base, env: own } = installedProgram(fishProgram);
    return run(file, ['--no-config', '-c', inFish, line, base], { cwd: folder, env: { ...env, ...own } });
  },
  zsh: async (line: string, { folder, env }: Awaited<ReturnType<typeof project>>) => {
    const { file, base, env: own } = installedProgram(zshProgram);
    return run(file, ['-f', '-c', inZsh, 'zsh', line, base, file], { cwd: folder, env: { ...env, ...own } });
  },
};

const offered = async (shell: keyof typeof programs, line: string): Promise<string[]> => {
  const { stdout, stderr } = await programs[shell](line, await project());
  expect(stderr).toBe('');
  return [...new Set(stdout.split('\n').filter(Boolean))].sort();
};

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  it.each([
    ['holdpoint ch', ['check']],
    ['holdpoint run au', ['auth', 'auth/production']],
    ['holdpoint check b', ['billing']],
    ['holdpoint check auth --wa', ['--watch']],
    ['holdpoint explain slots_e', ['slots_exhausted']],
    ['holdpoint check auth --reporter ma', ['markdown']],
    ['holdpoint demo --scenario fl', ['flaky']],
    ['holdpoint completion f', ['fish']],
    ['holdpoint replay record', ['record-of-a-run.json']],
  ])('%s', async (line, words) => expect(await offered(shell, line)).toEqual(words));
});
