// What a zod schema says of the form of its input: known keys, choices, secrets. Read by merging, redaction and messages.
import type { ZodType } from 'zod';

/** One form that a value may have; a union has several. */
export interface Shape {
  /** `map`: a map (or anything at all); `other`: text, number, list … */
  form: 'map' | 'other';
  keys: readonly string[];
  /** Keys beside `keys` are welcome. */
  open: boolean;
  /** Lists of keys of which one stands: an overlay that names another one replaces it. From `.meta({ choices: [[…]] })`. */
  choices: readonly (readonly string[])[];
  /** From `.meta({ secret: true | 'url' })`. */
  secret: true | 'url' | undefined;
  child(key: string | number): readonly Shape[];
}

type Secret = Shape['secret'];

/** The parts of zod 4's definitions that are read here; the same in every copy of zod 4. */
interface Definition {
  type: string;
  innerType?: ZodType;
  in?: ZodType;
  out?: ZodType;
  getter?: () => ZodType;
  options?: readonly ZodType[];
  left?: ZodType;
  right?: ZodType;
  shape?: Readonly<Record<string, ZodType>>;
  catchall?: ZodType;
  valueType?: ZodType;
  element?: ZodType;
  items?: readonly ZodType[];
  rest?: ZodType | null;
}

const definitionOf = (schema: ZodType): Definition => schema._zod.def;

interface Meta {
  secret?: true | 'url';
  choices?: readonly (readonly string[])[];
}

const metaOf = (schema: ZodType): Meta => (schema.meta?.() ?? {}) as Meta;

const anyKey = { form: 'map', keys: [], open: true, choices: [] } as const;

/** What was worked out already, by schema and by the secrecy that it inherits: a thousand checks of one kind ask the same. */
const known = new WeakMap<ZodType, Map<Secret, readonly Shape[]>>();

/** All forms that an input of this schema may have. */
export const shapesOf = (schema: ZodType, inherited?: Secret): readonly Shape[] => {
  const before = known.get(schema) ?? new Map<Secret, readonly Shape[]>();
  const shapes = before.get(inherited) ?? formsOf(schema, inherited);
  known.set(schema, before.set(inherited, shapes));
  return shapes;
};

const formsOf = (schema: ZodType, inherited: Secret): readonly Shape[] => {
  const definition = definitionOf(schema);
  const secret = metaOf(schema).secret ?? inherited;
  const inner = innerOf(definition);
  return inner.length > 0 ? inner.flatMap((one) => shapesOf(one, secret)) : [ownShape(schema, definition, secret)];
};

/** The schemas that stand for this one: what is wrapped, each option of a union, the input side of a pipe. */
const innerOf = ({ type, innerType, in: input, out, getter, options, left, right }: Definition): readonly ZodType[] => {
  if (options) return options;
  if (left && right) return [left, right];
  if (input && out) return definitionOf(input).type === 'transform' ? [out] : [input];
  if (type === 'lazy' && getter) return [getter()];
  return innerType ? [innerType] : [];
};

const ownShape = (schema: ZodType, definition: Definition, secret: Secret): Shape => {
  const none = (): readonly Shape[] => [];
  switch (definition.type) {
    case 'object':
      return { ...objectShape(definition, metaOf(schema).choices ?? [], secret), secret };
    case 'record':
      return { ...anyKey, secret, child: () => childShapes(definition.valueType, secret) };
    case 'array':
      return { ...anyKey, form: 'other', open: false, secret, child: () => childShapes(definition.element, secret) };
    case 'tuple':
      return { ...anyKey, form: 'other', open: false, secret, child: (place) => tupleChild(definition, place, secret) };
    case 'any':
    case 'unknown':
    case 'custom':
      return { ...anyKey, secret, child: none };
    // Every other type is text, a number, a literal …: nothing is below it.
    default:
      return { ...anyKey, form: 'other', open: false, secret, child: none };
  }
};

const childShapes = (schema: ZodType | undefined | null, secret: Secret): readonly Shape[] =>
  schema ? shapesOf(schema, secret) : [];

const tupleChild = ({ items = [], rest }: Definition, place: string | number, secret: Secret): readonly Shape[] =>
  childShapes(items[Number(place)] ?? rest, secret);

const objectShape = ({ shape = {}, catchall }: Definition, choices: Shape['choices'], secret: Secret) => ({
  form: 'map' as const,
  keys: Object.keys(shape),
  open: catchall !== undefined && definitionOf(catchall).type !== 'never',
  choices,
  child: (key: string | number) => childShapes(Object.hasOwn(shape, key) ? shape[String(key)] : catchall, secret),
});

/** The forms of the value at a key. */
export const childrenOf = (shapes: readonly Shape[], key: string | number): readonly Shape[] =>
  shapes.flatMap((shape) => shape.child(key));

/** All keys that some form knows. */
export const knownKeys = (shapes: readonly Shape[]): string[] => [...new Set(shapes.flatMap(({ keys }) => keys))];

/** Whether a map with these keys could be of this form. */
export const fits = (shape: Shape, keys: readonly string[]): boolean =>
  shape.form === 'map' && (shape.open || keys.every((key) => shape.keys.includes(key)));
