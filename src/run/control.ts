// Asks the control (another region, a dependency) whether it fails, too: then the fault is not in this release alone.
import { messageOf } from '../kit/errors.ts';
import type { Control, Io, RollbackPlan } from '../kit/index.ts';
import type { Stop } from './finding.ts';

/** Milliseconds that a control may take to answer. */
const controlTimeout = 10_000;

/** A stop when a control fails; nothing when all are healthy, or there is none. All are asked at once. */
export const askControl = async (
  control: RollbackPlan['control'],
  root: string,
  io: Io,
  signal: AbortSignal,
): Promise<Stop | undefined> => {
  const faults = await Promise.all(controlsIn(control).map((one) => faultOf(one, root, io, signal)));
  const failing = faults.filter((fault) => fault !== undefined);
  if (failing.length === 0) return undefined;
  return {
    check: 'control',
    reason: 'control_failing',
    text: `the control fails, too (${failing.join('; ')}): the fault is not in this release alone, so nothing is rolled back`,
  };
};

const controlsIn = (control: RollbackPlan['control']): readonly Control[] => {
  if (control === undefined || 'none' in control) return [];
  return 'status' in control || 'command' in control ? [control] : control;
};

const faultOf = (control: Control, root: string, io: Io, signal: AbortSignal): Promise<string | undefined> =>
  'status' in control ? statusFault(control.status, io, signal) : commandFault(control.command, root, io, signal);

const statusFault = async (url: string, io: Io, signal: AbortSignal): Promise<string | undefined> => {
  try {
    const { status } = await io.http.request({ method: 'GET', url, timeout: controlTimeout, signal });
    return status >= 200 && status < 300 ? undefined : `${url} answered ${status}`;
  } catch (error) {
    return `${url}: ${messageOf(error)}`;
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
