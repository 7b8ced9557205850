// What run, check, baseline and rollback have in common: profile, store, lock, platform, reporters; opened, then closed.
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import {
  createRedactor,
  messageOf,
  type PlatformSession,
  type Profile,
  type Redactor,
  type RunRecord,
  type Store,
  UsageError,
  type Verb,
} from '../kit/index.ts';
import { openPlatform } from '../rollback/index.ts';
import { isPostgresUrl, openStore } from '../store/index.ts';
import type { Context } from './context.ts';
import { lock } from './lock.ts';
import { loadResolved } from './resolved.ts';
import { openReporting, type Reporting } from './reporting.ts';
import { createSaid, type Said } from './said.ts';
import { select } from './selection.ts';
import { mustBeApart } from './store-apart.ts';
import { bugText } from './tell.ts';
import { learnStore, namedStore, refuseThrowAway } from './store-url.ts';

/** Flags that several verbs share. */
export interface CommonOptions {
  reporter: string[];
  only: string[];
  skip: string[];
  store?: string;
  envFile?: string;
  /** Milliseconds to wait for the lock of another run. */
  wait?: number;
}

export interface Opened {
  profile: Profile;
  redactor: Redactor;
  store: Store;
  reporting: Reporting;
  platform?: { session: PlatformSession; acts: Awaited<ReturnType<typeof openPlatform>>['acts'] };
  overrides: string[];
  /** Where the record was stored last (a path). */
  saved(): string | undefined;
  /** The record as it may be shown: redacted once for the store and all reporters. */
  shown(record: RunRecord): RunRecord;
}

/** Opens everything for one verb, gives it to `work`, and closes everything on every path. */
export const withSession = async <T>(
  verb: Verb | 'baseline',
  name: string,
  options: CommonOptions,
  context: Context,
  work: (opened: Opened) => Promise<T>,
): Promise<T> => {
  const redactor = createRedactor();
  const url = namedStore(options, context);
  learnStore(url, redactor);
  const { profile: whole } = await loadResolved(
    { name, verb, durableStore: url !== undefined && isPostgresUrl(url) },
    redactor,
    context,
  );
  const { profile, overrides } = select(whole, options);
  const said = createSaid((text) => redactor.text(text));
  const reporting = listening(
    openReporting(verb === 'baseline' ? [] : options.reporter, profile.registry, context, (text) =>
      redactor.text(text),
    ),
    said,
  );
  const closing: (() => Promise<void>)[] = [async () => reporting.close()];
  const letGo = context.faults.keep();
  try {
    if (verb === 'run') refuseThrowAway(profile, url, context);
    const { store, saved, shown } = redacted(storeOf(url, profile, redactor, context), redactor, said);
    closing.push(() => store.close());
    if (url !== undefined && isPostgresUrl(url) && verb !== 'check') await mustBeApart(url, profile, context.io);
    if (verb !== 'check') closing.push(await usable(store, () => lock(store, profile, options.wait ?? 0, context)));
    const platform = await platformOf(profile, redactor, reporting, context);
    if (platform) closing.push(() => platform.close());
    for (const warning of profile.warnings)
      reporting.emit({ type: 'note', at: context.io.clock.now(), level: 'warn', text: warning });
    return await work({
      profile,
      redactor,
      store,
      saved,
      shown,
      reporting,
      overrides,
      ...(platform ? { platform } : {}),
    });
  } finally {
    const tell = (text: string): unknown => context.stderr.write(`holdpoint: ${redactor.text(text)}\n`);
    await closeAll([...closing.reverse(), () => context.io.http.close()], tell);
    letGo();
    const { signal: fault } = context.faults;
    if (fault.aborted) context.stderr.write(redactor.text(bugText(fault.reason)));
  }
};

/** What was decided stands: a lock whose store is gone, say, is told, and ends by itself. */
const closeAll = async (closing: readonly (() => Promise<void>)[], tell: (text: string) => unknown): Promise<void> => {
  for (const close of closing)
    try {
      await close();
    } catch (error) {
      tell(`not everything could be closed: ${messageOf(error)}`);
    }
};

/** The default store stands beside the profiles; one that is named is relative to where the command is typed. */
const storeOf = (url: string | undefined, profile: Profile, redactor: Redactor, context: Context): Store =>
  openStore(url ?? '.holdpoint', {
    io: context.io,
    root: url === undefined ? profile.root : context.cwd,
    warn: (text) => context.stderr.write(`holdpoint: ${redactor.text(text)}\n`),
  });

/** What the reporters are told is heard, too. */
const listening = (reporting: Reporting, said: Said): Reporting => ({
  ...reporting,
  emit: (event) => {
    said.hear(event);
    reporting.emit(event);
  },
});

/** Nothing reaches the store that could not be shown; remembers where the record went. */
const redacted = (store: Store, redactor: Redactor, said: Said): Pick<Opened, 'store' | 'saved' | 'shown'> => {
  let path: string | undefined;
  let last: { record: RunRecord; clean: RunRecord } | undefined;
  const shown = (record: RunRecord): RunRecord => {
    if (last?.record !== record) last = { record, clean: redactor.json(record) };
    // That the record could not be stored is said after it was composed.
    return { ...last.clean, ...said.kept() };
  };
  const saveRecord: Store['saveRecord'] = async (record) => {
    path = await store.saveRecord(shown(record));
    return path;
  };
  return {
    saved: () => path,
    shown,
    store: {
      ...store,
      saveRecord,
      saveBaseline: (baseline) => store.saveBaseline(redactor.json(baseline)),
      journal: (id, line) => store.journal(id, redactor.json(line)),
    },
  };
};

const platformOf = async (profile: Profile, redactor: Redactor, { emit }: Reporting, { io }: Context) =>
  profile.rollback &&
  openPlatform(profile.rollback, { io, root: profile.root, redact: (text) => redactor.text(text), emit });

/** A full disk or a read-only folder is no bug: it is told as it is, before anything was checked or deployed. */
export const usable = async <T>(store: Store, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw new UsageError(
      `the store (${store.where}) cannot be used, so nothing was begun: ${cause.message}. Name another with --store.`,
      { cause },
    );
  }
};

/** `--env-file FILE`: lines `NAME=value`, for the profile and for its commands; variables that are set already win. */
export const withEnvFile = async (file: string | undefined, context: Context): Promise<Context> => {
  if (file === undefined) return context;
  const text = await context.io.files.readIfExists(resolve(context.cwd, file));
  if (text === undefined) throw new UsageError(`--env-file ${file}: there is no such file`);
  return context.withEnv(parseEnv(text));
};
