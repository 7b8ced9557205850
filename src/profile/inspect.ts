// Looks into profile files without loading them: environments, and files that others extend.
import { join } from 'node:path';
import type { Io } from '../kit/index.ts';
import { environmentNames } from './environments.ts';
import { findProfile, profilesFolder } from './find.ts';
import { readLayers } from './layers.ts';
import { createProblems } from './problems.ts';

const layersOf = async (file: string, root: string, io: Io) =>
  readLayers(file, { io, root, problems: createProblems() });

/** Names of the environments of a profile; none when its file cannot be read. Throws a UsageError when it is not there. */
export const listEnvironments = async (name: string, cwd: string, io: Io): Promise<string[]> => {
  const { file, root } = await findProfile(name, cwd, io.files);
  return environmentNames(await layersOf(file, root, io), createProblems());
};

/** Paths of the files of a project that a profile extends: they need not be whole profiles. */
export const listExtended = async (root: string, io: Io): Promise<Set<string>> => {
  const names = (await io.files.list(join(root, profilesFolder))).filter((name) => /\.ya?ml$/.test(name));
  const chains = await Promise.all(names.map((name) => layersOf(join(root, profilesFolder, name), root, io)));
  return new Set(chains.flatMap((layers) => layers.slice(0, -1).map(({ origin }) => origin.source.path)));
};
