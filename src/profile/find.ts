// Finds the file of a profile by name or path, and the project that it belongs to.
import { basename, dirname, join, resolve } from 'node:path';
import { type Files, nearest, UsageError } from '../kit/index.ts';

/** The folder of profiles; the folder that holds it is the project root. */
export const profilesFolder = 'deploy-profiles';

export interface FoundProfile {
  /** Absolute. */
  file: string;
  root: string;
  /** `auth`. */
  name: string;
  environment?: string;
}

/** The project root: searched from `from` upwards; undefined when there is none. */
export const projectRoot = async (from: string, files: Files): Promise<string | undefined> => {
  if (await files.exists(join(from, profilesFolder))) return from;
  const parent = dirname(from);
  return parent === from ? undefined : projectRoot(parent, files);
};

/** Whether a file in the folder is a profile. */
export const isProfile = (file: string): boolean => /\.ya?ml$/.test(file);

export const withoutEnding = (file: string): string => file.replace(/\.ya?ml$/, '');

/** Names of all profiles of a project, sorted. */
export const listProfiles = async (root: string, files: Files): Promise<string[]> =>
  (await files.list(join(root, profilesFolder))).filter(isProfile).map(withoutEnding);

const refuseParents = (name: string): void => {
  if (!name.split(/[\\/]/).includes('..')) return;
  throw new UsageError(
    `"${name}": a profile name cannot hold "../"; write name[/environment], or the whole path of a file`,
  );
};

const byPath = async (
  path: string,
  environment: string | undefined,
  cwd: string,
  files: Files,
): Promise<FoundProfile> => {
  const file = resolve(cwd, path);
  if (!(await files.exists(file))) throw new UsageError(`there is no file ${path}`);
  const folder = dirname(file);
  const root = basename(folder) === profilesFolder ? dirname(folder) : ((await projectRoot(folder, files)) ?? folder);
  const name = withoutEnding(basename(file));
  return { file, root, name, ...(environment === undefined ? {} : { environment }) };
};

const firstExisting = async (paths: readonly string[], files: Files): Promise<string | undefined> => {
  for (const path of paths) if (await files.exists(path)) return path;
  return undefined;
};

const byName = async (
  name: string,
  environment: string | undefined,
  cwd: string,
  files: Files,
): Promise<FoundProfile> => {
  const root = await projectRoot(cwd, files);
  if (root === undefined)
    throw new UsageError(`there is no folder ${profilesFolder}/ in ${cwd} or above it; it holds the profiles`);
  const stem = join(root, profilesFolder, name);
  const file = await firstExisting([`${stem}.yaml`, `${stem}.yml`], files);
  const known = file === undefined ? await listProfiles(root, files) : [];
  if (file === undefined)
    throw new UsageError(`there is no profile "${name}" in ${profilesFolder}/; ${nearest(name, known)}`);
  return { file, root, name, ...(environment === undefined ? {} : { environment }) };
};

const isName = (text: string | undefined): boolean => text === undefined || /^\w[\w.-]*$/.test(text);

/**
 * The file behind `auth`, `auth/production`, `./auth.yaml`, `deploy-profiles/auth.yaml` or
 * `deploy-profiles/auth.yaml/production`. Throws a UsageError that names the nearest profile.
 */
export const findProfile = async (given: string, cwd: string, files: Files): Promise<FoundProfile> => {
  refuseParents(given);
  const [, path, ofPath] = /^(.*\.ya?ml)(?:\/([^/]+))?$/.exec(given) ?? [];
  if (path !== undefined) return byPath(path, ofPath, cwd, files);
  const [name = '', environment, ...rest] = given.split('/');
  if (name === '' || rest.length > 0 || !isName(name) || !isName(environment))
    throw new UsageError(
      `"${given}" is not the name of a profile; write name[/environment], or the path of a .yaml file`,
    );
  return byName(name, environment, cwd, files);
};
