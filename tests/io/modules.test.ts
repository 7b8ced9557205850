// Modules that a profile names: they are run, and one that never comes back is given up.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createModules } from '../../src/io/modules.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const written = async (text: string): Promise<string> => {
  const path = join(await tempFolder(), 'module.mjs');
  await writeFile(path, text);
  return path;
};

it('gives the exports of a module', async () => {
  expect(await createModules().load(await written('export const plugin = 7;'))).toMatchObject({ plugin: 7 });
});

it('throws what a module throws', async () => {
  const path = await written("throw new Error('no licence');");
  await expect(createModules().load(path)).rejects.toThrow(/^no licence$/);
});

it('gives up a module that waits for nothing', async () => {
  const path = await written('await new Promise(() => {});');
  await expect(createModules(50).load(path)).rejects.toThrow(/^it did not come back within 0.05 s$/);
});
