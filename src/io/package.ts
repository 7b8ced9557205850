// Finds holdpoint's own package: its folder and version, from the sources as well as from a bundle inside dist.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Package {
  root: string;
  version: string;
}

/** The nearest folder above this module whose package.json is holdpoint's. */
export const ownPackage = (): Package => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    const found = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string })
      : undefined;
    if (found?.name === 'holdpoint') return { root: folder, version: found.version };
    if (folder === dirname(folder))
      throw new Error(`no package.json of holdpoint stands above ${fileURLToPath(import.meta.url)}`);
  }
};
