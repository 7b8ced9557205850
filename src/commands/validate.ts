// `holdpoint validate`: are the profiles right? Offline, nothing is looked up, all problems at once.
import { join, relative } from 'node:path';
import { duration, type Io, plural, type Profile, type Registry, UsageError } from '../kit/index.ts';
import {
  listEnvironments,
  listExtended,
  listProfiles,
  type Loaded,
  loadProfile,
  type ParsedFiles,
  profilesFolder,
  projectRoot,
} from '../profile/index.ts';
import type { TextStream } from '../report/index.ts';
import type { Context } from './context.ts';
import { builtIn } from './registry.ts';

export interface ValidateRequest {
  /** Names or paths; none means all profiles of the project. */
  names: readonly string[];
  show: boolean;
  cwd: string;
  io: Io;
  registry: Registry;
  checksFolder: string;
}

/** A request in progress: each file is read once. */
interface Validating extends ValidateRequest {
  parsed: ParsedFiles;
}

/** What was found: lines for stdout, problems for stderr. */
export interface Validated {
  text: string;
  problems: string[];
}

/** A profile with one of its environments. */
type Outcome = { loaded: Loaded } | { problem: string };

const loadOne = async (name: string, { names: _names, show: _show, ...request }: Validating): Promise<Outcome> => {
  try {
    return { loaded: await loadProfile({ ...request, name, verb: 'validate', resolve: false }) };
  } catch (error) {
    if (error instanceof UsageError) return { problem: error.message };
    throw error;
  }
};

/** `at most 15 min rollout + 5 min hold + 15 min rollback = 35 min`. */
const mostTime = ({ timings, rollback }: Profile): string => {
  const parts: [string, number][] = [
    ...(rollback ? [['rollout', timings.rollout] as [string, number]] : []),
    ['hold', timings.hold.deadline],
    ...(rollback ? [['rollback', rollback.deadline] as [string, number]] : []),
  ];
  const sum = parts.reduce((total, [, ms]) => total + ms, 0);
  const named = parts.map(([what, ms]) => `${duration(ms)} ${what}`).join(' + ');
  return parts.length === 1 ? `at most ${named}` : `at most ${named} = ${duration(sum)}`;
};

const factsOf = (profile: Profile): string => `${plural(profile.checks.length, 'check')}; ${mostTime(profile)}`;

const shownFile = ({ file, root }: Profile): string => {
  const inside = relative(root, file);
  return inside.startsWith('..') ? file : inside;
};

/** One line where all environments have the same facts, else one line each; `named`: one environment was asked for. */
const okLines = (profiles: readonly Profile[], named: boolean): string[] => {
  const [first] = profiles;
  if (!first) return [];
  const alike = profiles.every((profile) => factsOf(profile) === factsOf(first));
  if (!alike || named) return profiles.map((one) => `ok ${shownFile(one)} ${one.environment} (${factsOf(one)})`);
  const environments = first.name.includes('/') ? `${plural(profiles.length, 'environment')}, ` : '';
  return [`ok ${shownFile(first)} (${environments}${factsOf(first)})`];
};

/** What is right and yet not good, each sentence once for all environments. */
const warningLines = (profiles: readonly Profile[]): string[] =>
  [...new Set(profiles.flatMap(({ warnings }) => warnings))].map((text) => `warning: ${text}`);

/** The name alone, or with each of its environments. */
const withEnvironments = async (name: string, { cwd, io, parsed }: Validating): Promise<string[]> => {
  if (/\.ya?ml$/.test(name) || !name.includes('/')) {
    const environments = await listEnvironments(name, cwd, { io, parsed });
    return environments.length === 0 ? [name] : environments.map((environment) => `${name}/${environment}`);
  }
  return [name];
};

const shownLines = (loaded: readonly Loaded[]): string[] =>
  loaded.map(({ profile, show }) => `# ${profile.name}\n${show().trimEnd()}`);

/** `auth/production` alone, not `auth` or a file. */
const isNamed = (name: string, [first, second]: readonly string[]): boolean =>
  first === name && second === undefined && name.includes('/') && !/\.ya?ml$/.test(name);

const validateOne = async (name: string, request: Validating): Promise<Validated> => {
  const outcomes: Outcome[] = [];
  const names = await withEnvironments(name, request);
  for (const one of names) outcomes.push(await loadOne(one, request));
  const loaded = outcomes.flatMap((outcome) => ('loaded' in outcome ? [outcome.loaded] : []));
  const profiles = loaded.map(({ profile }) => profile);
  const problems = outcomes.flatMap((outcome) => ('problem' in outcome ? outcome.problem.split('\n') : []));
  // A profile is right as a whole or not at all.
  const ok = problems.length > 0 ? [] : okLines(profiles, isNamed(name, names));
  const warned = problems.length > 0 ? [] : warningLines(profiles);
  return { text: [...ok, ...warned, ...(request.show ? shownLines(loaded) : [])].join('\n'), problems };
};

/** All profiles of the project. */
const allNames = async ({ cwd, io, parsed }: Validating): Promise<{ names: string[]; extended: string[] }> => {
  const root = await projectRoot(cwd, io.files);
  const names = root === undefined ? [] : await listProfiles(root, io.files);
  if (root === undefined || names.length === 0)
    throw new UsageError(`there is no profile in ${profilesFolder}/ of ${root ?? `${cwd} or above it`}`);
  return { names, extended: await listExtended(root, { io, parsed }) };
};

const validateNamed = async (name: string, request: Validating): Promise<Validated> => {
  try {
    return await validateOne(name, request);
  } catch (error) {
    if (error instanceof UsageError) return { text: '', problems: error.message.split('\n') };
    throw error;
  }
};

/** Validates profiles; problems that several environments share are told once. */
export const validateProfiles = async (request: ValidateRequest): Promise<Validated> => {
  const validating = { ...request, parsed: new Map() };
  const { names, extended } =
    request.names.length > 0 ? { names: request.names, extended: [] } : await allNames(validating);
  const results: Validated[] = [];
  for (const name of names) {
    const result = await validateNamed(name, validating);
    // What others build on need not be whole; a mistake in it is told with the profile that extends it.
    results.push((extended as readonly string[]).includes(name) ? { ...result, problems: [] } : result);
  }
  const texts = results.map(({ text }) => text).filter((text) => text !== '');
  return { text: texts.join('\n'), problems: [...new Set(results.flatMap(({ problems }) => problems))] };
};

/** `validate [FILE|NAME…] [--show]`: 0 when all are right, else 2. */
export const validateCommand = async (
  names: readonly string[],
  { show }: { show: boolean },
  {
    cwd,
    io,
    packageRoot,
    stdout,
    stderr,
  }: Pick<Context, 'cwd' | 'io' | 'packageRoot'> & Record<'stdout' | 'stderr', Pick<TextStream, 'write'>>,
): Promise<number> => {
  const checksFolder = join(packageRoot, 'checks');
  const { text, problems } = await validateProfiles({ names, show, cwd, io, registry: builtIn(), checksFolder });
  if (text !== '') stdout.write(`${text}\n`);
  if (problems.length > 0) stderr.write(`${problems.join('\n')}\n`);
  return problems.length > 0 ? 2 : 0;
};
