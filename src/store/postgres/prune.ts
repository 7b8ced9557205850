// Retention in Postgres: statements that drop, each of which may be repeated.
import { isoTime, type Retention } from '../../kit/index.ts';
import { tooMany } from '../retention.ts';
import type { Database } from './session.ts';

/** Drops what the rule does not keep; returns how many runs. */
export const prune = async (database: Database, rule: Retention): Promise<number> => {
  await dropBaselines(database, rule);
  await dropJournals(database, rule);
  return dropRuns(database, rule);
};

const scopeOf = ({ text }: Database, { service, environment }: Retention): string =>
  `service = ${text(service)} AND environment = ${text(environment)}`;

const dropBaselines = async (database: Database, rule: Retention): Promise<void> => {
  const scope = scopeOf(database, rule);
  await database.ask(
    `DELETE FROM holdpoint.baselines WHERE ${scope} AND taken_at < ${database.text(isoTime(rule.before))}
       AND taken_at < (SELECT max(taken_at) FROM holdpoint.baselines WHERE ${scope})`,
  );
};

const dropJournals = async ({ ask, text }: Database, { service, environment, before }: Retention): Promise<void> => {
  const prefix = text(`rb:${service}/${environment}:`);
  await ask(
    `DELETE FROM holdpoint.journals WHERE id IN (
       SELECT id FROM holdpoint.journals WHERE left(id, length(${prefix})) = ${prefix}
       GROUP BY id HAVING max(at) < ${text(isoTime(before))})`,
  );
};

const dropRuns = async (database: Database, rule: Retention): Promise<number> => {
  const { ask, text } = database;
  const rows = await ask(
    `SELECT run_id, extract(epoch FROM started_at) * 1000 AS started, good FROM holdpoint.runs
     WHERE ${scopeOf(database, rule)} ORDER BY started_at DESC, run_id DESC`,
  );
  const runs = rows.map((row) => ({ id: String(row['run_id']), startedAt: Number(row['started']), good: row['good'] }));
  const good = runs.find((run) => run.good === true);
  const gone = tooMany(runs, rule).filter((run) => run !== good);
  if (gone.length === 0) return 0;
  await ask(`DELETE FROM holdpoint.runs WHERE run_id IN (${gone.map(({ id }) => text(id)).join(', ')})`);
  await ask(`DELETE FROM holdpoint.journals WHERE id IN (${gone.map(({ id }) => text(`mark:${id}`)).join(', ')})`);
  return gone.length;
};
