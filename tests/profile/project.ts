// A project in memory: its files, its environment, and a loader that looks at nothing else.
import type { Command, Files, Finished, Io } from '../../src/kit/index.ts';
import { createRedactor, type Redactor, UsageError } from '../../src/kit/index.ts';
import { type Loaded, loadProfile, type LoadRequest } from '../../src/profile/index.ts';
import { fakeIo } from '../helpers/fake-io.ts';
import { registry, shipped } from './parts.ts';

export interface Project {
  /** Text by path, relative to the project root. */
  files: Record<string, string>;
  env?: Record<string, string>;
  /** Answers to commands by their words; any other command is refused. */
  commands?: Record<string, Partial<Finished>>;
  /** Sizes that `stat` claims. */
  sizes?: Record<string, number>;
}

const root = '/project';

const notFound = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });

const filesOf = ({ files, sizes = {} }: Project): Pick<Files, 'read' | 'exists' | 'list' | 'stat'> => {
  const all = new Map(
    Object.entries(files).map(([path, text]) => [path.startsWith('/') ? path : `${root}/${path}`, text]),
  );
  for (const [name, text] of Object.entries(shipped)) all.set(`/holdpoint/checks/${name}.yaml`, text);
  const isFolder = (path: string): boolean => [...all.keys()].some((file) => file.startsWith(`${path}/`));
  const read = (path: string): string => {
    const text = all.get(path);
    if (text === undefined) throw notFound(path);
    return text;
  };
  return {
    read: async (path) => read(path),
    exists: async (path) => all.has(path) || isFolder(path),
    list: async (folder) =>
      [...all.keys()].flatMap((file) => (file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1)] : [])).sort(),
    stat: async (path) => {
      if (isFolder(path)) return { mode: 0o755, size: 0, changedAt: 0, folder: true };
      const size = sizes[path.slice(root.length + 1)] ?? read(path).length;
      return { mode: 0o644, size, changedAt: 0, folder: false };
    },
  };
};

const answers =
  (commands: Record<string, Partial<Finished>>) =>
  async ({ argv, cwd }: Command): Promise<Finished> => {
    const answer = commands[argv.join(' ')];
    if (!answer || cwd !== root) throw new Error(`nobody allowed the command ${argv.join(' ')} in ${cwd}`);
    return { exit: 0, signal: undefined, timedOut: false, stdout: '', stderr: '', ms: 1, ...answer };
  };

/** The edge of the world as the project has it. */
export const ioOf = (project: Project): Io => ({
  ...fakeIo({}),
  files: filesOf(project) as Files,
  processes: { run: answers(project.commands ?? {}) } as Io['processes'],
  env: (name) => project.env?.[name],
});

export type Options = Partial<Pick<LoadRequest, 'name' | 'verb' | 'resolve' | 'cwd'>> & { redactor?: Redactor };

/** Loads `auth` of the project as `run` does, unless told otherwise. */
export const load = (project: Project, options: Options = {}): Promise<Loaded> =>
  loadProfile({
    name: 'auth',
    cwd: root,
    io: ioOf(project),
    registry,
    checksFolder: '/holdpoint/checks',
    verb: 'run',
    resolve: true,
    redactor: createRedactor(),
    ...options,
  });

/** A project of the one file deploy-profiles/auth.yaml. */
export const one = (text: string): Project => ({ files: { 'deploy-profiles/auth.yaml': text } });

/** The message of the UsageError that loading ends with, line by line. */
export const problemsOf = async (project: Project, options: Options = {}): Promise<string[]> => {
  try {
    await load(project, options);
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n');
    throw error;
  }
  return [];
};
