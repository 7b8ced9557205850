// The source `log`: counts the lines of a log that fit a selector, from the moment it was opened.
import { resolve } from 'node:path';
import { MissedLook } from '../../kit/errors.ts';
import { type Fits, parseSelector } from '../../kit/selector.ts';
import type { Reading, Source, SourceKind, SourceWorld } from '../../kit/source.ts';
import { type Follower, openFollower } from './follower.ts';
import { openFormat, type Parse } from './formats.ts';
import { type LogSettings, logSettings } from './settings.ts';

/** The one metric: a counter of lines. */
const metric = 'lines';

/** Of a longer text only the beginning is matched as `line`. */
const longestField = 16 * 1024;

/** From so many lines on, a format that fits none of them is a mistake in the settings. */
const enoughLines = 20;

/** One log with its counters, by selector. */
interface Log {
  instance: string;
  file: string;
  follower: Follower;
  counts: Map<string, number>;
  lines: number;
  parsed: number;
}

const missed = (file: string, reason: string, what: string, cause?: unknown): MissedLook =>
  new MissedLook('instrument', reason, `log: ${file} ${what}`, { cause });

const problems: Record<string, [reason: string, what: string]> = {
  ENOENT: ['source_unreachable', 'does not exist'],
  ENOTDIR: ['source_unreachable', 'does not exist'],
  EACCES: ['source_unreadable', 'may not be read by this user'],
  ENOTFILE: ['source_unreadable', 'is no plain file'],
};

const asMissed = (file: string, error: unknown): unknown => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined) return error;
  const [reason, what] = problems[code] ?? ['source_unreadable', `could not be read (${code})`];
  return missed(file, reason, what, error);
};

const openLogs = async (settings: LogSettings, { io, root }: SourceWorld): Promise<Log[]> => {
  const files = settings.file === undefined ? (settings.files ?? {}) : { [settings.file]: settings.file };
  return Promise.all(
    Object.entries(files).map(async ([instance, file]) => {
      const follower = await openFollower(io.files, resolve(root, file));
      return { instance, file, follower, counts: new Map<string, number>(), lines: 0, parsed: 0 };
    }),
  );
};

const readOn = async (log: Log, parse: Parse, wanted: ReadonlyMap<string, Fits>, format: string): Promise<void> => {
  const count = (line: string): void => {
    const fields = parse(line);
    log.lines += 1;
    if (fields) log.parsed += 1;
    const labels = { ...fields, line: line.slice(0, longestField), __name__: metric };
    for (const [selector, fits] of wanted)
      if (fits(labels)) log.counts.set(selector, (log.counts.get(selector) ?? 0) + 1);
  };
  try {
    const { behind } = await log.follower.drain(count);
    if (behind > 0)
      throw missed(log.file, 'source_too_large', `grows faster than it can be read: ${behind} bytes behind`);
  } catch (error) {
    throw asMissed(log.file, error);
  }
  if (log.parsed === 0 && log.lines >= enoughLines)
    throw missed(log.file, 'source_unreadable', `has ${log.lines} new lines, and none of them is in the ${format}`);
};

const nameOf = (selector: string): string => /^\s*([a-zA-Z_:][\w:]*)?/.exec(selector)?.[1] ?? metric;

const openLog = async (settings: LogSettings, world: SourceWorld): Promise<Source> => {
  const logs = await openLogs(settings, world);
  const parse = openFormat(settings);
  const format = settings.pattern === undefined ? `format ${settings.format}` : 'form of the pattern';
  const wanted = new Map<string, Fits>();
  let last: Promise<unknown> = Promise.resolve();

  const readAll = async (selectors: readonly string[]): Promise<Reading[]> => {
    for (const selector of selectors) if (!wanted.has(selector)) wanted.set(selector, parseSelector(selector));
    await Promise.all(logs.map((log) => readOn(log, parse, wanted, format)));
    const at = world.io.clock.now();
    const instances = logs.map(({ instance }) => ({ id: instance }));
    const labels = { __name__: metric };
    return selectors.map((selector) => ({
      at,
      instances,
      series:
        nameOf(selector) === metric
          ? logs.map(({ instance, counts }) => ({ labels, instance, value: counts.get(selector) ?? 0 }))
          : [],
    }));
  };

  return {
    resolution: 1000,
    read: (selectors) => {
      // A read that was given up may still be under way: two at once would count lines twice.
      const answer = last.then(() => readAll(selectors));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: async () => {
      await last;
      await Promise.all(logs.map(({ follower }) => follower.close()));
    },
  };
};

/** Lines of log files, counted while the run lasts. */
export const log: SourceKind<LogSettings> = {
  holdpointSource: 1,
  name: 'log',
  about:
    'Follows log files from their end, across rotation, and counts the lines that fit a selector: lines{status=~"5.."}. The fields of a line are labels; its text is the label line. Knows nothing of the time before it was opened.',
  example: `error-rate-delta:
  log:
    file: /var/log/nginx/access.log
    format: combined                       # or json, postgres, text; or a pattern with named groups
    total: 'lines{path!="/health"}'
    errors: 'status=~"5.."'`,
  selects: 'metrics',
  settings: logSettings,
  open: openLog,
};
