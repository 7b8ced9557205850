// The store in files: baselines, records, locks and journals under one folder, readable with any editor.
import { join } from 'node:path';
import { type Io, jsonText, type RunRecord, type Store, type StoredBaseline } from '../kit/index.ts';
import { type Read, readBaseline, readRecord } from './formats.ts';
import { appendTo, idsOf, linesOf } from './journals.ts';
import { takeLock } from './locks.ts';
import { safeName, scopeName } from './names.ts';
import { pruneFiles } from './prune.ts';

export interface FileStoreOptions {
  /** Absolute; made when it is first written to. */
  folder: string;
  /** How messages call it; default: the folder. */
  where?: string;
  io: Io;
  /** Told of each torn or foreign file that was left out, with its path. */
  warn: (text: string) => void;
}

/** Opens the store in a folder. Nothing is read or written before it is asked for. */
export const openFileStore = (options: FileStoreOptions): Store => {
  const { folder, io, warn } = options;
  const journals = join(folder, 'journals');
  return {
    where: `files in ${options.where ?? folder}`,
    durable: false,
    saveBaseline: (baseline) => saveBaseline(options, baseline),
    baseline: (service, environment, release) => findBaseline(options, service, environment, release),
    saveRecord: (record) => saveRecord(options, record),
    pathOf: (record) => recordPath(options, record),
    records: (filter) => findRecords(options, filter),
    lock: (name, owner) => takeLock(io, join(folder, 'locks', safeName(name)), owner),
    journal: (id, line) => appendTo(io.files, journals, id, line),
    readJournal: (id) => linesOf(io.files, journals, id, warn),
    journals: (prefix) => idsOf(io.files, journals, prefix),
    prune: (rule) => pruneFiles(io.files, folder, rule),
    close: async () => {},
  };
};

/** What a file holds; undefined, with a warning that names it, when it is gone, torn or foreign. */
const load = async <T>(
  { io, warn }: FileStoreOptions,
  path: string,
  read: (text: string) => Read<T>,
): Promise<T | undefined> => {
  const text = await io.files.readIfExists(path);
  if (text === undefined) return undefined;
  const found = read(text);
  if ('value' in found) return found.value;
  warn(`${path} was left out: ${found.problem}`);
  return undefined;
};

const baselineFolder = ({ folder }: FileStoreOptions, service: string, environment: string): string =>
  join(folder, 'baselines', scopeName(service, environment));

const saveBaseline = async (options: FileStoreOptions, baseline: StoredBaseline): Promise<'saved' | 'kept'> => {
  const folder = baselineFolder(options, baseline.service, baseline.environment);
  const path = join(folder, `${safeName(baseline.release)}.json`);
  if (await options.io.files.create(path, jsonText(baseline))) return 'saved';
  const first = await load(options, path, readBaseline);
  // The old revision is live again (a rollback, then the same release once more): nothing is lost by a fresh look.
  const sameStart = first?.live !== undefined && first.live === baseline.live;
  if (first && !sameStart) return 'kept';
  // Or what stands there is no baseline: it was just named in a warning, and a good one takes its place.
  await options.io.files.write(path, jsonText(baseline));
  return 'saved';
};

const findBaseline = async (
  options: FileStoreOptions,
  service: string,
  environment: string,
  release?: string,
): Promise<StoredBaseline | undefined> => {
  const folder = baselineFolder(options, service, environment);
  if (release !== undefined) return load(options, join(folder, `${safeName(release)}.json`), readBaseline);
  const names = (await options.io.files.list(folder)).filter(isShownJson);
  const all = await Promise.all(names.map((name) => load(options, join(folder, name), readBaseline)));
  return all.filter((found) => found !== undefined).sort((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt))[0];
};

/** Temporary files of a writer that was killed begin with a dot. */
const isShownJson = (name: string): boolean => name.endsWith('.json') && !name.startsWith('.');

/** The name sorts by time and holds the scope and the run, so that a listing opens only what it returns. */
const recordName = ({ startedAt, service, environment, runId }: RunRecord): string => {
  const time = new Date(startedAt).toISOString().replaceAll(':', '-');
  return `${[time, scopeName(service, environment), safeName(runId)].join('_')}.json`;
};

const recordPath = ({ folder }: FileStoreOptions, record: RunRecord): string =>
  join(folder, 'runs', recordName(record));

const saveRecord = async (options: FileStoreOptions, record: RunRecord): Promise<string> => {
  const path = recordPath(options, record);
  await options.io.files.write(path, jsonText(record));
  return path;
};

type Filter = Parameters<Store['records']>[0];

const matches = (record: RunRecord, { service, environment, runId }: Filter): boolean =>
  (service === undefined || record.service === service) &&
  (environment === undefined || record.environment === environment) &&
  (runId === undefined || record.runId === runId);

/** False only when the name alone tells that the filter does not fit. */
const mayMatch = (name: string, { service, environment, runId }: Filter): boolean => {
  const [, scope, run] = name.slice(0, -'.json'.length).split('_');
  if (scope === undefined || run === undefined) return true;
  if (runId !== undefined && run !== safeName(runId)) return false;
  if (service === undefined) return true;
  return environment === undefined
    ? scope.startsWith(`${safeName(service).replaceAll('.', '%2E')}.`)
    : scope === scopeName(service, environment);
};

const findRecords = async (options: FileStoreOptions, filter: Filter): Promise<RunRecord[]> => {
  const folder = join(options.folder, 'runs');
  const names = (await options.io.files.list(folder)).filter(isShownJson).reverse();
  const found: RunRecord[] = [];
  for (const name of names.filter((each) => mayMatch(each, filter))) {
    if (found.length >= (filter.limit ?? Number.POSITIVE_INFINITY)) break;
    const record = await load(options, join(folder, name), readRecord);
    if (record && matches(record, filter)) found.push(record);
  }
  return found;
};
