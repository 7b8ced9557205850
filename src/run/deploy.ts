// Runs the deploy command of `run … -- COMMAND` while the checks already watch.
import { clip, type Emit, type Io } from '../kit/index.ts';
import type { Stop } from './finding.ts';

/** A deploy may take this long (milliseconds) before it is ended. */
const deployDeadline = 60 * 60_000;

/** Lines of a deploy command that are shown; each one is searched for secrets, which a flood would not be worth. */
const shownLines = 5000;

const createTeller = (tell: (line: string) => void): ((line: string) => void) => {
  let told = 0;
  return (line) => {
    told += 1;
    if (told <= shownLines) tell(line);
    if (told === shownLines) tell(`… no more than ${shownLines} lines are shown`);
  };
};

/** Runs the command; a stop when it did not end with 0. */
export const deploy = async (
  argv: readonly [string, ...string[]],
  cwd: string,
  io: Io,
  emit: Emit,
  signal: AbortSignal,
): Promise<Stop | undefined> => {
  const onLine = createTeller((line) => emit({ type: 'output', at: io.clock.now(), line }));
  const finished = await io.processes.run({ argv, cwd, deadline: deployDeadline, signal, onLine });
  if (finished.exit === 0 && !finished.timedOut) return undefined;
  const how =
    finished.startError !== undefined
      ? `could not be started (${finished.startError})`
      : finished.signal !== undefined
        ? `was ended by ${finished.signal}`
        : `ended with exit code ${finished.exit}`;
  const last = finished.stderr.trim().split('\n').at(-1) ?? '';
  const text = `the deploy command ${argv[0]} ${how}${last === '' ? '' : `: ${clip(last, 200)}`}; nothing was verified`;
  return { check: 'deploy', reason: 'deploy_failed', text };
};
