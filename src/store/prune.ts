// Retention in files: what is dropped is told by names and times; records are opened only to find the newest good one.
import { join } from 'node:path';
import type { Files, Retention } from '../kit/index.ts';
import { readRecord } from './formats.ts';
import { idsOf, journalPath } from './journals.ts';
import { scopeName } from './names.ts';
import { isGood, tooMany } from './retention.ts';

interface StoredRun {
  path: string;
  runId: string;
  /** Epoch milliseconds. */
  startedAt: number;
}

/** Drops what the rule does not keep; returns how many runs. */
export const pruneFiles = async (files: Files, folder: string, rule: Retention): Promise<number> => {
  await dropBaselines(files, folder, rule);
  await dropJournals(files, join(folder, 'journals'), rule);
  const runs = await runsOf(files, join(folder, 'runs'), rule);
  const old = tooMany(runs, rule);
  const good = old.length > 0 ? await newestGood(files, runs) : undefined;
  const gone = old.filter((run) => run !== good);
  for (const { path, runId } of gone) {
    await files.remove(path);
    await files.remove(journalPath(join(folder, 'journals'), `mark:${runId}`));
  }
  return gone.length;
};

/** `2026-11-22T02-47-00.000Z` in a file's name, as epoch milliseconds. */
const timeIn = (text: string): number => Date.parse(text.replace(/T(\d\d)-(\d\d)-/, 'T$1:$2:'));

const runsOf = async (files: Files, folder: string, { service, environment }: Retention): Promise<StoredRun[]> =>
  (await files.list(folder)).reverse().flatMap((name) => {
    const [time = '', scope, runId, ...rest] = name.replace(/\.json$/, '').split('_');
    const startedAt = timeIn(time);
    const isOurs = name.endsWith('.json') && scope === scopeName(service, environment) && rest.length === 0;
    return isOurs && runId !== undefined && !Number.isNaN(startedAt)
      ? [{ path: join(folder, name), runId: decodeURIComponent(runId), startedAt }]
      : [];
  });

const newestGood = async (files: Files, runs: readonly StoredRun[]): Promise<StoredRun | undefined> => {
  for (const run of runs) {
    const text = await files.readIfExists(run.path);
    const read = text === undefined ? undefined : readRecord(text);
    if (read && 'value' in read && isGood(read.value)) return run;
  }
  return undefined;
};

const dropBaselines = async (files: Files, folder: string, { service, environment, before }: Retention) => {
  const own = join(folder, 'baselines', scopeName(service, environment));
  const names = (await files.list(own)).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  const dated = await Promise.all(
    names.map(async (name) => ({ path: join(own, name), at: (await files.stat(join(own, name))).changedAt })),
  );
  const newest = Math.max(...dated.map(({ at }) => at));
  for (const { path, at } of dated) if (at < before && at < newest) await files.remove(path);
};

const dropJournals = async (files: Files, folder: string, { service, environment, before }: Retention) => {
  for (const id of await idsOf(files, folder, `rb:${service}/${environment}:`)) {
    const path = journalPath(folder, id);
    if ((await files.stat(path)).changedAt < before) await files.remove(path);
  }
};
