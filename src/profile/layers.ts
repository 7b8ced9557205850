// A profile file and all the files that it extends, the lowest first.
import { messageOf } from '../kit/errors.ts';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { Io } from '../kit/index.ts';
import { mayRefer } from './references.ts';
import type { Problems } from './problems.ts';
import { type AskedBy, type ParsedFiles, readTree, shownPath } from './read.ts';
import { type Entry, type MapTree, type Origin, pick } from './tree.ts';

/** More files one on the other are a mistake, such as a link that leads to itself. */
const deepest = 32;

export interface LayersOptions {
  io: Io;
  root: string;
  problems: Problems;
  parsed?: ParsedFiles | undefined;
}

/** A bare `base.yaml` is a file beside this one; `@acme/profiles/base.yaml` and `acme-profile` are packages. */
const isPath = (text: string): boolean =>
  text.startsWith('.') || isAbsolute(text) || (/\.ya?ml$/.test(text) && !text.includes('/'));

const tellCircle = (
  path: string,
  way: readonly string[],
  by: Origin | undefined,
  options: LayersOptions,
): undefined => {
  const files = [...way.slice(way.indexOf(path)), path].map((file) => shownPath(file, options.root));
  return options.problems.add(`goes in a circle: ${files.join(' → ')}`, by, ['extends']) as undefined;
};

const packageFile = async (name: string, from: string, origin: Origin, { io, problems }: LayersOptions) => {
  try {
    return await io.modules.find(name, from);
  } catch (error) {
    const because = messageOf(error);
    return problems.add(`${because}; write ./${name}.yaml for a file`, origin, ['extends']) as undefined;
  }
};

const extendedFile = async (entry: Entry, from: string, options: LayersOptions): Promise<string | undefined> => {
  const { value, key } = entry;
  const text = value.type === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
  if (text === undefined || mayRefer(text))
    return options.problems.add('must be the path of a file or the name of a package', key, ['extends']) as undefined;
  return isPath(text) ? resolve(dirname(from), text) : packageFile(text, from, value.origin, options);
};

const below = async (
  entry: Entry,
  from: string,
  way: readonly string[],
  options: LayersOptions,
): Promise<MapTree[]> => {
  const file = await extendedFile(entry, from, options);
  return file === undefined ? [] : readLayers(file, options, { origin: entry.value.origin, key: 'extends' }, way);
};

/** The layers of a file, the lowest first; a file that cannot be read adds a problem and is left out. */
export const readLayers = async (
  file: string,
  options: LayersOptions,
  by?: AskedBy,
  way: readonly string[] = [],
): Promise<MapTree[]> => {
  const { io, root, problems, parsed } = options;
  if (way.includes(file) || way.length > deepest) return tellCircle(file, way, by?.origin, options) ?? [];
  const tree = await readTree(file, { files: io.files, root, problems, parsed, ...(by && { by }) });
  if (!tree) return [];
  const entry = tree.entries.get('extends');
  const lower = entry ? await below(entry, file, [...way, file], options) : [];
  return [...lower, pick(tree, (key) => key !== 'extends')];
};
