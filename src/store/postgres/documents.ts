// Baselines, records and journals as rows. Every statement bears being sent twice.
import { randomUUID } from 'node:crypto';
import type { Json, RunRecord, Store, StoredBaseline } from '../../kit/index.ts';
import { type Read, readBaseline, readRecord } from '../formats.ts';
import { isGood } from '../retention.ts';
import type { Database } from './session.ts';

/** The value of a row's document; undefined, with a warning, when it is none. */
const load = <T>(
  document: unknown,
  what: string,
  read: (text: string) => Read<T>,
  warn: (text: string) => void,
): T | undefined => {
  const found = read(String(document));
  if ('value' in found) return found.value;
  warn(`${what} was left out: ${found.problem}`);
  return undefined;
};

/** As in files: a second baseline for a release is only taken when the same revision is live as at the first. */
export const saveBaseline = async ({ ask, text }: Database, baseline: StoredBaseline): Promise<'saved' | 'kept'> => {
  const { service, environment, release, takenAt, live } = baseline;
  const rows = await ask(
    `INSERT INTO holdpoint.baselines AS first (service, environment, release, taken_at, live, document)
     VALUES (${text(service)}, ${text(environment)}, ${text(release)}, ${text(takenAt)}, ${text(live)}, ${text(JSON.stringify(baseline))})
     ON CONFLICT (service, environment, release) DO UPDATE
       SET taken_at = excluded.taken_at, document = excluded.document
       WHERE first.live = excluded.live
     RETURNING release`,
  );
  return rows.length > 0 ? 'saved' : 'kept';
};

export const findBaseline = async (
  { ask, text }: Database,
  warn: (text: string) => void,
  service: string,
  environment: string,
  release?: string,
): Promise<StoredBaseline | undefined> => {
  const [row] = await ask(
    `SELECT document FROM holdpoint.baselines
     WHERE service = ${text(service)} AND environment = ${text(environment)}
       ${release === undefined ? '' : `AND release = ${text(release)}`}
     ORDER BY taken_at DESC LIMIT 1`,
  );
  return row && load(row['document'], `a baseline of ${service}/${environment}`, readBaseline, warn);
};

export const saveRecord = async ({ ask, text }: Database, record: RunRecord): Promise<void> => {
  const { runId, service, environment, startedAt } = record;
  const good = isGood(record);
  await ask(
    `INSERT INTO holdpoint.runs (run_id, service, environment, started_at, good, document)
     VALUES (${text(runId)}, ${text(service)}, ${text(environment)}, ${text(startedAt)}, ${good}, ${text(JSON.stringify(record))})
     ON CONFLICT (run_id) DO UPDATE SET good = excluded.good, document = excluded.document`,
  );
};

export const findRecords = async (
  { ask, text }: Database,
  warn: (text: string) => void,
  { service, environment, runId, limit }: Parameters<Store['records']>[0],
): Promise<RunRecord[]> => {
  const filters = Object.entries({ service, environment, run_id: runId }).flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} = ${text(value)}`],
  );
  const rows = await ask(
    `SELECT run_id, document FROM holdpoint.runs ${filters.length > 0 ? `WHERE ${filters.join(' AND ')}` : ''}
     ORDER BY started_at DESC, run_id DESC ${limit === undefined ? '' : `LIMIT ${Math.floor(limit)}`}`,
  );
  const found = rows.map(({ run_id: id, document }) => load(document, `run ${String(id)}`, readRecord, warn));
  return found.filter((record) => record !== undefined);
};

/** The key makes a line that is sent twice stand once. */
export const append = async ({ ask, text }: Database, id: string, line: Json): Promise<void> => {
  await ask(
    `INSERT INTO holdpoint.journals (id, key, line)
     VALUES (${text(id)}, ${text(randomUUID())}, ${text(JSON.stringify(line))}) ON CONFLICT (key) DO NOTHING`,
  );
};

export const readJournal = async ({ ask, text }: Database, id: string): Promise<Json[]> =>
  (await ask(`SELECT line FROM holdpoint.journals WHERE id = ${text(id)} ORDER BY n`)).map(
    ({ line }) => JSON.parse(String(line)) as Json,
  );

export const journalIds = async ({ ask, text }: Database, prefix: string): Promise<string[]> =>
  (
    await ask(
      `SELECT id FROM holdpoint.journals WHERE left(id, length(${text(prefix)})) = ${text(prefix)}
       GROUP BY id ORDER BY max(n) DESC`,
    )
  ).map(({ id }) => String(id));
