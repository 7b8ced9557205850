// `holdpoint completion SHELL`: a script that completes verbs, flags and their words, made of the command line itself.
import type { Command } from 'commander';
import { nearest, UsageError } from '../kit/index.ts';
import { listEnvironments, listProfiles, projectRoot } from '../profile/index.ts';
import { completionScript, type List, lists, type Shell, shells } from './completion-scripts.ts';
import type { Context } from './context.ts';

const isShell = (name: string): name is Shell => shells.some((shell) => shell === name);
const isList = (name: string): name is List => lists.some((list) => list === name);

/** Prints the script of a shell; `profiles`, `topics` and the like print the words that the scripts complete. */
export const completionCommand = async (name: string, cli: Command, context: Context): Promise<number> => {
  if (isShell(name)) context.stdout.write(completionScript(name, cli));
  else if (isList(name)) for (const word of await words[name](context)) context.stdout.write(`${word}\n`);
  else throw new UsageError(`there is no completion for "${name}"; ${nearest(name, [...shells])}`);
  return 0;
};

/** Each profile, and each with its environments; a broken one has none. */
const profileNames = async ({ cwd, io }: Context): Promise<string[]> => {
  const root = await projectRoot(cwd, io.files);
  const names = root === undefined ? [] : await listProfiles(root, io.files);
  const all = await Promise.all(
    names.map(async (name) => {
      const environments = await listEnvironments(name, cwd, { io, parsed: new Map() }).catch(() => []);
      return [name, ...environments.map((environment) => `${name}/${environment}`)];
    }),
  );
  return all.flat();
};

/** Loaded only for the list that is asked for: somebody waits with a finger on the tab key. */
const words: Record<List, (context: Context) => Promise<readonly string[]>> = {
  profiles: profileNames,
  topics: async () => ['schema', ...(await import('./explain.ts')).topicNames()],
  reporters: async () => [...(await import('./registry.ts')).builtIn().reporters.keys()],
  scenarios: async () => (await import('./demo.ts')).scenarios(),
  shells: async () => shells,
};
