// The form of a check in a profile: the reserved keys, the kind's own, and a metric source under its name.
import type { AnyKind, AnySource, Registry } from '../kit/index.ts';
import { checkSchema } from './schema.ts';
import { childrenOf, knownKeys, type Shape, shapesOf } from './shape.ts';

/** Whether a check of this kind reads a metric source: its spec has the key `from`. */
export const takesSource = (kind: AnyKind): boolean => knownKeys(shapesOf(kind.spec)).includes('from');

/** Names of the sources that a check of this kind may name as a key; a key of the kind's own comes first. */
export const sourceNames = (kind: AnyKind, registry: Registry): string[] => {
  const own = knownKeys(shapesOf(kind.spec));
  return own.includes('from') ? [...registry.sources.keys()].filter((name) => !own.includes(name)) : [];
};

/** The keys that belong to the source itself; the rest is what the kind asks of it. */
export const settingsKeys = (source: AnySource): string[] => knownKeys(shapesOf(source.settings));

const union = (shapes: readonly Shape[]): Shape => ({
  form: 'map',
  keys: knownKeys(shapes),
  open: shapes.some(({ open }) => open),
  choices: shapes.flatMap(({ choices }) => choices),
  secret: undefined,
  child: (key) => childrenOf(shapes, key),
});

/** `from` as an author writes it: the source's name, with its settings and the query side by side. */
const withSources = (shape: Shape, names: readonly string[], registry: Registry): Shape => {
  if (!shape.keys.includes('from')) return shape;
  const query = childrenOf(shape.child('from'), 'query');
  const sourceShape = (name: string): readonly Shape[] => {
    const source = registry.sources.get(name)?.part;
    return source ? [union([...shapesOf(source.settings), ...query])] : [];
  };
  const choices = shape.choices.map((choice) => choice.flatMap((key) => (key === 'from' ? names : [key])));
  return {
    ...shape,
    keys: [...shape.keys.filter((key) => key !== 'from'), ...names],
    choices: [...choices, names],
    child: (key) => (names.includes(String(key)) ? sourceShape(String(key)) : shape.child(key)),
  };
};

const withReserved = (shape: Shape): Shape => {
  const reserved = shapesOf(checkSchema);
  const keys = knownKeys(reserved);
  return {
    ...shape,
    keys: [...keys, ...shape.keys],
    child: (key) => (keys.includes(String(key)) ? childrenOf(reserved, key) : shape.child(key)),
  };
};

/** All forms of a check of this kind. */
export const checkShapes = (kind: AnyKind, registry: Registry): readonly Shape[] => {
  const names = sourceNames(kind, registry);
  return shapesOf(kind.spec).map((shape) => withReserved(withSources(shape, names, registry)));
};
