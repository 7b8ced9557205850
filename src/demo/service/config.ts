// What a release of the auth service is told: its own config.json, and the places that the machine gives it.
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Settings of one release; they stand in `config.json` beside its code. */
export interface ReleaseConfig {
  /** The name under which `/version` reports it and under which Postgres sees its connections. */
  revision: string;
  /** Database connections that the pool may open. */
  poolSize: number;
  /** How long one query of the account page may take, milliseconds. */
  pageTimeoutMs: number;
}

/** Everything that a running instance knows. */
export interface Config extends ReleaseConfig {
  /** The real folder of the release: `current` may point elsewhere before this process ends. */
  folder: string;
  /** The name of this instance; picks `config.<instance>.json` where the release has one. */
  instance: string;
  port: number;
  databaseUrl: string;
}

const readJson = (file: string): Partial<ReleaseConfig> =>
  JSON.parse(readFileSync(file, 'utf8')) as Partial<ReleaseConfig>;

const readOptionalJson = (file: string): Partial<ReleaseConfig> => {
  try {
    return readJson(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
};

const required = (env: NodeJS.ProcessEnv, name: string): string => {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set; the lab's supervisor sets it`);
  return value;
};

/** Reads `config.json` of the release that `script` belongs to, overlaid by `config.<instance>.json`. */
export const readConfig = (script: string, env: NodeJS.ProcessEnv): Config => {
  const folder = dirname(realpathSync(script));
  const instance = env['AUTH_INSTANCE'] ?? 'a';
  const release = {
    ...readJson(join(folder, 'config.json')),
    ...readOptionalJson(join(folder, `config.${instance}.json`)),
  };
  return {
    ...(release as ReleaseConfig),
    folder,
    instance,
    port: Number(required(env, 'AUTH_PORT')),
    databaseUrl: required(env, 'AUTH_DATABASE_URL'),
  };
};
