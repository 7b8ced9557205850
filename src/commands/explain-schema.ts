// `holdpoint explain schema`: the JSON Schemas of profiles, checks and records, for editors and for programs.
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { nearest, type Registry, UsageError } from '../kit/index.ts';
import type { Context } from './context.ts';
import { told } from './told.ts';
import { builtIn } from './registry.ts';
import { exactly, type JsonSchema } from './schema/json-schema.ts';
import { checkFileSchema, profileSchema, type ShippedCheck } from './schema/profile.ts';
import { recordSchema } from './schema/record.ts';

/** All schemas by name: `profile`, `record`, and one for the check files of each kind. */
export const jsonSchemas = (registry: Registry, shipped: readonly ShippedCheck[]): ReadonlyMap<string, JsonSchema> =>
  new Map([
    ['profile', profileSchema(registry, shipped)],
    ['record', { ...exactly(recordSchema()), title: 'A record of holdpoint (holdpoint.record/1)' }],
    ...[...registry.kinds.keys()].map((name): [string, JsonSchema] => [
      `check-${name}`,
      checkFileSchema(name, registry),
    ]),
  ]);

/** The checks that ship, with their kinds. */
export const shippedChecks = async ({ io, packageRoot }: Context): Promise<ShippedCheck[]> => {
  const folder = join(packageRoot, 'checks');
  const names = (await io.files.list(folder)).filter((name) => name.endsWith('.yaml'));
  return Promise.all(
    names.map(async (name) => {
      const { kind } = parse(await io.files.read(join(folder, name))) as { kind: string };
      return { id: name.replace(/\.yaml$/, ''), kind };
    }),
  );
};

/** Prints one, or tells which there are; with `write` all of them become files. */
export const explainSchema = async (
  name: string | undefined,
  { write }: { write?: string },
  context: Context,
): Promise<number> => {
  const schemas = jsonSchemas(builtIn(), await shippedChecks(context));
  if (write !== undefined) await writeAll(schemas, resolve(context.cwd, write), context);
  else
    context.stdout.write(
      name === undefined ? overview([...schemas.keys()]) : `${JSON.stringify(one(name, schemas), null, 2)}\n`,
    );
  return 0;
};

/** A kind is known by its own name, too. */
const one = (name: string, schemas: ReadonlyMap<string, JsonSchema>): JsonSchema => {
  const found = schemas.get(name) ?? schemas.get(`check-${name}`);
  if (found) return found;
  throw new UsageError(`there is no schema "${name}"; ${nearest(name, [...schemas.keys()])}`);
};

const writeAll = async (
  schemas: ReadonlyMap<string, JsonSchema>,
  folder: string,
  { io, stderr }: Context,
): Promise<void> => {
  await told('the schemas', async () => {
    for (const [name, schema] of schemas)
      await io.files.write(join(folder, `${name}.json`), `${JSON.stringify(schema)}\n`);
  });
  stderr.write(`${schemas.size} schemas written to ${folder}\n`);
};

const overview = (names: readonly string[]): string => `schemas: ${names.join(', ')}

holdpoint explain schema NAME prints one (JSON Schema, draft 7); an installed package has them in dist/schemas/.
An editor with the YAML language server checks a profile whose first line is
# yaml-language-server: $schema=../node_modules/holdpoint/dist/schemas/profile.json
`;
