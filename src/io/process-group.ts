// Signals to a whole process group, and the identity of a process: all of it works where there is no `ps`.
import { readdir, readFile } from 'node:fs/promises';
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

/** How often it is looked whether a group is gone, milliseconds: at first, and at most. */
const lookEvery = { first: 20, most: 320 };

/** TERM to the group that `leader` leads; what still runs `grace` milliseconds later gets KILL. */
export const endGroup = async (leader: number, grace: number): Promise<void> => {
  const until = performance.now() + grace;
  send(-leader, 'SIGTERM');
  for (let pause = lookEvery.first; (await isLeft(leader)) && performance.now() < until; pause *= 2)
    await delay(Math.min(pause, lookEvery.most, until - performance.now()));
  if (send(-leader, 0)) send(-leader, 'SIGKILL');
};

/**
 * A zombie counts for kill(2) until whoever adopted it has looked, which the first process of a container may never
 * do: then every end of a command would take the whole grace.
 */
const isLeft = async (leader: number): Promise<boolean> => {
  if (!send(-leader, 0)) return false;
  const processes = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(processes.filter((name) => /^\d+$/.test(name)).map(statOf));
  // Where /proc cannot be read, all that is known is that the group exists.
  if (stats.every((fields) => fields === undefined)) return true;
  return stats.some((fields) => fields?.[2] === String(leader) && fields[0] !== 'Z');
};

/** The fields of /proc/PID/stat (proc(5)) after the name in parentheses, which may hold blanks; undefined without /proc. */
const statOf = async (id: number | string): Promise<string[] | undefined> => {
  const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
};

/**
 * When the kernel started a process: boot id and field 22 of /proc/PID/stat. Undefined where there is no /proc (macOS),
 * or the process is gone: the pid alone has to do.
 */
const startOf = async (id: number): Promise<string | undefined> => {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined);
  const ticks = (await statOf(id))?.[19];
  return boot === undefined || ticks === undefined ? undefined : `${boot.trim()} ${ticks}`;
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
