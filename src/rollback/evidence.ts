// Evidence before the act: who holds the connections, what the checks saw last, what is live. After it, that is gone.
import { type Act, type Evidence, isoTime, type RecordedSample, type RollbackTools } from '../kit/index.ts';
import { actOf } from './acts.ts';
import { bounded } from './bounded.ts';
import type { Course } from './course.ts';
import { readLive } from './live.ts';

/** Ten seconds in all, and no more: users wait. A command gets TERM after seven and KILL one later. */
const limit = { ms: 8000, grace: 2000, command: { deadline: 7000, grace: 1000 } };

/** Characters of a command's output that are kept: the last ones. */
const outTail = 4000;

/** Characters that one check's samples may take. */
const mostOfCheck = 32_000;

/** Collects within ten seconds for the journal and the report. What is missing is named; nothing of it stops the rollback. */
export const collectEvidence = async (course: Course): Promise<void> => {
  const { tools } = course;
  const missing: string[] = [];
  const part = async <T>(what: string, otherwise: T, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      const { clock } = tools.io;
      return await bounded({ clock, ms: limit.ms, grace: limit.grace, signal: tools.signal }, work);
    } catch (error) {
      missing.push(tools.redact(`${what}: ${(error as Error).message}`));
      return otherwise;
    }
  };
  const at = isoTime(tools.io.clock.now());
  const [live, checks, ...commands] = await Promise.all([
    part('what is live', 'not known', () => liveText(course)),
    part('the checks', {}, async (signal) => (await tools.snapshot?.(signal)) ?? {}),
    ...tools.plan.evidence.map((argv) =>
      part<Act | undefined>(argv[0] ?? '', undefined, (signal) => run(argv, tools, signal)),
    ),
  ]);
  const evidence: Evidence = {
    at,
    live,
    checks: Object.fromEntries(Object.entries(checks).map(([id, samples]) => [id, fitting(id, samples, missing)])),
    commands: commands.filter((one) => one !== undefined),
    missing,
  };
  course.evidence = evidence;
};

const liveText = async (course: Course): Promise<string> => {
  const found = await readLive(course, limit.ms);
  if ('problem' in found) throw new Error(found.problem);
  return course.tools.redact(found.live.detail);
};

const fitting = (id: string, samples: RecordedSample[], missing: string[]): RecordedSample[] => {
  const size = JSON.stringify(samples).length;
  if (size <= mostOfCheck) return samples;
  missing.push(`${id}: ${size} characters are too many to keep`);
  return [];
};

/** A command that fails has said something all the same. */
const run = async (
  [program = '', ...args]: readonly string[],
  { io, root, redact }: RollbackTools,
  signal: AbortSignal,
): Promise<Act> => {
  const at = isoTime(io.clock.now());
  const argv = [program, ...args] as const;
  const finished = await io.processes.run({ argv, cwd: root, ...limit.command, signal });
  if (finished.startError !== undefined) throw new Error(`could not be started (${finished.startError})`);
  return actOf(at, argv, finished, { redact, tail: outTail });
};
