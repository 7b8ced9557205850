// From zod to JSON Schema (draft 7, which editors understand), in the form in which people write profiles.
import * as z from 'zod';

/** A JSON Schema, or a part of one. */
export type JsonSchema = { [key: string]: unknown };

/** A schema with the parts that it refers to. */
export interface Converted {
  schema: JsonSchema;
  definitions: Record<string, JsonSchema>;
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys of our own in zod's metadata, which no editor knows. */
const ours = ['secret', 'choices', '$schema'];

/** What stands in place of a value until the profile is loaded. */
const reference = { type: 'string', pattern: '\\$\\{' };

const scalars = ['string', 'number', 'integer', 'boolean'];

const typesOf = ({ type }: JsonSchema): unknown[] => (Array.isArray(type) ? type : [type]);

/** A number, a word out of a list, a text of a certain form: a reference is none of them. */
const isParticular = (schema: JsonSchema): boolean => {
  if ('enum' in schema || 'const' in schema) return true;
  const types = typesOf(schema).map(String);
  return types.every((type) => scalars.includes(type)) && (!types.includes('string') || 'pattern' in schema);
};

/** Any value may be written as a reference. */
const referable = (schema: JsonSchema): JsonSchema => (isParticular(schema) ? { anyOf: [schema, reference] } : schema);

/** `null` removes what a layer below wrote. */
const removable = (schema: JsonSchema): JsonSchema => {
  if (Array.isArray(schema['anyOf']))
    return { ...schema, anyOf: [...(schema['anyOf'] as unknown[]), { type: 'null' }] };
  return { anyOf: [schema, { type: 'null' }] };
};

const mapped = (value: unknown, rename: (ref: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((item) => mapped(item, rename));
  return isObject(value) ? authored(value, rename) : value;
};

const propertiesOf = (value: JsonSchema, rename: (ref: string) => string): JsonSchema =>
  Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, isObject(one) ? removable(authored(one, rename)) : one]),
  );

/** One node: without what belongs to us, with references, without `required`: other layers may bring the rest. */
const authored = (schema: JsonSchema, rename: (ref: string) => string): JsonSchema => {
  const kept = Object.entries(schema).filter(([key]) => !ours.includes(key) && key !== 'required' && key !== 'default');
  const inner = kept.map(([key, value]): [string, unknown] => {
    if (key === '$ref') return [key, rename(String(value))];
    if (key === 'properties' && isObject(value)) return [key, propertiesOf(value, rename)];
    return [key, key === 'enum' || key === 'const' ? value : mapped(value, rename)];
  });
  return referable(Object.fromEntries(inner));
};

const conversion = { io: 'input', target: 'draft-7', unrepresentable: 'any' } as const;

/** As zod has it, for those who read what holdpoint writes. */
export const exactly = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, conversion);

/** For those who write: `name` keeps the definitions of several schemas apart. */
export const forAuthors = (schema: z.ZodType, name: string): Converted => {
  const { definitions = {}, ...top } = exactly(schema) as JsonSchema & { definitions?: Record<string, JsonSchema> };
  const rename = (ref: string): string => ref.replace('#/definitions/', `#/definitions/${name}:`);
  const own = Object.entries(definitions).map(([key, value]) => [`${name}:${key}`, authored(value, rename)]);
  return { schema: authored(top, rename), definitions: Object.fromEntries(own) as Record<string, JsonSchema> };
};

/** The objects among the options of a schema: it is one itself, or a choice of several. */
export const objectsOf = (schema: JsonSchema): JsonSchema[] => {
  if (isObject(schema['properties'])) return [schema];
  const options = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []));
  return (options as unknown[]).filter(isObject).flatMap(objectsOf);
};

/** Its properties. */
export const properties = (schema: JsonSchema): Record<string, JsonSchema> =>
  (schema['properties'] ?? {}) as Record<string, JsonSchema>;

/** A strict object; `null` in each of these keys was allowed already. */
export const strict = (keys: Record<string, JsonSchema>, rest: JsonSchema | false = false): JsonSchema => ({
  type: 'object',
  properties: keys,
  additionalProperties: rest,
});
