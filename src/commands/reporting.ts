// Opens the reporters that were asked for, and hands each event and the record to all of them.
import { resolve } from 'node:path';
import { type Emit, nearest, type Registry, type ReporterSession, type RunRecord, UsageError } from '../kit/index.ts';
import { createOut, type TextStream } from '../report/index.ts';
import type { Context } from './context.ts';

export interface Reporting {
  emit: Emit;
  /** The record at the end, `saved`: its path. Writes the files. */
  end(record: RunRecord, saved?: string): Promise<void>;
  /** Nothing is drawn while a person is asked on the same terminal. */
  quietly<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

interface Opened {
  session: ReporterSession;
  /** Where its text goes when it ends. */
  file?: { path: string; text(): string };
}

/** Opens `NAME` or `NAME=FILE` reporters; an unknown one is refused before anything runs. */
export const openReporting = (
  wanted: readonly string[],
  registry: Registry,
  context: Context,
  redact: (text: string) => string,
): Reporting => {
  const names = wanted.length > 0 ? wanted : [defaultReporter(context)];
  const opened = names.map((name) => openReporter(name, registry, context, redact));
  const each = (step: (session: ReporterSession) => void): void => {
    for (const { session } of opened) guarded(context, () => step(session));
  };
  return {
    emit: (event) => each((session) => session.on(event)),
    end: async (record, saved) => {
      for (const { session, file } of opened) {
        await guardedAsync(context, async () => session.end(record, saved));
        if (file) await guardedAsync(context, () => context.io.files.write(file.path, file.text()));
      }
    },
    quietly: async (work) => {
      each((session) => session.pause?.());
      try {
        return await work();
      } finally {
        each((session) => session.resume?.());
      }
    },
    close: () => each((session) => session.close()),
  };
};

const openReporter = (
  wanted: string,
  registry: Registry,
  context: Context,
  redact: (text: string) => string,
): Opened => {
  const [name = '', ...rest] = wanted.split('=');
  const reporter = registry.reporters.get(name)?.part;
  if (!reporter)
    throw new UsageError(
      `--reporter ${wanted}: no reporter is named "${name}"; ${nearest(name, [...registry.reporters.keys()])}`,
    );
  const path = rest.join('=');
  if (path === '' && wanted.includes('='))
    throw new UsageError(`--reporter ${wanted}: a file name is missing after "="`);
  const kept = path === '' ? undefined : keepText();
  const stream = kept ?? (reporter.writes === 'prose' ? context.stderr : context.stdout);
  const out = createOut(stream, {
    redact,
    env: kept ? withoutColour(context.env) : context.env,
    onError: (error) => context.stderr.write(`holdpoint: ${error.message}\n`),
  });
  const session = reporter.open(out, context.io.clock);
  return kept ? { session, file: { path: resolve(context.cwd, path), text: kept.text } } : { session };
};

const keepText = (): TextStream & { text(): string } => {
  const parts: string[] = [];
  return { write: (text) => parts.push(text), on: () => undefined, text: () => parts.join('') };
};

/** Where the output is no terminal that can be redrawn, `tty` prints the lines of `plain`. */
const defaultReporter = ({ stderr }: Context): string => (stderr.isTTY === true ? 'tty' : 'plain');

/** Colours are for terminals: FORCE_COLOR says nothing about a file. */
const withoutColour =
  (env: Context['env']): Context['env'] =>
  (name) =>
    name === 'FORCE_COLOR' ? undefined : env(name);

/** A reporter that throws is said and breaks nothing: what happens to a report must not change what happens to a release. */
const guarded = (context: Context, step: () => void): void => {
  try {
    step();
  } catch (error) {
    say(context, error);
  }
};

const guardedAsync = async (context: Context, step: () => Promise<void>): Promise<void> => {
  try {
    await step();
  } catch (error) {
    say(context, error);
  }
};

const say = ({ stderr }: Context, error: unknown): void => {
  stderr.write(`holdpoint: a report failed: ${error instanceof Error ? error.message : String(error)}\n`);
};
