// JSON Schemas of checks: the reserved keys, those of the kind, and its metric sources under their names.
import type { AnyKind, Registry } from '../../kit/index.ts';
import { checkSchema, sourceNames } from '../../profile/index.ts';
import { type Converted, forAuthors, type JsonSchema, objectsOf, properties, strict } from './json-schema.ts';

/** What plugins bring has a name that is not known here, and keys below it. */
const ofPlugins: JsonSchema = { type: ['object', 'null'] };

type Keys = Record<string, JsonSchema>;

/** `prometheus: { … }` in place of `from`: the settings of the source and what the kind asks of it, side by side. */
const sourceKeys = (kind: AnyKind, query: Keys, registry: Registry): Converted & { keys: Keys } => {
  const found = sourceNames(kind, registry).map((name) => {
    const settings = forAuthors(registry.sources.get(name)?.part.settings ?? checkSchema, `source-${name}`);
    return { name, settings };
  });
  const keys = Object.fromEntries(
    found.map(({ name, settings }) => {
      const own = Object.assign({}, ...objectsOf(settings.schema).map(properties)) as Keys;
      return [name, { anyOf: [strict({ ...query, ...own }), { type: 'null' }] }];
    }),
  );
  const definitions = Object.assign({}, ...found.map(({ settings }) => settings.definitions)) as Keys;
  return { keys, definitions, schema: {} };
};

const queryOf = (from: JsonSchema | undefined): Keys => {
  const [shape] = from ? objectsOf(from) : [];
  const query = shape ? properties(shape)['query'] : undefined;
  return query ? (Object.assign({}, ...objectsOf(query).map(properties)) as Keys) : {};
};

/** The schema of a check of one kind; in a profile and in a file of its own. */
export const checkOfKind = (kind: AnyKind, registry: Registry): Converted => {
  const spec = forAuthors(kind.spec, kind.name);
  const reserved = forAuthors(checkSchema, 'check');
  let definitions = { ...spec.definitions, ...reserved.definitions };
  const shapes = objectsOf(spec.schema).map((shape) => {
    const { from, ...own } = properties(shape);
    const sources = from ? sourceKeys(kind, queryOf(from), registry) : undefined;
    definitions = { ...definitions, ...sources?.definitions };
    const keys = { ...properties(reserved.schema), ...own, ...sources?.keys };
    return strict(keys, sources ? ofPlugins : false);
  });
  const [only] = shapes;
  return { schema: shapes.length === 1 && only ? only : { anyOf: shapes }, definitions };
};
