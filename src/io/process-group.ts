// Signals to a whole process group, and the identity of a process: all of it works where there is no `ps`.
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessIdentity, Processes } from '../kit/index.ts';

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Sends a signal; false when there is nobody (left) to get it. A process that we may not signal does exist. */
const send = (target: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return kill(target, signal);
  } catch (error) {
    if (codeOf(error) === 'EPERM') return true;
    if (codeOf(error) === 'ESRCH') return false;
    throw error;
  }
};

/** How often it is looked whether a group is gone, milliseconds. */
const lookEvery = 20;

/** TERM to the group that `leader` leads; what still runs `grace` milliseconds later gets KILL. */
export const endGroup = async (leader: number, grace: number): Promise<void> => {
  const until = performance.now() + grace;
  send(-leader, 'SIGTERM');
  while (send(-leader, 0) && performance.now() < until) await delay(lookEvery);
  if (send(-leader, 0)) send(-leader, 'SIGKILL');
};

/**
 * When the kernel started a process: boot id and field 22 of /proc/PID/stat (proc(5)), counted after the name in
 * parentheses, which may hold blanks. Undefined where there is no /proc.
 */
const startOf = async (id: number): Promise<string | undefined> => {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${id}/stat`, 'utf8'),
    ]);
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot.trim()} ${ticks}`;
  } catch {
    // No /proc (macOS), or the process is gone: the pid alone has to do.
    return undefined;
  }
};

/** This process, as others can recognise it. */
export const self: Processes['self'] = async () => {
  const started = await startOf(pid);
  return { pid, host: hostname(), ...(started === undefined ? {} : { started }) };
};

/** A pid that was given to another process since does not count as running. */
export const isRunning: Processes['isRunning'] = async (other: ProcessIdentity) => {
  if (other.host !== hostname()) return 'unknown';
  if (!send(other.pid, 0)) return 'no';
  const started = await startOf(other.pid);
  return other.started !== undefined && started !== undefined && started !== other.started ? 'no' : 'yes';
};
