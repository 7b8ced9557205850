// zx reads ZX_* variables when it is loaded: none of them may have an effect on our commands.
import { beforeAll, expect, it, vi } from 'vitest';
import { createProcesses } from '../../src/io/processes.ts';

const hostile = {
  ZX_PREFIX: 'echo PWNED;',
  ZX_POSTFIX: '; echo PWNED',
  ZX_SHELL: '/bin/false',
  ZX_VERBOSE: 'true',
  ZX_CWD: '/',
  ZX_TIMEOUT: '1ms',
  ZX_DETACHED: 'false',
  ZX_PREFER_LOCAL: 'true',
  ZX_KILL_SIGNAL: 'SIGKILL',
};

beforeAll(() => {
  for (const [name, value] of Object.entries(hostile)) vi.stubEnv(name, value);
});

it('ZX_* variables change nothing', async () => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const done = await createProcesses(process.env).run({ argv: ['/bin/sh', '-c', 'sleep 0.2; pwd'], deadline: 20_000 });
  spy.mockRestore();
  const { $ } = await import('zx/core');
  expect($.prefix).toBe('echo PWNED;');
  expect(done).toMatchObject({ exit: 0, timedOut: false, stdout: `${process.cwd()}\n`, stderr: '' });
  expect(written.join('')).toBe('');
});
