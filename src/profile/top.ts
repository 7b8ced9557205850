// The top of a profile: its form for merging, its validated keys, where results are told.
import type { NotifyPlan, Registry } from '../kit/index.ts';
import { type Loading, missingIn, missingText } from './loading.ts';
import { notifySchema, otherTopKeys, rollbackSchema, type TopKeys, topSchema } from './schema.ts';
import { childrenOf, knownKeys, type Shape, shapesOf } from './shape.ts';
import { learnSecrets } from './secret-fields.ts';
import { emptyMap, type MapTree, pick, plain, textAt, type Tree } from './tree.ts';
import { validate } from './validate.ts';

/** The form of `rollback`: its own keys, and one platform by its name. */
export const rollbackShapes = ({ platforms }: Registry): readonly Shape[] => {
  const own = shapesOf(rollbackSchema);
  const names = [...platforms.keys()];
  const child = (key: string | number): readonly Shape[] => {
    const platform = platforms.get(String(key))?.part;
    return platform ? shapesOf(platform.settings) : childrenOf(own, key);
  };
  return own.map((shape) => ({ ...shape, keys: [...shape.keys, ...names], choices: [...shape.choices, names], child }));
};

/** The form of a profile without its checks, whose form depends on their kinds. */
export const topShapes = (registry: Registry): readonly Shape[] => {
  const own = shapesOf(topSchema);
  const child = (key: string | number): readonly Shape[] => {
    if (key === 'rollback') return rollbackShapes(registry);
    return key === 'notify' ? shapesOf(notifySchema) : childrenOf(own, key);
  };
  return own.map((shape) => ({ ...shape, keys: [...knownKeys(own), ...otherTopKeys], child }));
};

const isOther = (key: string): boolean => (otherTopKeys as readonly string[]).includes(key);

/** The keys that every profile has; undefined when a problem was added. */
export const planTop = async (tree: MapTree, loading: Loading): Promise<TopKeys | undefined> => {
  const { problems, registry, resolver } = loading;
  const own = await resolver.resolve(
    pick(tree, (key) => !isOther(key)),
    [],
  );
  if (own.type !== 'map') return undefined;
  for (const { path, scalar, because } of missingIn(own)) problems.add(because, scalar.origin, path);
  const against = { schema: topSchema, what: 'a profile', input: plain(own), tree: own, path: [] };
  const result = await validate<TopKeys>({ ...against, shapes: topShapes(registry) }, problems);
  return result.is === 'valid' ? result.value : undefined;
};

const urlOf = (tree: Tree, format: 'slack' | 'json'): NotifyPlan['targets'] => {
  const url = textAt(tree, format);
  return url === undefined ? [] : [{ format, url }];
};

/** Where results are told. A value that cannot be had is only a warning: it must not stop a verification. */
export const planNotify = async (tree: MapTree, loading: Loading): Promise<NotifyPlan> => {
  const { problems, redactor, resolver, warnings } = loading;
  const written = tree.entries.get('notify')?.value ?? emptyMap(tree.origin);
  const resolved = await resolver.resolve(written, ['notify']);
  if (resolved.type !== 'map') {
    problems.add('must be a map like { slack: URL }', resolved.origin, ['notify']);
    return { targets: [] };
  }
  learnSecrets(resolved, shapesOf(notifySchema), redactor, 'notify');
  for (const missing of missingIn(resolved)) warnings.push(`${missingText(missing, ['notify'])}; nobody is told there`);
  const shapes = shapesOf(notifySchema);
  const against = { schema: notifySchema, what: 'notify', input: plain(resolved), tree: resolved, path: ['notify'] };
  await validate<unknown>({ ...against, shapes }, problems);
  const known = pick(resolved, (_, value) => value.type === 'scalar' && !value.unresolved);
  return { targets: [...urlOf(known, 'slack'), ...urlOf(known, 'json')] };
};
