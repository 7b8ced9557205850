// The profiles and checks that ship: every one is right, with the real kinds, sources and platforms.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtIn } from '../../src/commands/registry.ts';
import { validateProfiles } from '../../src/commands/validate.ts';
import { createIo } from '../../src/io/index.ts';
import { UsageError } from '../../src/kit/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const root = join(import.meta.dirname, '../..');
const io = createIo({ version: '0.0.0-test', env: {} });
const parts = { io, registry: builtIn(), checksFolder: join(root, 'checks') };

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(join(root, folder)))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length));

it('every shipped profile is right', async () => {
  const { text, problems } = await validateProfiles({ ...parts, names: [], show: false, cwd: root });
  expect(problems).toEqual([]);
  const told = [...new Set(text.split('\n').map((line) => line.split(' ')[1]))];
  expect(told.sort()).toEqual((await namesIn('deploy-profiles')).map((name) => `deploy-profiles/${name}.yaml`).sort());
});

it('every platform stands in a shipped profile', async () => {
  const names = (await namesIn('deploy-profiles')).map((name) => join(root, 'deploy-profiles', `${name}.yaml`));
  const texts = (await Promise.all(names.map((name) => io.files.read(name)))).join('\n');
  const missing = [...parts.registry.platforms.keys()].filter((name) => !new RegExp(`\\b${name}:`).test(texts));
  expect(missing).toEqual([]);
});

/** The problems of a profile with this one check, as it is shipped. */
const problemsWith = async (check: string): Promise<string[]> => {
  const cwd = await tempFolder();
  await io.files.write(join(cwd, 'deploy-profiles/a.yaml'), `service: a\nchecks: { ${check}: {} }\n`);
  try {
    await loadProfile({ ...parts, name: 'a', cwd, verb: 'validate', resolve: false });
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n');
    throw error;
  }
  return [];
};

it('every shipped check has a known kind, known keys and right values', async () => {
  const checks = await namesIn('checks');
  expect(checks.length).toBeGreaterThanOrEqual(5);
  for (const check of checks) {
    const problems = await problemsWith(check);
    // Only what a profile has to say itself may be missing.
    const wrong = problems.filter((line) => !/(?: is missing|: needs |: names? )/.test(line));
    expect([check, wrong]).toEqual([check, []]);
  }
});

it('every kind ships with a check of its own', async () => {
  const kinds = [...parts.registry.kinds.keys()];
  expect((await namesIn('checks')).filter((name) => kinds.includes(name)).sort()).toEqual(kinds.sort());
});
