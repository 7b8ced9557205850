// What platforms share about commands: how one is shown, how its end is told, how its answer is read, how it acts.
import type { ZodType } from 'zod';
import {
  count,
  type Direction,
  duration,
  type Finished,
  type Io,
  type Live,
  type PlatformWorld,
  Superseded,
  type UndoOrder,
} from '../../kit/index.ts';

const isPlain = /^[\w@%+=:,./-]+$/;

/** An argument list as a person would type it into a POSIX shell. */
export const shellLine = (argv: readonly string[]): string =>
  argv.map((word) => (isPlain.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(' ');

/** Characters of its output that stand in a sentence about a failed command. */
const shown = 300;

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' | ');

const lastLines = ({ stdout, stderr }: Finished): string => {
  const text = oneLine((stderr.trim() || stdout.trim()).slice(-shown));
  return text === '' ? '' : `: ${text}`;
};

/** A sentence about a command that did not end with 0; undefined when it did. */
export const failureOf = (argv: readonly string[], finished: Finished, deadline: number): string | undefined => {
  const { exit, signal, timedOut, startError } = finished;
  const line = shellLine(argv);
  if (startError !== undefined) return `\`${line}\` could not be started (${startError})`;
  if (timedOut) return `\`${line}\` had not ended after ${duration(deadline)} and was stopped${lastLines(finished)}`;
  if (exit === undefined) return `\`${line}\` was ended by ${signal ?? 'a signal'}${lastLines(finished)}`;
  return exit === 0 ? undefined : `\`${line}\` ended with ${exit}${lastLines(finished)}`;
};

/** Throws that sentence as an Error. */
export const mustSucceed = (argv: readonly string[], finished: Finished, deadline: number): void => {
  const failure = failureOf(argv, finished, deadline);
  if (failure !== undefined) throw new Error(failure);
};

/** Milliseconds for a command that only looks. */
export const readDeadline = 30_000;

/** Bytes of an answer: a list of old ReplicaSets has megabytes. */
const mostBytes = 32 * 1024 * 1024;

/** Asks a deploy system by its command line. Every question only reads. */
export interface Ask {
  /** However the command ends. */
  run(argv: readonly string[]): Promise<Finished>;
  /** What it printed. Throws a sentence when it did not end with 0. */
  text(argv: readonly string[]): Promise<string>;
  /** What it printed, as JSON of this shape. Throws a sentence when it is something else. */
  json<T>(argv: readonly string[], schema: ZodType<T>): Promise<T>;
  io: Io;
  /** Project root. */
  root: string;
}

/** Questions that end with the signal. */
export const asking = (world: PlatformWorld, signal?: AbortSignal): Ask => {
  const run: Ask['run'] = (argv) =>
    world.run(argv, { deadline: readDeadline, reads: true, maxBytes: mostBytes, ...(signal ? { signal } : {}) });
  const text: Ask['text'] = async (argv) => {
    const finished = await run(argv);
    mustSucceed(argv, finished, readDeadline);
    return finished.stdout;
  };
  const { io, root } = world;
  return { run, text, json: async (argv, schema) => understood(argv, await text(argv), schema), io, root };
};

/** Text as JSON of this shape. Throws a sentence that names the command and what it printed instead. */
export const understood = <T>(argv: readonly string[], text: string, schema: ZodType<T>): T => {
  const printed = `\`${shellLine(argv)}\` printed`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Half an answer may hold what no redactor knows: the environment of a process, a whole pod template.
    if (/^\s*[[{]/.test(text))
      throw new Error(`${printed} JSON that breaks off after ${count(text.length)} characters`);
    throw new Error(`${printed} no JSON: ${oneLine(text.slice(0, shown)) || 'nothing'}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${printed} something else than expected: ${issue?.path.join('.') || 'the top'}: ${issue?.message}`);
};

/** With what a command of the way back is run. */
export interface Acting {
  order: UndoOrder;
  /** Milliseconds. */
  deadline: number;
  world: PlatformWorld;
  signal?: AbortSignal | undefined;
  /** Its standard input: what no argument list may show. */
  input?: string | undefined;
}

/** Runs a command of the way back, and gives what it printed. Throws a sentence when it does not end with 0. */
export const act = async (
  argv: readonly string[],
  { order, deadline, world, signal, input }: Acting,
): Promise<string> => {
  // A deploy tool that calls holdpoint again from its own hooks must not start a rollback of this rollback.
  const env = { HOLDPOINT_TOKEN: String(order.token), HOLDPOINT_ROLLBACK_OF: order.from };
  const finished = await world.run(argv, {
    deadline,
    env,
    ...(signal ? { signal } : {}),
    ...(input === undefined ? {} : { input }),
  });
  mustSucceed(argv, finished, deadline);
  return finished.stdout;
};

/** An argument that begins with `-` would be read as an option. Throws a sentence. */
export const mustBeRevision = (to: string): void => {
  if (to === '' || to.startsWith('-')) throw new Error(`"${to}" is no revision to go back to`);
};

/** Throws `Superseded` when neither end of the way is live. */
export const mustBeOurs = ({ revision }: Pick<Live, 'revision'>, { from, to }: Direction): void => {
  if (revision !== from && revision !== to)
    throw new Superseded(revision, `${revision} is live, not ${from}: somebody else has deployed`);
};

/**
 * One revision out of those of all parts of a service. A mixture is nobody's revision, unless it lies on the way that
 * is under way: then it is `from`, half gone.
 */
export const revisionOfParts = (
  parts: readonly string[],
  between?: Direction,
): { revision: string; isMixed: boolean } => {
  const all = [...new Set(parts)].sort();
  const isHalfWay = between && all.length > 1 && all.every((each) => each === between.from || each === between.to);
  return { revision: isHalfWay ? between.from : all.join('+'), isMixed: all.length !== 1 };
};
