// Opens the platform of a plan: its commands run in the project root, bounded, redacted, written down as acts.
import {
  type Act,
  type Command,
  type Emit,
  type Io,
  isoTime,
  type PlatformSession,
  type PlatformWorld,
  type RollbackPlan,
} from '../kit/index.ts';
import { actOf } from './acts.ts';

export interface PlatformTools {
  io: Io;
  /** Project root: the folder in which commands run and where relative paths begin. */
  root: string;
  redact(text: string): string;
  /** Called after each act. */
  onAct?: (act: Act) => void;
  /** Gets each line that an act prints, redacted. */
  emit?: Emit;
}

export interface OpenedPlatform {
  session: PlatformSession;
  /** Everything so far that changed, or tried to change, production. */
  acts(): Act[];
  close(): Promise<void>;
}

/** Characters of output that the record keeps of an act: the last ones. */
const outTail = 2000;

/** Opens the plan's platform. Whoever opens it closes it. */
export const openPlatform = async (
  plan: Pick<RollbackPlan, 'platform' | 'settings'>,
  tools: PlatformTools,
): Promise<OpenedPlatform> => {
  const acts: Act[] = [];
  const { io, root } = tools;
  const run: PlatformWorld['run'] = async (argv, { reads = false, ...options }) => {
    const at = isoTime(io.clock.now());
    const finished = await io.processes.run(commandOf(argv, options, tools, reads));
    if (reads) return finished;
    const act = actOf(at, argv, finished, { redact: tools.redact, tail: outTail });
    acts.push(act);
    tools.onAct?.(act);
    return finished;
  };
  const session = await plan.platform.open(plan.settings, { io, root, run });
  return { session, acts: () => [...acts], close: () => session.close() };
};

type RunOptions = Omit<Parameters<PlatformWorld['run']>[1], 'reads'>;

const commandOf = (
  [program = '', ...args]: readonly string[],
  options: RunOptions,
  { io, root, redact, emit }: PlatformTools,
  reads: boolean,
): Command => ({
  argv: [program, ...args],
  cwd: root,
  ...options,
  ...(emit && !reads
    ? { onLine: (line: string) => emit({ type: 'output', at: io.clock.now(), line: redact(line) }) }
    : {}),
});
