// Where the editor finds the schema of a profile: in the installed package, else in a copy beside the profiles.
import { join } from 'node:path';
import { profilesFolder } from '../profile/index.ts';
import type { Context } from './context.ts';
import { jsonSchemas, shippedChecks } from './explain-schema.ts';
import { builtIn } from './registry.ts';

/** As the first line of a profile names it; `text` where the copy has to be written. */
export interface SchemaFile {
  reference: string;
  path: string;
  text?: string;
}

const installed = 'node_modules/holdpoint/dist/schemas/profile.json';
const copy = '.profile-schema.json';

/** An installed package brings the schema of its own version along; without one a copy is needed. */
export const schemaFile = async (root: string, context: Context): Promise<SchemaFile> => {
  const path = join(root, profilesFolder, copy);
  if (await context.io.files.exists(join(root, installed))) return { reference: `../${installed}`, path };
  const schema = jsonSchemas(builtIn(), await shippedChecks(context)).get('profile');
  return { reference: `./${copy}`, path, text: `${JSON.stringify(schema)}\n` };
};
