// `holdpoint show`: earlier runs: one of them through any reporter, or the list.
import { isoTime, type RunRecord, type Store, UsageError } from '../kit/index.ts';
import { marksOf, markRun } from '../store/index.ts';
import type { Context } from './context.ts';
import { historyText, wantedRollback } from './history.ts';
import { actorOf } from './identity.ts';
import { withProjectStore } from './project-store.ts';
import { builtIn } from './registry.ts';
import { openReporting } from './reporting.ts';
import { shortest } from './run.ts';

export interface ShowOptions {
  last: boolean;
  reporter: string[];
  store?: string;
  /** SERVICE or SERVICE/ENVIRONMENT: only its runs. */
  service?: string;
  /** A person's word on the run. */
  mark?: 'right' | 'wrong';
}

/** How many runs the list shows. */
const listed = 30;

/** Exit code 0; 2 also when a report could not be written: it is all that was asked for. */
export const showCommand = (runId: string | undefined, options: ShowOptions, context: Context): Promise<number> =>
  withProjectStore(options, context, async (store) => {
    const [service, environment] = options.service?.split('/') ?? [];
    const records = await store.records({
      limit: runId === undefined && options.last ? 1 : listed,
      ...(runId === undefined ? {} : { runId }),
      ...(service === undefined ? {} : { service }),
      ...(environment === undefined ? {} : { environment }),
    });
    const [record] = records;
    if (!record) throw new UsageError(`no run${about(runId ?? options.service)} is kept in ${store.where}`);
    if (options.mark !== undefined) return mark(record, options.mark, runId ?? options.last, store, context);
    if (runId !== undefined || options.last)
      return showOne(record, shortest(store.pathOf(record), context.cwd), options, context);
    context.stdout.write(`${historyText(records, await marksOf(store, records.map(idOf)))}\n`);
    return 0;
  });

const about = (name: string | undefined): string => (name === undefined ? '' : ` ${name}`);

const idOf = ({ runId }: RunRecord): string => runId;

/** Only a run that would have gone back can be judged so. */
const mark = async (
  record: RunRecord,
  said: 'right' | 'wrong',
  named: string | boolean,
  store: Store,
  context: Context,
): Promise<number> => {
  if (named === false) throw new UsageError('name the run that is meant: holdpoint show RUN --mark right|wrong');
  if (!wantedRollback(record))
    throw new UsageError(`run ${record.runId} did not ask for a rollback: there is nothing to mark as right or wrong`);
  const { runId } = record;
  await markRun(store, { at: isoTime(context.io.clock.now()), runId, said, by: actorOf(context.env).name });
  context.stdout.write(`run ${runId}: the rollback is marked ${said}\n`);
  return 0;
};

const showOne = async (
  record: RunRecord,
  saved: string | undefined,
  { reporter }: ShowOptions,
  context: Context,
): Promise<number> => {
  const names = reporter.length > 0 ? reporter : ['plain'];
  const reporting = openReporting(names, builtIn(), context, (text) => text, context.stdout);
  const isWritten = await reporting.end(record, saved);
  reporting.close();
  return isWritten ? 0 : 2;
};
