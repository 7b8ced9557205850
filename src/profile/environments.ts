// Picks the overlay of one environment out of every layer and lays it on top.
import { nearest } from '../kit/index.ts';
import type { Problems } from './problems.ts';
import { fixedKeys } from './schema.ts';
import { type MapTree, type Origin, pick, type Tree } from './tree.ts';

const isNull = (tree: Tree): boolean => tree.type === 'scalar' && tree.value === null;

/** Overlays by environment, in the order of the layers. An empty overlay changes nothing. */
const overlaysIn = (layers: readonly MapTree[], problems: Problems): Map<string, MapTree[]> => {
  const overlays = new Map<string, MapTree[]>();
  for (const { value, key } of layers.flatMap((layer) => layer.entries.get('environments') ?? [])) {
    if (value.type !== 'map') problems.add('must be a map of overlays by environment', key, ['environments']);
    else
      for (const [name, overlay] of value.entries) {
        const known = overlays.get(name);
        if (overlay.value.type === 'map') overlays.set(name, [...(known ?? []), overlay.value]);
        else if (!isNull(overlay.value)) problems.add('must be a map of keys', overlay.key, ['environments', name]);
        else if (known) overlays.delete(name);
        else overlays.set(name, []);
      }
  }
  return overlays;
};

const tellFixed = (name: string, overlays: readonly MapTree[], problems: Problems): void => {
  for (const overlay of overlays)
    for (const [key, { key: origin }] of overlay.entries)
      if ((fixedKeys as readonly string[]).includes(key))
        problems.add('cannot be overlaid by an environment', origin, ['environments', name, key]);
};

/** Names of the environments of a profile. */
export const environmentNames = (layers: readonly MapTree[], problems: Problems): string[] => [
  ...overlaysIn(layers, problems).keys(),
];

/** All layers with the overlays of the environment on top. */
export const withEnvironment = (
  layers: readonly MapTree[],
  environment: string | undefined,
  problems: Problems,
  at: Origin | undefined,
): MapTree[] => {
  const all = overlaysIn(layers, problems);
  const overlays = environment === undefined ? [] : (all.get(environment) ?? []);
  if (environment !== undefined && !all.has(environment)) {
    const known = all.size === 0 ? 'it has no environments' : nearest(environment, [...all.keys()]);
    problems.add(`there is no environment "${environment}"; ${known}`, at, ['environments']);
  }
  tellFixed(environment ?? '', overlays, problems);
  const isFixed = (key: string): boolean => (fixedKeys as readonly string[]).includes(key);
  return [...layers, ...overlays.map((overlay) => pick(overlay, (key) => !isFixed(key)))].map((layer) =>
    pick(layer, (key) => key !== 'environments'),
  );
};
