// Asks the control (another region, a dependency) whether it fails, too: then the fault is not in this release alone.
import { type Io, type RollbackPlan } from '../kit/index.ts';
import type { Stop } from './finding.ts';

/** Milliseconds that a control may take to answer. */
const controlTimeout = 10_000;

/** A stop when the control fails; nothing when it is healthy or declared as `none`. */
export const askControl = async (
  control: RollbackPlan['control'],
  root: string,
  io: Io,
  signal: AbortSignal,
): Promise<Stop | undefined> => {
  if (control === undefined || 'none' in control) return undefined;
  const fault =
    'status' in control
      ? await statusFault(control.status, io, signal)
      : await commandFault(control.command, root, io, signal);
  if (fault === undefined) return undefined;
  return {
    check: 'control',
    reason: 'control_failing',
    text: `the control fails, too (${fault}): the fault is not in this release alone, so nothing is rolled back`,
  };
};

const statusFault = async (url: string, io: Io, signal: AbortSignal): Promise<string | undefined> => {
  try {
    const { status } = await io.http.request({ method: 'GET', url, timeout: controlTimeout, signal });
    return status >= 200 && status < 300 ? undefined : `${url} answered ${status}`;
  } catch (error) {
    return `${url}: ${error instanceof Error ? error.message : String(error)}`;
  }
};

const commandFault = async (
  command: readonly string[],
  cwd: string,
  io: Io,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const [program = '', ...args] = command;
  const finished = await io.processes.run({ argv: [program, ...args], cwd, deadline: controlTimeout, signal });
  return finished.exit === 0 && !finished.timedOut
    ? undefined
    : `${program} ended with ${finished.exit ?? finished.signal ?? finished.startError}`;
};
