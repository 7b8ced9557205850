// Adds the parts that a profile's plugins bring to the registry, after holding them against the contract.
import { messageOf } from '../kit/errors.ts';
import type { Io, Plugin, Registered, Registry } from '../kit/index.ts';
import { type Contract, contracts, pluginSchema } from './plugin-schema.ts';
import type { Problems } from './problems.ts';
import { mayRefer } from './references.ts';
import { reservedKeys, rollbackSchema } from './schema.ts';
import { knownKeys, shapesOf } from './shape.ts';
import type { MapTree, Origin } from './tree.ts';

/** A package or file that a profile names under `plugins:`. */
interface Named {
  name: string;
  origin: Origin;
}

interface Options {
  io: Io;
  problems: Problems;
}

const namedPlugins = (layers: readonly MapTree[], problems: Problems): Named[] => {
  const entry = layers.findLast((layer) => layer.entries.has('plugins'))?.entries.get('plugins');
  if (!entry) return [];
  const items = entry.value.type === 'list' ? entry.value.items : [];
  if (entry.value.type !== 'list') problems.add('must be a list of packages or files', entry.key, ['plugins']);
  return items.flatMap((item) => {
    if (item.type === 'scalar' && typeof item.value === 'string' && !mayRefer(item.value))
      return [{ name: item.value, origin: item.origin }];
    problems.add('must be the name of a package or the path of a file', item.origin, ['plugins']);
    return [];
  });
};

const sentence = (error: unknown): string => messageOf(error).split('\n')[0] ?? '';

const exportsOf = async ({ name, origin }: Named, { io, problems }: Options) => {
  try {
    return await io.modules.load(await io.modules.find(name, origin.source.path));
  } catch (error) {
    return problems.add(`the plugin ${name} cannot be loaded: ${sentence(error)}`, origin, ['plugins']) as undefined;
  }
};

/** CommonJS modules appear as `default`; a plugin compiled to CommonJS has its own `default` or `plugin` in there. */
const candidates = (exported: Record<string, unknown>): unknown[] => {
  const inner = exported['default'];
  const nested = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  return [exported['plugin'], nested['plugin'], nested['default'], inner].filter((one) => one !== undefined);
};

const isPlugin = (value: unknown): boolean => typeof value === 'object' && value !== null && 'holdpointPlugin' in value;

const readPlugin = async (named: Named, options: Options): Promise<Plugin | undefined> => {
  const exported = await exportsOf(named, options);
  if (!exported) return undefined;
  const tell = (text: string): undefined =>
    options.problems.add(`the plugin ${named.name} is broken: ${text}`, named.origin, ['plugins']) as undefined;
  const found = candidates(exported).find(isPlugin);
  if (found === undefined) return tell('it exports no plugin (`default` or `plugin` with holdpointPlugin: 1)');
  const result = pluginSchema().safeParse(found);
  if (result.success) return found as Plugin;
  for (const { path, message } of result.error.issues) tell(`${partName(found, path)}${message}`);
  return undefined;
};

/** `kinds[0] (queue-depth).judge: `: the list, the part's own name, the key. */
const partName = (plugin: unknown, path: readonly PropertyKey[]): string => {
  const [list, place, ...keys] = path.map(String);
  if (list === undefined) return '';
  const part = (plugin as Record<string, { name?: unknown }[] | undefined>)[list]?.[Number(place)];
  const name = typeof part?.name === 'string' ? ` (${part.name})` : '';
  const where = place === undefined ? list : `${list}[${place}]${name}`;
  return `${[where, ...keys].join('.')}: `;
};

/** Names that a part cannot have because they mean something else in the same place. */
const taken: Readonly<Record<Contract, () => readonly string[]>> = {
  kinds: () => [],
  sources: () => [...reservedKeys, 'from'],
  platforms: () => knownKeys(shapesOf(rollbackSchema)),
  reporters: () => [],
};

const clashText = (
  list: Contract,
  name: string,
  parts: ReadonlyMap<string, Registered<unknown>>,
): string | undefined => {
  const owner = parts.get(name)?.origin;
  const one = list.slice(0, -1);
  if (owner !== undefined) return `brings the ${one} "${name}", which ${owner} has already`;
  return taken[list]().includes(name) ? `brings the ${one} "${name}", which is a key of its own` : undefined;
};

type Parts = Map<string, Registered<{ name: string }>>;

const addParts = (list: Contract, plugin: Plugin, named: Named, parts: Parts, problems: Problems): void => {
  for (const part of (plugin[list] ?? []) as readonly { name: string }[]) {
    const clash = clashText(list, part.name, parts);
    if (clash === undefined) parts.set(part.name, { part, origin: plugin.name });
    else problems.add(`the plugin ${named.name} ${clash}`, named.origin, ['plugins']);
  }
};

/** The registry with the parts of all plugins that the profile names. A broken one or a clash is a problem. */
export const withPlugins = async (
  registry: Registry,
  layers: readonly MapTree[],
  options: Options,
): Promise<Registry> => {
  const named = namedPlugins(layers, options.problems);
  if (named.length === 0) return registry;
  const all: Record<Contract, Parts> = {
    kinds: new Map(registry.kinds),
    sources: new Map(registry.sources),
    platforms: new Map(registry.platforms),
    reporters: new Map(registry.reporters),
  };
  for (const one of named) {
    const plugin = await readPlugin(one, options);
    if (plugin) for (const list of contracts) addParts(list, plugin, one, all[list], options.problems);
  }
  // The schemas of plugin-schema.ts have proven that every part is what its list says.
  return all as unknown as Registry;
};
