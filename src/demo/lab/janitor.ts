// The janitor outlives the lab by a moment: when the pipe from the lab closes, it ends what the lab left and removes its folder.
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the lab tells its janitor, one JSON document per line. */
export type JanitorOrder =
  /** A process that must not outlive the lab, and the signal that ends it. */
  | { watch: number; signal: NodeJS.Signals }
  /** That process is gone in good order. */
  | { gone: number }
  /** A folder to remove. */
  | { folder: string };

const signalIfThere = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const readOrders = async (input: Readable): Promise<{ pids: Map<number, NodeJS.Signals>; folders: string[] }> => {
  const pids = new Map<number, NodeJS.Signals>();
  const folders: string[] = [];
  for await (const line of createInterface({ input })) {
    const order = JSON.parse(line) as JanitorOrder;
    if ('watch' in order) pids.set(order.watch, order.signal);
    else if ('gone' in order) pids.delete(order.gone);
    else folders.push(order.folder);
  }
  return { pids, folders };
};

/** Listens until the lab is gone, in order or not, and cleans up what is left. */
export const runJanitor = async (input: Readable): Promise<void> => {
  // Ctrl-C and a closed terminal end the lab; the janitor's work begins only then.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const { pids, folders } = await readOrders(input);
  for (const [pid, signal] of pids) signalIfThere(pid, signal);
  if (pids.size > 0) await sleep(1500);
  for (const pid of pids.keys()) signalIfThere(pid, 'SIGKILL');
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 })));
};
