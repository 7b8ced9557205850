// Puts one check together: its file of defaults at the bottom, then every layer of the profile that speaks of it.
import { type AnyKind, nearest } from '../kit/index.ts';
import { readCheckFile } from './check-file.ts';
import { checkShapes } from './check-shapes.ts';
import type { Loading } from './loading.ts';
import { mergeAll } from './merge.ts';
import type { Shape } from './shape.ts';
import { type Entry, type MapTree, type Origin, type Path, textAt, type Tree } from './tree.ts';

/** A check as it is written in all files together. */
export interface MergedCheck {
  id: string;
  kind: AnyKind;
  tree: MapTree;
  shapes: readonly Shape[];
}

/** What the layers of a profile say of one check, in order. */
export interface CheckLayers {
  id: string;
  key: Origin;
  layers: readonly MapTree[];
}

const isNull = (tree: Tree): boolean => tree.type === 'scalar' && tree.value === null;

const isId = (id: string): boolean => /^[A-Za-z0-9][\w-]*$/.test(id);

/** One entry laid on the earlier ones: null removes them, and is a mistake when there are none. */
const stacked = (known: CheckLayers | undefined, id: string, { key, value }: Entry, { problems }: Loading) => {
  const path: Path = ['checks', id];
  if (!isId(id)) problems.add('must be a name of letters, digits, "_" and "-"', key, path);
  if (value.type === 'map') return { id, key, layers: [...(known?.layers ?? []), value] };
  if (!isNull(value)) problems.add('must be a map of keys', key, path);
  else if (!known) problems.add('is empty; write {} for the defaults of the check', key, path);
  return undefined;
};

/** All checks of all layers by id, in the order in which they first appear. */
export const checkLayers = (layers: readonly MapTree[], loading: Loading): CheckLayers[] => {
  const checks = new Map<string, CheckLayers>();
  for (const entry of layers.flatMap((layer) => layer.entries.get('checks') ?? [])) {
    if (entry.value.type !== 'map') loading.problems.add('must be a map of checks by id', entry.key, ['checks']);
    else
      for (const [id, one] of entry.value.entries) {
        const next = stacked(checks.get(id), id, one, loading);
        if (next) checks.set(id, next);
        else checks.delete(id);
      }
  }
  return [...checks.values()];
};

const lastText = (layers: readonly MapTree[], key: string): { text: string; origin: Origin } | undefined => {
  const layer = layers.findLast((one) => textAt(one, key) !== undefined);
  const entry = layer?.entries.get(key);
  return entry && { text: textAt(layer, key) ?? '', origin: entry.value.origin };
};

const kindOf = (id: string, layers: readonly MapTree[], { registry, problems }: Loading): AnyKind | undefined => {
  const named = lastText(layers, 'kind');
  if (!named) return undefined;
  const kind = registry.kinds.get(named.text)?.part;
  const known = [...registry.kinds.keys()];
  if (!kind)
    problems.add(`there is no kind "${named.text}"; ${nearest(named.text, known)}`, named.origin, [
      'checks',
      id,
      'kind',
    ]);
  return kind;
};

/** The check with its defaults; undefined when a problem was added. */
export const mergeCheck = async (
  { id, key, layers }: CheckLayers,
  loading: Loading,
): Promise<MergedCheck | undefined> => {
  const use = lastText(layers, 'use');
  const hasKind = lastText(layers, 'kind') !== undefined;
  const defaults = await readCheckFile({ id, use: use?.text, origin: use?.origin ?? key, hasKind }, loading);
  const all = defaults ? [defaults, ...layers] : layers;
  const kind = kindOf(id, all, loading);
  if (!kind) return undefined;
  const shapes = checkShapes(kind, loading.registry);
  const tree = mergeAll(all, shapes);
  return tree && { id, kind, tree, shapes };
};
