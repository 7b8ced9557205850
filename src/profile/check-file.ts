// Finds the file with a check's defaults: a shipped check, a file of the project, or one of an installed package.
import { basename, join, resolve } from 'node:path';
import { nearest, messageOf } from '../kit/index.ts';
import type { Loading } from './loading.ts';
import { readTree } from './read.ts';
import { type MapTree, type Origin, textAt } from './tree.ts';

/** Names of the shipped checks. */
const shippedChecks = async ({ io, checksFolder }: Loading): Promise<string[]> =>
  (await io.files.list(checksFolder)).filter((name) => name.endsWith('.yaml')).map((name) => basename(name, '.yaml'));

/** A check that a profile asks for. */
interface Asked {
  id: string;
  /** The text behind `use:`, if there is one. */
  use: string | undefined;
  origin: Origin;
  /** The entry names its kind itself: then a file is not needed. */
  hasKind: boolean;
}

const isPath = (use: string): boolean => /^(\.{1,2}\/|\/)/.test(use);

const shippedPath = async ({ id, use, origin, hasKind }: Asked, loading: Loading): Promise<string | undefined> => {
  const name = use ?? id;
  const file = join(loading.checksFolder, `${name}.yaml`);
  if (loading.parsed?.has(file) || (await loading.io.files.exists(file))) return file;
  if (use === undefined && hasKind) return undefined;
  const shipped = await shippedChecks(loading);
  const [path, other] =
    use === undefined
      ? [['checks', id], 'and it names neither a file (use: ./FILE) nor a kind (kind: NAME)']
      : [['checks', id, 'use'], 'and a file begins with ./'];
  loading.problems.add(`there is no shipped check "${name}", ${other}; ${nearest(name, shipped)}`, origin, path);
  return undefined;
};

const packagePath = async ({ id, use = '', origin }: Asked, loading: Loading): Promise<string | undefined> => {
  try {
    return await loading.io.modules.find(use, loading.file);
  } catch (error) {
    const because = messageOf(error);
    loading.problems.add(`${use} was not found: ${because}`, origin, ['checks', id, 'use']);
    return undefined;
  }
};

const pathOf = (asked: Asked, loading: Loading): Promise<string | undefined> | string => {
  if (asked.use === undefined || !asked.use.includes('/')) return shippedPath(asked, loading);
  return isPath(asked.use) ? resolve(loading.root, asked.use) : packagePath(asked, loading);
};

/** Keys that a check file cannot have: it is a file of defaults, not an entry. */
const foreign = ['use', 'enabled'];

/** The defaults of a check; undefined when there is no file (a problem was added, unless the entry names its kind). */
export const readCheckFile = async (asked: Asked, loading: Loading): Promise<MapTree | undefined> => {
  const path = await pathOf(asked, loading);
  if (path === undefined) return undefined;
  const { io, root, problems, parsed } = loading;
  const by = { origin: asked.origin, key: `checks.${asked.id}.use` };
  const tree = await readTree(path, { files: io.files, root, problems, by, parsed });
  if (!tree) return undefined;
  for (const [key, { key: origin }] of tree.entries)
    if (foreign.includes(key)) problems.add('does not belong into a check file', origin, [key]);
  if (textAt(tree, 'kind') === undefined)
    problems.add('is missing; a check file names its kind', tree.origin, ['kind']);
  return { ...tree, entries: new Map([...tree.entries].filter(([key]) => key !== '$schema')) };
};
