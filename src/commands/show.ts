// `holdpoint show`: earlier runs: one of them through any reporter, or the list.
import { type RunRecord, UsageError } from '../kit/index.ts';
import { projectRoot } from '../profile/index.ts';
import { headline } from '../report/index.ts';
import { openStore } from '../store/index.ts';
import type { Context } from './context.ts';
import { builtIn } from './registry.ts';
import { openReporting } from './reporting.ts';
import { shortest } from './run.ts';

export interface ShowOptions {
  last: boolean;
  reporter: string[];
  store?: string;
}

/** How many runs the list shows. */
const listed = 20;

export const showCommand = async (
  runId: string | undefined,
  options: ShowOptions,
  context: Context,
): Promise<number> => {
  const warn = (text: string): void => void context.stderr.write(`holdpoint: ${text}\n`);
  const project = options.store === undefined ? await projectRoot(context.cwd, context.io.files) : undefined;
  const store = openStore(options.store ?? '.holdpoint', { io: context.io, root: project ?? context.cwd, warn });
  try {
    const records = await store.records({
      limit: runId === undefined && options.last ? 1 : listed,
      ...(runId === undefined ? {} : { runId }),
    });
    if (records.length === 0)
      throw new UsageError(
        runId === undefined ? `no run is kept in ${store.where}` : `no run ${runId} is kept in ${store.where}`,
      );
    const [record] = records;
    if (record && (runId !== undefined || options.last))
      await showOne(record, shortest(store.pathOf(record), context.cwd), options, context);
    else context.stdout.write(`${records.map(line).join('\n')}\n`);
    return 0;
  } finally {
    await store.close();
  }
};

const showOne = async (
  record: RunRecord,
  saved: string | undefined,
  { reporter }: ShowOptions,
  context: Context,
): Promise<void> => {
  const stdout = { ...context, stderr: context.stdout };
  const reporting = openReporting(reporter.length > 0 ? reporter : ['plain'], builtIn(), stdout, (text) => text);
  await reporting.end(record, saved);
  reporting.close();
};

const line = (record: RunRecord): string =>
  `${record.finishedAt}  ${String(record.exitCode).padStart(3)}  ${record.verb.padEnd(8)}  ${record.service}/${record.environment}  ${record.runId}  ${headline(record).head}`;
