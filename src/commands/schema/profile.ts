// The JSON Schema of a profile: all kinds, sources and platforms that ship, and room for those of plugins.
import type { Registry } from '../../kit/index.ts';
import { fixedKeys, notifySchema, rollbackSchema, topSchema } from '../../profile/index.ts';
import { checkOfKind } from './check.ts';
import { forAuthors, type JsonSchema, objectsOf, properties, strict } from './json-schema.ts';

const draft = 'http://json-schema.org/draft-07/schema#';

/** A shipped check: its id in `checks/`, and its kind. */
export interface ShippedCheck {
  id: string;
  kind: string;
}

type Keys = Record<string, JsonSchema>;

const refTo = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` });
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

const anyCheck: JsonSchema = { type: 'object' };

/** By `kind`, and by `use` where that names a shipped check; what is not known here may be anything. */
const byName = (key: 'kind' | 'use', pairs: readonly (readonly [string, string])[]): JsonSchema[] =>
  pairs.map(([name, kind]) => ({
    if: { properties: { [key]: { const: name } }, required: [key] },
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
    then: refTo(`check-${kind}`),
  }));

/** The check of a shipped id: of its kind, unless the entry names another file or kind. */
const shippedCheck = ({ kind }: ShippedCheck): JsonSchema => ({
  if: { anyOf: [{ required: ['use'] }, { required: ['kind'] }] },
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
  then: refTo('any-check'),
  else: refTo(`check-${kind}`),
});

const checksOf = (shipped: readonly ShippedCheck[]): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(shipped.map((one) => [one.id, orNull(shippedCheck(one))])),
  additionalProperties: orNull(refTo('any-check')),
});

/** Its own keys and one platform; a platform of a plugin is an object, too. */
const rollbackOf = ({ platforms }: Registry): { schema: JsonSchema; definitions: Keys } => {
  const own = forAuthors(rollbackSchema, 'rollback');
  const all = [...platforms.values()].map(({ part }) => ({
    part,
    settings: forAuthors(part.settings, `platform-${part.name}`),
  }));
  const keys = Object.fromEntries(all.map(({ part, settings }) => [part.name, orNull(settings.schema)]));
  const definitions = Object.assign({}, own.definitions, ...all.map(({ settings }) => settings.definitions)) as Keys;
  return { schema: strict({ ...properties(own.schema), ...keys }, { type: ['object', 'null'] }), definitions };
};

const scalar: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
const texts: JsonSchema = { type: 'array', items: { type: 'string' } };

/** The whole schema, with one definition per kind. */
export const profileSchema = (registry: Registry, all: readonly ShippedCheck[]): JsonSchema => {
  const shipped = all.filter(({ kind }) => registry.kinds.has(kind));
  const top = forAuthors(topSchema, 'top');
  const notify = forAuthors(notifySchema, 'notify');
  const rollback = rollbackOf(registry);
  const kinds = [...registry.kinds.values()].map(({ part }) => ({ name: part.name, ...checkOfKind(part, registry) }));
  const keys: Keys = {
    ...Object.assign({}, ...objectsOf(top.schema).map(properties)),
    extends: { anyOf: [{ type: 'string' }, texts] },
    plugins: texts,
    vars: { type: 'object', additionalProperties: scalar },
    checks: checksOf(shipped),
    rollback: orNull(refTo('rollback')),
    notify: orNull(notify.schema),
  };
  const overlay = Object.fromEntries(
    Object.entries(keys).filter(([key]) => !(fixedKeys as readonly string[]).includes(key)),
  );
  const environments = { type: 'object', additionalProperties: orNull(strict(overlay)) };
  const definitions: Keys = {
    ...Object.assign(
      {},
      top.definitions,
      notify.definitions,
      rollback.definitions,
      ...kinds.map((kind) => kind.definitions),
    ),
    ...Object.fromEntries(kinds.map(({ name, schema }) => [`check-${name}`, schema])),
    'any-check': {
      ...anyCheck,
      allOf: [
        ...byName(
          'kind',
          kinds.map(({ name }) => [name, name] as const),
        ),
        ...byName(
          'use',
          shipped.map(({ id, kind }) => [id, kind] as const),
        ),
      ],
    },
    rollback: rollback.schema,
  };
  return { $schema: draft, title: 'A profile of holdpoint', ...strict({ ...keys, environments }), definitions };
};

/** The schema of a check file of one kind. */
export const checkFileSchema = (name: string, registry: Registry): JsonSchema => {
  const kind = registry.kinds.get(name);
  const { schema, definitions } = kind ? checkOfKind(kind.part, registry) : { schema: anyCheck, definitions: {} };
  return { $schema: draft, title: `A check of kind ${name}`, ...withSchemaKey(schema), definitions };
};

const withSchemaKey = (schema: JsonSchema): JsonSchema =>
  schema['properties'] ? { ...schema, properties: { $schema: { type: 'string' }, ...properties(schema) } } : schema;
