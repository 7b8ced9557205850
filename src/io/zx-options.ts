// How zx is called: every option is said, so that none comes from its defaults or from the environment.
import type { ChildProcess, spawn, SpawnOptions } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { cwd } from 'node:process';
import type { Options } from 'zx/core';
import type { Command } from '../kit/index.ts';
import type { Output } from './output.ts';

export interface Streams {
  stdout: Output;
  stderr: Output;
}

/** The chunks go into our bounded outputs and nowhere else: zx itself would hold all of them (200 MB → 498 MB). */
const boundedStore = (streams: Streams): NonNullable<Options['store']> => ({
  stdout: chunksInto((chunk) => streams.stdout.push(chunk)),
  stderr: chunksInto((chunk) => streams.stderr.push(chunk)),
  stdall: chunksInto(() => {}),
});

const chunksInto = (take: (chunk: Buffer) => void) => {
  const none: Buffer[] = [];
  return Object.assign(none, {
    push: (...chunks: (Buffer | string)[]): number => {
      for (const chunk of chunks) take(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      return 0;
    },
  });
};

/**
 * Every option that zx would else take from its defaults or from ZX_* variables (ZX_PREFIX ran a command of its own).
 * `spawn` gets the argument list as it is: no shell and no quoting. Deadlines and kills are ours: those of zx need `ps`
 * and report a command that traps TERM as a success (facts measured with zx 8.8.5).
 */
export const optionsFor = (
  command: Command,
  {
    streams,
    input,
    ...given
  }: { streams: Streams; input: FileHandle | undefined; env: NodeJS.ProcessEnv; start: Start },
): Partial<Options> => ({
  cwd: command.cwd ?? cwd(),
  env: { ...given.env, ...command.env },
  spawn: given.start as typeof spawn,
  store: boundedStore(streams),
  stdio: [input?.fd ?? 'ignore', 'pipe', 'pipe'],
  shell: true,
  prefix: '',
  postfix: '',
  quote: () => '',
  nothrow: true,
  quiet: true,
  verbose: false,
  detached: true,
  preferLocal: false,
  timeout: 0,
  timeoutSignal: 'SIGTERM',
  killSignal: 'SIGTERM',
  halt: false,
  log: () => {},
});

export type Start = (line: string, args: readonly string[], options: SpawnOptions) => ChildProcess;
