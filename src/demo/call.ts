// Runs the holdpoint command line as a user does: a process in the project's folder, without stdin, its output passed through.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunRecord } from '../kit/index.ts';
import type { Lab } from './lab/lab.ts';
import type { Ending, Scenario } from './scenarios.ts';

/** How the demo was called, as far as a call of holdpoint needs it. */
export interface Caller {
  /** What starts holdpoint: the program and its first arguments. */
  cli: readonly [string, ...string[]];
  /** Values for `--reporter`; a file in them is meant from `cwd`. */
  reporters: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Its `reason` is the name of the signal that ended the demo. */
  signal: AbortSignal;
}

/** What a call left: its exit code, and its record where it wrote one. */
export interface Called {
  exitCode: number;
  record: RunRecord | undefined;
}

/** The rule of the command line itself, which it drops because the demo asks for a record besides. */
const reportersOf = ({ reporters, env }: Pick<Caller, 'reporters' | 'env'>, terminal: boolean): readonly string[] => {
  if (reporters.length > 0) return reporters;
  return terminal && env['TERM'] !== 'dumb' && env['CI'] === undefined ? ['tty'] : ['plain'];
};

/** `json=out.json` means a file beside the caller, not in the throw-away project. */
const reporterFlag = (reporter: string, cwd: string): string[] => {
  const [name = '', file] = reporter.split('=', 2);
  return ['--reporter', file === undefined ? name : `${name}=${resolve(cwd, file)}`];
};

/** The arguments after `holdpoint`. `recordFile` is written beside whatever the caller asked for. */
export const argumentsOf = (
  scenario: Scenario,
  ending: Ending,
  lab: Pick<Lab, 'deployArgv'>,
  caller: Pick<Caller, 'reporters' | 'cwd' | 'env'>,
  recordFile: string,
): string[] => {
  const { profile } = scenario;
  const reporters = [...reportersOf(caller, process.stderr.isTTY), `json=${recordFile}`].flatMap((reporter) =>
    reporterFlag(reporter, caller.cwd),
  );
  if (ending.verb === 'check') return ['check', profile, ...reporters];
  const { revision } = scenario.after.config;
  return ['run', profile, '--release', revision, ...reporters, '--', ...lab.deployArgv(revision, scenario.deployFlags)];
};

const readRecord = async (file: string): Promise<RunRecord | undefined> => {
  // A call that failed early writes none; what it said stands above.
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as RunRecord) : undefined;
};

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

const run = (argv: readonly string[], lab: Lab, caller: Caller): Promise<number> =>
  new Promise((resolveCode, reject) => {
    const [command = '', ...args] = argv;
    // The lab's own store, whatever the person's is.
    const env = { ...caller.env, ...lab.env, HOLDPOINT_STORE: '.holdpoint' };
    // A group of its own: Ctrl-C reaches only the demo, which passes it on once; twice would mean "at once".
    const child = spawn(command, args, {
      cwd: lab.project,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const release = child.pid === undefined ? () => undefined : lab.guard(child.pid, 'SIGTERM');
    const passOn = (): void => void child.kill(caller.signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
    if (caller.signal.aborted) passOn();
    caller.signal.addEventListener('abort', passOn, { once: true });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      release();
      caller.signal.removeEventListener('abort', passOn);
      resolveCode(code ?? 128 + (signalNumbers[signal ?? 'SIGKILL'] ?? 0));
    });
  });

const mend = async ({ fix }: Ending, { app }: Lab): Promise<void> => {
  if (fix) await writeFile(join(app, 'current', fix.file), fix.text);
};

/** Puts the ending's fix in place, where it has one, and calls holdpoint once. */
export const callHoldpoint = async (scenario: Scenario, ending: Ending, lab: Lab, caller: Caller): Promise<Called> => {
  const recordFile = join(lab.folder, 'record.json');
  // A record of an earlier call must not pass for one of this call.
  await rm(recordFile, { force: true });
  await mend(ending, lab);
  const exitCode = await run([...caller.cli, ...argumentsOf(scenario, ending, lab, caller, recordFile)], lab, caller);
  return { exitCode, record: await readRecord(recordFile) };
};
