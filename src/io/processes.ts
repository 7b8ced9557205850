// Commands through zx, behind one wrapper: argument lists, no shell, a group of their own, deadlines that hold.
import { type ChildProcess, spawn } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import type { Command, Finished, Processes } from '../kit/index.ts';
import { inputFolders, openInput } from './input-file.ts';
import { createOutput } from './output.ts';
import { endGroup, isRunning, self } from './process-group.ts';
import { optionsFor, type Start } from './zx-options.ts';

const defaults = { grace: 5000, maxBytes: 64 * 1024 };

/** What a process left in the background may still hold open is read for so long after the command's own end. */
const drain = 250;

/** Longer delays overflow a 32-bit timer, which would then fire at once. */
const longestDelay = 2 ** 31 - 1;

/** What an abort before the start leaves: nothing was started. */
const notStarted = { exit: undefined, signal: undefined, timedOut: false, stdout: '', stderr: '', ms: 0 };

/** Starts the argument list, and lets go of the pipes soon after the command's own end. */
const starter =
  ([file, ...args]: Command['argv'], onStart: (child: ChildProcess) => void): Start =>
  (_line, _args, options) => {
    const child = spawn(file, args, { ...options, shell: false });
    child.once('exit', () => {
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, drain);
      child.once('close', () => clearTimeout(timer));
    });
    onStart(child);
    return child;
  };

/** Ends the group at the deadline or at the abort, whichever comes first. */
const watch = (command: Command, child: ChildProcess) => {
  const state: { timedOut: boolean; ended?: Promise<void> } = { timedOut: false };
  const end = (): void => {
    if (child.pid !== undefined) state.ended ??= endGroup(child.pid, command.grace ?? defaults.grace);
  };
  const timer = setTimeout(
    () => {
      state.timedOut = true;
      end();
    },
    Math.min(command.deadline, longestDelay),
  );
  command.signal?.addEventListener('abort', end, { once: true });
  const stop = (): void => {
    clearTimeout(timer);
    command.signal?.removeEventListener('abort', end);
  };
  child.once('exit', stop).once('error', stop);
  return state;
};

const startErrorOf = (error: Error | null): string | undefined => {
  const code = error && 'code' in error ? String(error.code) : undefined;
  return error ? (code ?? error.message) : undefined;
};

/** With the input of the command opened, and closed after it. */
const run = async (command: Command, env: NodeJS.ProcessEnv, folders: readonly string[]): Promise<Finished> => {
  if (command.input === undefined) return runWith(undefined, command, env);
  let input: FileHandle;
  try {
    input = await openInput(command.input, folders);
  } catch (error) {
    return { ...notStarted, startError: `no place for its input: ${(error as Error).message}` };
  }
  try {
    return await runWith(input, command, env);
  } finally {
    await input.close();
  }
};

const runWith = async (input: FileHandle | undefined, command: Command, env: NodeJS.ProcessEnv): Promise<Finished> => {
  const { $ } = await import('zx/core');
  if (command.signal?.aborted) return { ...notStarted, startError: 'ABORTED' };
  const { maxBytes = defaults.maxBytes, onLine } = command;
  const streams = {
    stdout: createOutput(maxBytes, onLine && ((line) => onLine(line, 'stdout'))),
    stderr: createOutput(maxBytes, onLine && ((line) => onLine(line, 'stderr'))),
  };
  const began = performance.now();
  let watched: ReturnType<typeof watch> | undefined;
  const start = starter(command.argv, (child) => {
    watched = watch(command, child);
  });
  const output = await $(optionsFor(command, { streams, input, env, start }))`command`;
  await watched?.ended;
  streams.stdout.end();
  streams.stderr.end();
  const startError = startErrorOf(output.cause);
  return {
    exit: startError === undefined ? (output.exitCode ?? undefined) : undefined,
    signal: output.signal ?? undefined,
    timedOut: watched?.timedOut ?? false,
    ...(startError === undefined ? {} : { startError }),
    stdout: streams.stdout.tail(),
    stderr: streams.stderr.tail(),
    ms: performance.now() - began,
  };
};

/** The commands of this machine, started with the given environment; `folders`: where their input may be kept. */
export const createProcesses = (env: NodeJS.ProcessEnv, folders = inputFolders(env)): Processes => ({
  run: (command) => run(command, env, folders),
  self,
  isRunning,
});
