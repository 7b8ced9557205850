// The source `log`: counts the lines of a log that fit a selector, or puts a number of theirs into buckets.
import { resolve } from 'node:path';
import { MissedLook } from '../../kit/errors.ts';
import type { Reading, Series, Source, SourceKind, SourceWorld } from '../../kit/source.ts';
import { type Follower, openFollower } from './follower.ts';
import { openFormat, type Parse } from './formats.ts';
import { type Asked, pastReadings, readPastLog } from './past.ts';
import { type LogSettings, logSettings } from './settings.ts';
import { type Counts, countLine, startCounts, type Wanted, wantedBy } from './wanted.ts';

/** From so many lines on, a format that fits none of them is a mistake in the settings. */
const enoughLines = 20;

/** One log with its counters, by selector. */
interface Log {
  instance: string;
  file: string;
  path: string;
  follower: Follower;
  counts: Map<string, Counts>;
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
      const path = resolve(root, file);
      const follower = await openFollower(io.files, path);
      return { instance, file, path, follower, counts: new Map<string, Counts>(), lines: 0, parsed: 0 };
    }),
  );
};

/** A wrong format must not look like a quiet log. */
const checkFormat = ({ file, lines, parsed }: Pick<Log, 'file' | 'lines' | 'parsed'>, format: string): void => {
  if (parsed > 0 || lines < enoughLines) return;
  throw missed(file, 'source_unreadable', `has ${lines} new lines, and none of them is in the ${format}`);
};

const readOn = async (log: Log, parse: Parse, wanted: ReadonlyMap<string, Wanted>, format: string): Promise<void> => {
  const count = (line: string): void => {
    const fields = parse(line);
    log.lines += 1;
    if (fields) log.parsed += 1;
    for (const [selector, one] of wanted) {
      const labels = one.labelsFor(line, fields);
      if (labels) countLine(countsOf(log, selector, one), labels);
    }
  };
  try {
    const { behind } = await log.follower.drain(count);
    if (behind > 0)
      throw missed(log.file, 'source_too_large', `grows faster than it can be read: ${behind} bytes behind`);
  } catch (error) {
    throw asMissed(log.file, error);
  }
  checkFormat(log, format);
};

const countsOf = ({ counts }: Log, selector: string, wanted: Wanted): Counts => {
  const found = counts.get(selector) ?? startCounts(wanted);
  counts.set(selector, found);
  return found;
};

const readPast = async (logs: readonly Log[], world: SourceWorld, asked: Asked, format: string) => {
  const past = await Promise.all(
    logs.map(async ({ instance, path, file }) => {
      try {
        const one = await readPastLog(world.io.files, { instance, path }, asked);
        checkFormat({ ...one, file }, format);
        return one;
      } catch (error) {
        throw asMissed(file, error);
      }
    }),
  );
  return pastReadings(past, asked);
};

const openLog = async (settings: LogSettings, world: SourceWorld): Promise<Source> => {
  const logs = await openLogs(settings, world);
  const parse = openFormat(settings);
  const format = settings.pattern === undefined ? `format ${settings.format}` : 'form of the pattern';
  const wanted = new Map<string, Wanted>();
  let last: Promise<unknown> = Promise.resolve();

  const readAll = async (selectors: readonly string[]): Promise<Reading[]> => {
    for (const selector of selectors) if (!wanted.has(selector)) wanted.set(selector, wantedBy(selector));
    await Promise.all(logs.map((log) => readOn(log, parse, wanted, format)));
    const at = world.io.clock.now();
    const instances = logs.map(({ instance }) => ({ id: instance }));
    const seriesOf = (log: Log, selector: string): Series[] =>
      [...countsOf(log, selector, wanted.get(selector) ?? wantedBy(selector)).values()].map((one) => ({
        ...one,
        instance: log.instance,
      }));
    return selectors.map((selector) => ({ at, instances, series: logs.flatMap((log) => seriesOf(log, selector)) }));
  };

  return {
    // It is read anew at each look.
    resolution: 1,
    read: (selectors) => {
      // A read that was given up may still be under way: two at once would count lines twice.
      const answer = last.then(() => readAll(selectors));
      last = answer.catch(() => undefined);
      return answer;
    },
    past: (selectors, span, step) =>
      readPast(logs, world, { wanted: selectors.map(wantedBy), parse, span, step: Math.max(1, step) }, format),
    close: async () => {
      await last;
      await Promise.all(logs.map(({ follower }) => follower.close()));
    },
  };
};

/** Lines of log files, counted while the run lasts and, by their own time, before it. */
export const log: SourceKind<LogSettings> = {
  holdpointSource: 1,
  name: 'log',
  about:
    'Follows log files from their end, across rotation, and counts the lines that fit a selector: lines{status=~"5.."}. The fields of a line are labels; its text is the label line. A numeric field is a histogram: request_time{path!="/health"}. The time before the deploy is read from the lines themselves, in rotated and packed files, too.',
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
