// Runs the command line inside of the test: real files, no terminal, streams kept as texts.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CommanderError } from 'commander';
import type { Context } from '../../src/commands/context.ts';
import { program } from '../../src/commands/program.ts';
import { createIo } from '../../src/io/index.ts';
import { UsageError } from '../../src/kit/index.ts';

export interface Typed {
  env?: Record<string, string>;
  /** Lines that the person types, one per question; `null`: there is no terminal and nothing to read. */
  answers?: string[];
  /** A terminal is there to ask on. */
  terminal?: boolean;
}

export interface Told {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** What was asked, in order; hidden questions in brackets. */
  asked: string[];
}

const packageRoot = resolve(import.meta.dirname, '../..');

const contextOf = (cwd: string, { env = {}, answers = [], terminal = false }: Typed, told: Told): Context => {
  const left = [...answers];
  const answer = (question: string): Promise<string> => {
    told.asked.push(question);
    return Promise.resolve(left.shift() ?? '');
  };
  const inEnv = (all: Readonly<Record<string, string | undefined>>): Context => ({
    cwd,
    packageRoot,
    version: '0.0.0-test',
    env: (name) => all[name],
    stdin: { isTTY: terminal },
    stdout: { write: (text) => (told.stdout += text), on: () => undefined },
    stderr: { write: (text) => (told.stderr += text), on: () => undefined },
    io: createIo({ version: '0.0.0-test', env: all }),
    withEnv: (more) => inEnv({ ...more, ...all }),
    interrupts: { signal: new AbortController().signal, by: () => undefined },
    faults: { signal: new AbortController().signal, keep: () => () => {} },
    ask: answer,
    askHidden: (question) => answer(`[${question}]`),
    usage: () => ({ maxRssMb: 0, eventLoopDelayP99Ms: 0 }),
  });
  return inEnv(env);
};

const quiet = (command: Command, told: Told): void => {
  command.exitOverride().configureOutput({
    writeOut: (text) => (told.stdout += text),
    writeErr: (text) => (told.stderr += text),
  });
};

/** Types a command in a folder. A caller's mistake is told as `cli.ts` tells it: exit code 2. */
export const runHere = async (cwd: string, args: readonly string[], typed: Typed = {}): Promise<Told> => {
  const told: Told = { exitCode: 0, stdout: '', stderr: '', asked: [] };
  const cli = program(contextOf(cwd, typed, told), (code) => {
    told.exitCode = code;
  });
  for (const command of [cli, ...cli.commands]) quiet(command, told);
  try {
    await cli.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof CommanderError)) throw error;
    told.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError) told.stderr += `${error.message}\n`;
  }
  return told;
};
