// Reads one YAML file of a profile: its size first, then its text.
import { isAbsolute, relative } from 'node:path';
import type { Files } from '../kit/index.ts';
import { parseTree } from './parse.ts';
import type { Problems } from './problems.ts';
import type { MapTree, Origin } from './tree.ts';

/** Bytes: a profile is written by people. */
const largest = 1024 * 1024;

/** A path as messages show it: relative to the project root where it lies in it. */
export const shownPath = (path: string, root: string): string => {
  const inside = relative(root, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
};

/** Who asks for a file, for the message when it is not there. */
export interface AskedBy {
  origin: Origin;
  key: string;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

const unreadable = (shown: string, error: unknown): string => {
  const code = codeOf(error);
  return code === 'ENOENT' ? `there is no file ${shown}` : `${shown} cannot be read (${code})`;
};

const sizeProblem = (shown: string, { size, folder }: { size: number; folder: boolean }): string | undefined => {
  if (folder) return `${shown} is a folder; name a file`;
  if (size <= largest) return undefined;
  return `${shown} has ${(size / largest).toFixed(1)} MiB; a profile may have at most 1 MiB`;
};

/** Files that were read before, by path: several environments of a profile share them. */
export type ParsedFiles = Map<string, MapTree>;

export interface ReadOptions {
  files: Files;
  root: string;
  problems: Problems;
  by?: AskedBy;
  parsed?: ParsedFiles | undefined;
}

/** The tree of a file; undefined when a problem was added. */
export const readTree = async (
  path: string,
  { files, root, problems, by, parsed }: ReadOptions,
): Promise<MapTree | undefined> => {
  const known = parsed?.get(path);
  if (known) return known;
  const shown = shownPath(path, root);
  const refuse = (text: string): undefined => problems.add(text, by?.origin, by && [by.key]) as undefined;
  try {
    const problem = sizeProblem(shown, await files.stat(path));
    if (problem !== undefined) return refuse(problem);
    const tree = await parseTree(await files.read(path), { path, shown }, problems);
    if (tree) parsed?.set(path, tree);
    return tree;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return refuse(unreadable(shown, error));
  }
};
