// What a developer reads when a server of the tests is missing.
import { expect, it } from 'vitest';
import { installedProgram, installPrograms } from './system-packages.ts';

const present = { name: 'env', packages: ['coreutils'] };

it('finds a program that is here, without an environment of its own', () => {
  expect(installedProgram(present)).toEqual({ file: '/usr/bin/env', base: '/usr', env: {} });
});

it('installs nothing when nothing is missing', async () => {
  await expect(installPrograms([present])).resolves.toBeUndefined();
});

it('names the command that installs a program that is missing', () => {
  expect(() => installedProgram({ name: 'no-such-server', packages: ['no-such-server-core'] })).toThrow(
    'no-such-server is not installed and this test needs it; install it as root: apt-get update && apt-get install -y --no-install-recommends no-such-server-core',
  );
});
