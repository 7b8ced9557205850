// `holdpoint init check NAME -- curl …`: a check of kind `http` out of the curl line that somebody has at hand.
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { UsageError } from '../kit/index.ts';
import { profilesFolder, projectRoot } from '../profile/index.ts';
import type { Context } from './context.ts';
import { checkOf, type CurlCheck, looksSecret } from './curl/check.ts';
import { curlWords, readCurl } from './curl/index.ts';
import { writeValid } from './init.ts';
import { withFiles } from './memory-files.ts';

/** Writes `checks/NAME.yaml`, proves that it loads in a profile, and prints the lines that use it. */
export const initCheckCommand = async (words: readonly string[], context: Context): Promise<number> => {
  const [name = '', ...typed] = words;
  if (!/^\w[\w-]*$/.test(name) || !/^\s*curl(?:\s|$)/.test(typed[0] ?? ''))
    throw new UsageError('write it like: holdpoint init check health -- curl https://auth.example.com/health');
  const curl = await readCurl(curlWords(typed), (path) => fileOf(path, context));
  const made = checkOf(name, curl);
  const root = (await projectRoot(context.cwd, context.io.files)) ?? context.cwd;
  const text = `# One request and what its answer must look like; made of a curl line. \`holdpoint explain http\` has the keys.\n${stringify(made.check, { lineWidth: 0 })}`;
  await writeValid(
    new Map([[join(root, 'checks', `${name}.yaml`), text]]),
    '.init',
    root,
    withProbe(context, join(root, profilesFolder, '.init.yaml'), name, made.target),
  );
  const notes = looksSecret(curl.body.body)
    ? [...curl.notes, 'the body stands in the file as it is: write what is secret in it as ${secret:NAME}']
    : curl.notes;
  context.stdout.write(told(name, made, notes));
  return 0;
};

const told = (name: string, { target, secrets }: CurlCheck, notes: readonly string[]): string => {
  const use = stringify({ [name]: { use: `./checks/${name}.yaml`, target } }, { lineWidth: 0 });
  const exports = [...secrets].map(([variable, { value, about }]) => `export ${variable}=${value}   # ${about}\n`);
  return [
    `checks/${name}.yaml was written. In a profile:\n\nchecks:\n${use.replaceAll(/^/gm, '  ').trimEnd()}\n\n`,
    ...exports,
    ...notes.map((note) => `note: ${note}\n`),
  ].join('');
};

const fileOf = async (path: string, { cwd, io }: Context): Promise<string> => {
  const text = path === '-' ? undefined : await io.files.readIfExists(resolve(cwd, path));
  if (text === undefined) throw new UsageError(`the curl line reads ${path}, and there is no such file`);
  return text;
};

/** A profile in memory that uses the check, so that it can be validated. */
const withProbe = (context: Context, path: string, name: string, target: string): Context => {
  const text = stringify({ service: 'init', checks: { [name]: { use: `./checks/${name}.yaml`, target } } });
  return { ...context, io: { ...context.io, files: withFiles(context.io.files, new Map([[path, text]])) } };
};
