// The files that a user of holdpoint would have: a project folder with profiles, and the pipeline's programs.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownPackage } from '../../io/package.ts';
import { program } from './program.ts';

/** Copies of the pipeline's programs: a build of holdpoint during a demo must not pull them away. */
export const copyPrograms = async (folder: string): Promise<{ deploy: string; restart: string }> => {
  await mkdir(folder);
  const copy = async (name: string): Promise<string> => {
    await copyFile(program(name), join(folder, `${name}.mjs`));
    return join(folder, `${name}.mjs`);
  };
  return { deploy: await copy('deploy'), restart: await copy('restart') };
};

/** The lab's profiles, among those that holdpoint ships. */
const profiles = ['demo.yaml', 'demo-two-instances.yaml'];

/** A fresh project folder with the profiles as they are shipped. */
export const writeProject = async (project: string): Promise<void> => {
  await mkdir(join(project, 'deploy-profiles'), { recursive: true });
  for (const name of profiles) {
    await copyFile(join(ownPackage().root, 'deploy-profiles', name), join(project, 'deploy-profiles', name));
  }
  await writeFile(join(project, 'README'), 'A throw-away project of `holdpoint demo`.\n');
};
