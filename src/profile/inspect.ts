// Looks into profile files without loading them: environments, and files that others extend.
import { join } from 'node:path';
import type { Io } from '../kit/index.ts';
import { environmentNames } from './environments.ts';
import { findProfile, isProfile, profilesFolder, withoutEnding } from './find.ts';
import { readLayers } from './layers.ts';
import { createProblems } from './problems.ts';
import type { ParsedFiles } from './read.ts';
import type { MapTree } from './tree.ts';

/** Where to look; `parsed` keeps what was read. */
export interface Inspect {
  io: Io;
  parsed: ParsedFiles;
}

const layersOf = (file: string, root: string, { io, parsed }: Inspect): Promise<MapTree[]> =>
  readLayers(file, { io, root, parsed, problems: createProblems() });

/** Names of the environments of a profile; none when its file cannot be read. Throws a UsageError when it is not there. */
export const listEnvironments = async (name: string, cwd: string, inspect: Inspect): Promise<string[]> => {
  const { file, root } = await findProfile(name, cwd, inspect.io.files);
  return environmentNames(await layersOf(file, root, inspect), createProblems());
};

/** Names of the profiles of a project that another one extends: they need not be whole. */
export const listExtended = async (root: string, inspect: Inspect): Promise<string[]> => {
  const folder = join(root, profilesFolder);
  const files = (await inspect.io.files.list(folder)).filter(isProfile);
  const chains = await Promise.all(files.map((file) => layersOf(join(folder, file), root, inspect)));
  const extended = new Set(chains.flatMap((layers) => layers.slice(0, -1).map(({ origin }) => origin.source.path)));
  return files.filter((file) => extended.has(join(folder, file))).map(withoutEnding);
};
