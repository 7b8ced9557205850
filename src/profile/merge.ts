// Lays one tree over another: maps merge deeply, lists and choices replace, null removes.
import { childrenOf, fits, type Shape } from './shape.ts';
import type { Entry, MapTree, Tree } from './tree.ts';

const isNull = (tree: Tree): boolean => tree.type === 'scalar' && tree.value === null;

const isSet = (entry: Entry | undefined): boolean => entry !== undefined && !isNull(entry.value);

/** An overlay that no form of the value could hold together with the base names another member of a choice. */
const isOtherMember = (base: MapTree, over: MapTree, shapes: readonly Shape[]): boolean => {
  const overKeys = [...over.entries.keys()];
  const together = [...new Set([...base.entries.keys(), ...overKeys])];
  const maps = shapes.filter(({ form }) => form === 'map');
  return maps.length > 1 && !maps.some((shape) => fits(shape, together)) && maps.some((shape) => fits(shape, overKeys));
};

/** Keys of the base that give way because the overlay names another member of their choice. */
const displaced = (base: MapTree, over: MapTree, shapes: readonly Shape[]): string[] =>
  shapes
    .flatMap(({ choices }) => choices)
    .flatMap((choice) => {
      const named = choice.filter((key) => isSet(over.entries.get(key)));
      return named.length === 0 ? [] : choice.filter((key) => base.entries.has(key) && !named.includes(key));
    });

const mergedEntry = (known: Entry | undefined, entry: Entry, shapes: readonly Shape[]): Entry =>
  known ? { key: entry.key, value: merge(known.value, entry.value, shapes) } : entry;

const mergeMaps = (base: MapTree, over: MapTree, shapes: readonly Shape[]): MapTree => {
  const gone = displaced(base, over, shapes);
  const entries = new Map([...base.entries].filter(([key]) => !gone.includes(key)));
  for (const [key, entry] of over.entries) {
    const known = entries.get(key);
    // A null with nothing to remove stays, for the schema to judge: forgotten settings are not silently dropped.
    if (known && isNull(entry.value)) entries.delete(key);
    else entries.set(key, mergedEntry(known, entry, childrenOf(shapes, key)));
  }
  return { type: 'map', origin: over.origin, entries };
};

/** `over` laid over `base`; `shapes` say which of the values are choices. */
export const merge = (base: Tree, over: Tree, shapes: readonly Shape[]): Tree =>
  base.type === 'map' && over.type === 'map' && !isOtherMember(base, over, shapes)
    ? mergeMaps(base, over, shapes)
    : over;

/** All layers, the first one at the bottom. */
export const mergeAll = (layers: readonly MapTree[], shapes: readonly Shape[]): MapTree | undefined =>
  layers.reduce<MapTree | undefined>((base, over) => (base ? mergeMaps(base, over, shapes) : over), undefined);
