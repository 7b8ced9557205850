// Opens the reporters that were asked for, and hands each event and the record to all of them.
import { resolve } from 'node:path';
import {
  type Emit,
  type MonitorPlugin,
  nearest,
  type Out,
  type Registry,
  type Reporter,
  type ReporterSession,
  type RunRecord,
  UsageError,
  messageOf,
} from '../kit/index.ts';
import { createOut, type TextStream } from '../report/index.ts';
import type { Context } from './context.ts';
import { monitorPlugin } from './monitor.ts';
import { addressOf, ownerOf, push } from './push.ts';

export interface Reporting {
  emit: Emit;
  /** The record at the end, `saved`: its path. Writes the files; false when a report failed, which has been told. */
  end(record: RunRecord, saved?: string): Promise<boolean>;
  /** Nothing is drawn while a person is asked on the same terminal. */
  quietly<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
  /** Set where a monitor reads stdout. */
  plugin: MonitorPlugin | undefined;
}

interface Opened {
  session: ReporterSession;
  /** Puts its text where it belongs when the run has ended. */
  save?(record: RunRecord): Promise<void>;
}

type Save = (text: string, record: RunRecord) => Promise<void>;

/**
 * Opens `NAME`, `NAME=FILE` or `NAME=push:URL` reporters; an unknown one is refused before anything runs. `prose`: where
 * what is written for people goes; what went wrong with a report is told on stderr all the same.
 */
export const openReporting = (
  wanted: readonly string[],
  registry: Registry,
  context: Context,
  redact: (text: string) => string,
  prose = context.stderr,
): Reporting => {
  const names = wanted.length > 0 ? wanted : [defaultReporter(context)];
  mustNotShare(names, context);
  const opened = names.flatMap((name) => openReporter(name, registry, context, redact, prose));
  const each = (step: (session: ReporterSession) => void): void => {
    for (const { session } of opened) guarded(context, () => step(session));
  };
  return {
    emit: (event) => each((session) => session.on(event)),
    end: async (record, saved) => {
      const ends: boolean[] = [];
      for (const { session, save } of opened) {
        ends.push(await guardedAsync(context, async () => session.end(record, saved)));
        if (save) ends.push(await guardedAsync(context, () => save(record)));
      }
      return ends.every(Boolean);
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
    plugin: monitorPlugin(names, registry),
  };
};

/** The one that ends last would silently replace what the other has written. */
const mustNotShare = (names: readonly string[], { cwd }: Context): void => {
  const paths = names.map((name) => (name.includes('=') ? resolve(cwd, name.slice(name.indexOf('=') + 1)) : undefined));
  for (const [place, path] of paths.entries()) {
    const first = names[paths.indexOf(path)];
    if (path !== undefined && paths.indexOf(path) < place)
      throw new UsageError(`--reporter ${names[place]}: --reporter ${first} writes there already; name another file`);
  }
};

/** The reporter itself, and a session for each file of the CI that it appends to. */
const openReporter = (
  wanted: string,
  registry: Registry,
  context: Context,
  redact: (text: string) => string,
  prose: TextStream,
): Opened[] => {
  const [name = '', ...rest] = wanted.split('=');
  const reporter = registry.reporters.get(name)?.part;
  if (!reporter)
    throw new UsageError(
      `--reporter ${wanted}: no reporter is named "${name}"; ${nearest(name, [...registry.reporters.keys()])}`,
    );
  const path = rest.join('=');
  if (path === '' && wanted.includes('='))
    throw new UsageError(`--reporter ${wanted}: a file name is missing after "="`);
  const { files } = context.io;
  const others = (): Reporter[] => [...registry.reporters.values()].map(({ part }) => part);
  const address = addressOf(wanted, path, reporter, others);
  const main =
    path === ''
      ? openStream(reporter, reporter.writes === 'prose' ? prose : context.stdout, context, redact)
      : openFile(reporter, context, redact, saverOf(reporter, address ?? resolve(context.cwd, path), context, redact));
  const appending = (reporter.appends ?? []).flatMap(({ env, open }) => {
    const file = context.env(env);
    // `append` ends the line itself.
    return file ? [openFile({ open }, context, redact, (text) => files.append(file, text.replace(/\n$/, '')))] : [];
  });
  return [main, ...appending];
};

/** Readable for everybody: for the collector of another user. */
const sharedMode = 0o644;

/** What becomes of the text: it is sent, or it becomes a file. */
const saverOf =
  (reporter: Reporter, target: URL | string, { io }: Context, redact: (text: string) => string): Save =>
  async (text, record) => {
    if (typeof target === 'string') return io.files.write(target, text, reporter.shared ? sharedMode : undefined);
    const request = reporter.push?.(target, ownerOf(record, redact));
    if (request) await push(text, request, io.http, redact);
  };

const openStream = (
  reporter: Reporter,
  stream: TextStream,
  context: Context,
  redact: (text: string) => string,
): Opened => ({ session: reporter.open(outOver(stream, context, context.env, redact), context.io.clock) });

/** Keeps the text of a reporter, and saves it when it ends. */
const openFile = (
  { open }: Pick<Reporter, 'open'>,
  context: Context,
  redact: (text: string) => string,
  save: Save,
): Opened => {
  const kept = keepText();
  const out = outOver(kept, context, withoutColour(context.env), redact);
  return { session: open(out, context.io.clock), save: (record) => save(kept.text(), record) };
};

const outOver = (stream: TextStream, context: Context, env: Context['env'], redact: (text: string) => string): Out =>
  createOut(stream, { redact, env, onError: (error) => context.stderr.write(`holdpoint: ${error.message}\n`) });

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

const guardedAsync = async (context: Context, step: () => Promise<void>): Promise<boolean> => {
  try {
    await step();
    return true;
  } catch (error) {
    say(context, error);
    return false;
  }
};

const say = ({ stderr }: Context, error: unknown): void => {
  stderr.write(`holdpoint: a report failed: ${messageOf(error)}\n`);
};
