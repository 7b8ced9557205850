// Lays releases out as a pipeline would: an artefact folder each, the live one under `releases` behind `current`.
import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseConfig } from '../service/config.ts';
import { pointCurrentAt } from '../pipeline/deploy.ts';
import { program } from './program.ts';

/** A release: which code, which configuration, which further files. */
export interface Release {
  /** A name of src/demo/entries. */
  code: string;
  config: ReleaseConfig;
  /** Settings of single instances, by instance. */
  instanceConfig?: Record<string, Partial<ReleaseConfig>>;
}

const writeJson = (file: string, value: unknown): Promise<void> =>
  writeFile(file, `${JSON.stringify(value, null, 2)}\n`);

const build = async (app: string, release: Release): Promise<void> => {
  const folder = join(app, 'artifacts', release.config.revision);
  await mkdir(folder, { recursive: true });
  // `.mjs`: no package.json stands above a release that would say that it holds modules.
  await copyFile(program(release.code), join(folder, 'server.mjs'));
  await writeJson(join(folder, 'config.json'), release.config);
  for (const [instance, config] of Object.entries(release.instanceConfig ?? {}))
    await writeJson(join(folder, `config.${instance}.json`), config);
};

/** Builds both releases' artefacts in `app` and makes the first one live. */
export const layOut = async (app: string, before: Release, after: Release): Promise<void> => {
  await mkdir(join(app, 'releases'), { recursive: true });
  await build(app, before);
  await build(app, after);
  const { revision } = before.config;
  await cp(join(app, 'artifacts', revision), join(app, 'releases', revision), { recursive: true });
  await pointCurrentAt(app, revision);
};
