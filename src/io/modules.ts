// Finds and runs code that a profile names: the one place with a computed import.
import { messageOf } from '../kit/errors.ts';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Modules } from '../kit/index.ts';
import { within } from './within.ts';

/** Conditions of `exports` that hold for `import()` in Node. */
const conditions = ['node', 'import', 'module-sync', 'default'];

type Target = string | null | readonly Target[] | { readonly [condition: string]: Target };

const isPlain = (target: Target): target is { readonly [condition: string]: Target } =>
  typeof target === 'object' && target !== null && !Array.isArray(target);

/** The file behind `exports["."]`, by the order of Node's algorithm; undefined when none is for `import()`. */
const exported = (target: Target | undefined): string | undefined => {
  if (typeof target === 'string') return target;
  if (target === undefined || !isPlain(target)) return undefined;
  if ('.' in target) return exported(target['.']);
  const fits = Object.entries(target).filter(([condition]) => conditions.includes(condition));
  return fits.map(([, inner]) => exported(inner)).find((path) => path !== undefined);
};

const manifestIn = async (folder: string): Promise<{ exports?: Target } | undefined> => {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { exports?: Target };
  } catch {
    return undefined;
  }
};

/** The entry of a package that exports for `import` alone, which `require.resolve` cannot see. */
const importOnly = async (specifier: string, folders: readonly string[]): Promise<string | undefined> => {
  for (const folder of folders.map((modules) => join(modules, specifier))) {
    const entry = exported((await manifestIn(folder))?.exports);
    if (entry !== undefined) return join(folder, entry);
  }
  return undefined;
};

const reasonOf = (error: unknown, specifier: string): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'MODULE_NOT_FOUND')
    return specifier.startsWith('.') ? `there is no file ${specifier}` : `"${specifier}" is not installed here`;
  if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return `its package does not export "${specifier}"`;
  return messageOf(error);
};

const find: Modules['find'] = async (specifier, from) => {
  const require = createRequire(from);
  try {
    return require.resolve(specifier);
  } catch (error) {
    const entry = await importOnly(specifier, require.resolve.paths(specifier) ?? []);
    if (entry !== undefined) return entry;
    throw new Error(reasonOf(error, specifier), { cause: error });
  }
};

/**
 * Node's own modules: `find` as `createRequire` does it, `load` as `import()` does it, for at most `loadDeadline`
 * milliseconds: a plugin that waits for something while it is loaded may never come back.
 */
export const createModules = (loadDeadline = 20_000): Modules => ({
  find,
  load: async (path) =>
    within(import(pathToFileURL(path).href) as Promise<Record<string, unknown>>, loadDeadline, () => {}).catch(
      (error: unknown) => {
        const isLate = error instanceof Error && error.name === 'TimeoutError';
        throw isLate ? new Error(`it did not come back within ${loadDeadline / 1000} s`, { cause: error }) : error;
      },
    ),
});
