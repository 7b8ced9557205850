// Processes of a supervisor (pm2, systemd) that run a release behind a link: which release each of them really runs.
import type { Direction, Live } from '../../kit/index.ts';
import type { Ask } from './commands.ts';
import { type Folders, foldersOf, linked, releaseMissing, startedIn, turnLink } from './release-folders.ts';
import { editedFiles, editedSentence } from './edited-files.ts';
import { type Answer, askInstances, type VersionSettings } from './running.ts';
import type { Hands } from './system.ts';
import { join } from 'node:path';

/** What the supervisor says of one process. */
export interface Supervised {
  name: string;
  /** 0 while there is none. */
  pid: number;
  /** Why it does not count as running: `errored`, `activating (auto-restart)`. */
  problem?: string;
}

export interface SupervisedSettings extends Folders {
  version?: VersionSettings | undefined;
}

/** A process keeps the folder in which it was started: neither the link nor a restart that ended with 0 tells what runs. */
export const liveOf = async (given: SupervisedSettings, processes: readonly Supervised[], ask: Ask): Promise<Live> => {
  const folders = foldersOf(given, ask.root);
  const revision = await linked(folders, ask.io);
  const answers = given.version
    ? [
        ...processes.filter(({ problem }) => problem !== undefined).map(answerOf),
        ...(await askInstances(ask.io, given.version)),
      ]
    : await Promise.all(processes.map((each) => startedAs(each, folders, ask)));
  const others = answers.filter((answer) => !('revision' in answer) || answer.revision !== revision);
  const count = `${answers.length - others.length} of ${answers.length} ${answers.length === 1 ? 'process runs' : 'processes run'} ${revision}`;
  const rest = others.map(
    (answer) => `${answer.name} ${'problem' in answer ? answer.problem : `runs ${answer.revision}`}`,
  );
  const edits = others.length === 0 ? await editsOf(folders, revision, ask) : undefined;
  return {
    revision,
    settled: answers.length > 0 && others.length === 0 && edits === undefined,
    detail: [
      others.length === 0 ? count : `the link points to ${revision}; ${count}`,
      ...rest,
      ...(edits ? [edits] : []),
    ].join(', '),
    instances: Object.fromEntries(
      answers.flatMap((answer) => ('revision' in answer ? [[answer.name, answer.revision]] : [])),
    ),
  };
};

const answerOf = ({ name, problem = '' }: Supervised): Answer => ({ name, problem: `is ${problem}` });

const startedAs = async (one: Supervised, folders: Folders, { io }: Ask): Promise<Answer> => {
  const { name, pid, problem } = one;
  if (problem !== undefined) return answerOf(one);
  try {
    const release = await startedIn(io, pid, folders);
    if (release !== undefined) return { name, revision: release };
    return { name, problem: `tells no folder (process ${pid}); name its \`version\` URL` };
  } catch (error) {
    return {
      name,
      problem: `cannot be looked at (process ${pid}: ${(error as Error).message}); name its \`version\` URL`,
    };
  }
};

const editsOf = async ({ releases, manifest }: Folders, release: string, { io }: Ask): Promise<string | undefined> => {
  if (manifest === undefined) return undefined;
  const folder = join(releases, release);
  return editedSentence(folder, await editedFiles(folder, manifest, io));
};

/** Why a release cannot be returned to. */
export const missingOf = (given: Folders, to: string, { io, root }: Ask): Promise<string | undefined> =>
  releaseMissing(foldersOf(given, root), io, to);

/** Turns the link, unless the target is gone, and then runs what makes the processes follow it. */
export const turnAndRestart = async (
  given: Folders,
  { to }: Direction,
  { revision }: Live,
  { ask, act }: Hands,
  restart: readonly (readonly string[])[],
): Promise<void> => {
  const missing = await missingOf(given, to, ask);
  if (missing !== undefined) throw new Error(missing);
  await turnLink(foldersOf(given, ask.root), ask.io, revision, to);
  for (const argv of restart) await act(argv);
};
