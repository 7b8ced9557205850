// A YAML value that knows where each of its parts was written: what merging and messages work on.

/** A file that was read. */
export interface SourceText {
  /** Absolute path. */
  path: string;
  /** As it stands in messages: relative to the project root where it lies in it. */
  shown: string;
  /** Line and column, both from 1, of a place in the text. */
  position(offset: number): { line: number; column: number };
}

/** Where a key or value was written. */
export interface Origin {
  source: SourceText;
  offset: number;
}

/** Why a value is not known: a variable is not set, nothing is resolved offline, or a problem was told already. */
export interface Unresolved {
  why: 'missing' | 'offline' | 'told';
  because: string;
}

export interface ScalarTree {
  type: 'scalar';
  origin: Origin;
  value: string | number | boolean | null;
  /** Set when `value` is only a placeholder. */
  unresolved?: Unresolved;
}

export interface ListTree {
  type: 'list';
  origin: Origin;
  items: readonly Tree[];
}

export interface MapTree {
  type: 'map';
  origin: Origin;
  entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  key: Origin;
  value: Tree;
}

export type Tree = ScalarTree | ListTree | MapTree;

/** `checks`, `login`, `every`: keys and list places from the top. */
export type Path = readonly (string | number)[];

/** `deploy-profiles/auth.yaml:12:7`. */
export const positionOf = ({ source, offset }: Origin): string => {
  const { line, column } = source.position(offset);
  return `${source.shown}:${line}:${column}`;
};

/** `checks.login.steps[0]`. */
export const pathText = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');

/** Plain data, as a schema wants it. */
export const plain = (tree: Tree): unknown => {
  switch (tree.type) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(plain);
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plain(value)]));
    default:
      return tree satisfies never;
  }
};

const child = (tree: Tree, key: string | number): Tree | undefined => {
  if (tree.type === 'map') return tree.entries.get(String(key))?.value;
  return tree.type === 'list' && typeof key === 'number' ? tree.items[key] : undefined;
};

/** The value at a path, if there is one. */
export const valueAt = (tree: Tree, path: Path): Tree | undefined =>
  path.reduce<Tree | undefined>((at, key) => at && child(at, key), tree);

/** Where the value at a path was written; of its nearest parent when it is not there. */
export const originAt = (tree: Tree, path: Path): Origin => {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = valueAt(tree, path.slice(0, length - 1));
    const key = path[length - 1];
    if (parent?.type === 'map' && key !== undefined) {
      const entry = parent.entries.get(String(key));
      if (entry) return entry.value.type === 'scalar' ? entry.value.origin : entry.key;
    }
    const value = valueAt(tree, path.slice(0, length));
    if (value) return value.origin;
  }
  return tree.origin;
};

/** Where the key at a path was written; of its nearest parent when it is not there. */
export const keyAt = (tree: Tree, path: Path): Origin => {
  const parent = valueAt(tree, path.slice(0, -1));
  const entry = parent?.type === 'map' ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.key ?? originAt(tree, path);
};

/** A map with some of its entries. */
export const pick = (tree: MapTree, keep: (key: string, value: Tree) => boolean): MapTree => ({
  ...tree,
  entries: new Map([...tree.entries].filter(([key, { value }]) => keep(key, value))),
});

/** Every scalar with its path. */
export const scalars = (tree: Tree, path: Path = []): { path: Path; scalar: ScalarTree }[] => {
  if (tree.type === 'scalar') return [{ path, scalar: tree }];
  if (tree.type === 'list') return tree.items.flatMap((item, index) => scalars(item, [...path, index]));
  return [...tree.entries].flatMap(([key, { value }]) => scalars(value, [...path, key]));
};

/** Whether some value in it is only a placeholder. */
export const isUnresolved = (tree: Tree): boolean => {
  if (tree.type === 'scalar') return tree.unresolved !== undefined;
  if (tree.type === 'list') return tree.items.some(isUnresolved);
  for (const { value } of tree.entries.values()) if (isUnresolved(value)) return true;
  return false;
};

/** A map with nothing in it, where there was nothing written. */
export const emptyMap = (origin: Origin): MapTree => ({ type: 'map', origin, entries: new Map() });

/** The text of an entry; undefined when it is absent or no text. */
export const textAt = (tree: Tree | undefined, key: string): string | undefined => {
  const value = tree?.type === 'map' ? tree.entries.get(key)?.value : undefined;
  return value?.type === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
};
