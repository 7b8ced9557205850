// Starts the lab's processes, waits until they are ready, and ends them: a polite signal, a grace, then KILL.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** Whom a process runs as; empty means as ourselves. */
export interface RunAs {
  uid?: number;
  gid?: number;
}

/** How a child is started. */
export interface ChildPlan {
  /** For messages: `auth service a`. */
  name: string;
  argv: readonly [string, ...string[]];
  cwd: string;
  env: Record<string, string>;
  as?: RunAs;
  /** Text on stdout or stderr that says it is ready. */
  ready: string;
  /** Signals that ask it to end, each with its grace in milliseconds; KILL follows. */
  farewell: readonly (readonly [NodeJS.Signals, number])[];
}

/** A process of the lab. */
export interface Child {
  name: string;
  pid: number;
  /** What it printed, the last 20 000 characters. */
  output(): string;
  /** Resolves when it is gone. */
  gone: Promise<void>;
  /** Its stdin; the process ends when this pipe closes. */
  input: Writable;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

const outputLimit = 20_000;

/** How long a process may take until it is ready, milliseconds. */
const readyLimitMs = 15_000;

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const collect = (child: ChildProcess, onText: (all: string) => void): (() => string) => {
  let text = '';
  const take = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-outputLimit);
    onText(text);
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return () => text;
};

const endOf = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });

/**
 * Starts a process in a group of its own, so that Ctrl-C on a terminal reaches only the lab, which ends it in order.
 * Its stdin is a pipe that closes when the lab dies. Resolves when it is ready; throws with its output when it is not.
 */
export const startChild = async (plan: ChildPlan): Promise<Child> => {
  const [command, ...args] = plan.argv;
  const child = spawn(command, args, { cwd: plan.cwd, env: plan.env, detached: true, stdio: 'pipe', ...plan.as });
  // A pipe to a process that is already gone must not end the lab.
  child.stdin.on('error', () => undefined);
  let failure = '';
  child.once('error', (error) => {
    failure = error.message;
  });
  const gone = endOf(child);
  const { pid } = child;
  let output = (): string => '';
  const ready = new Promise<'ready'>((resolve) => {
    output = collect(child, (text) => {
      if (text.includes(plan.ready)) resolve('ready');
    });
  });
  const stop = async (): Promise<void> => {
    if (pid === undefined) return;
    for (const [signal, grace] of plan.farewell) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      child.kill(signal);
      await Promise.race([gone, sleep(grace)]);
    }
    signalGroup(pid, 'SIGKILL');
    await gone;
  };
  const first = await Promise.race([
    ready,
    gone.then(() => 'gone' as const),
    sleep(readyLimitMs).then(() => 'late' as const),
  ]);
  if (first !== 'ready' || pid === undefined) {
    await stop();
    const what = first === 'late' ? `was not ready within ${readyLimitMs / 1000} s` : 'ended before it was ready';
    throw new Error(`${plan.name} ${what}: ${failure || output().trim() || 'it printed nothing'}`);
  }
  return { name: plan.name, pid, output, gone, input: child.stdin, stop };
};

/** Runs a command to its end; resolves with its exit code (-1 when it could not be started) and its output. */
export const runToEnd = (
  argv: readonly [string, ...string[]],
  options: { cwd: string; env: Record<string, string>; as: RunAs },
): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const [command, ...args] = argv;
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.as,
    });
    const output = collect(child, () => undefined);
    child.once('error', (error) => resolve({ code: -1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? -1, output: output().trim() }));
  });
