// What a line of a log says: JSON, the combined format of nginx and Apache, the formats of Postgres, a pattern.
import type { LogSettings } from './settings.ts';

/** The fields of a line by name. */
export type Fields = Record<string, string>;

/** Undefined for a line that is not in the format. */
export type Parse = (line: string) => Fields | undefined;

const deepest = 4;

/** A name in a selector: `err.code` → `err_code`. */
const labelOf = (path: string): string => path.replaceAll(/\W/g, '_');

const flatten = (value: unknown, path: string, depth: number, fields: Fields): void => {
  if (typeof value === 'string') fields[labelOf(path)] = value;
  else if (typeof value === 'number' || typeof value === 'boolean') fields[labelOf(path)] = String(value);
  else if (typeof value === 'object' && value !== null && depth < deepest)
    for (const [key, one] of Object.entries(value))
      flatten(one, path === '' ? key : `${path}.${key}`, depth + 1, fields);
};

/** Where loggers put the code and the text of an error: pino and winston, structured logs, jsonlog of Postgres. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  code: ['err_code', 'error_code', 'sqlstate', 'state_code', 'err_cause_code', 'error_cause_code'],
  message: ['msg', 'err_message', 'error_message'],
  severity: ['error_severity', 'level'],
};

const withSpellings = (fields: Fields): Fields => {
  for (const [name, others] of Object.entries(spellings)) {
    const found = others.find((other) => fields[other] !== undefined);
    if (fields[name] === undefined && found !== undefined) fields[name] = fields[found] ?? '';
  }
  return fields;
};

const parseJson: Parse = (line) => {
  if (!line.startsWith('{')) return undefined;
  try {
    const fields: Fields = {};
    flatten(JSON.parse(line), '', 0, fields);
    return withSpellings(fields);
  } catch {
    return undefined;
  }
};

const byPattern =
  (pattern: RegExp): Parse =>
  (line) => {
    const groups = pattern.exec(line)?.groups;
    if (!groups) return undefined;
    return Object.fromEntries(
      Object.entries(groups).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  };

/**
 * `remote - user [time] "GET /path HTTP/1.1" 200 512 "referer" "agent"`; the common format has no last two. Many append
 * `$request_time`, alone or as `rt=0.012`.
 */
const combined =
  /^(?<remote>\S+) \S+ (?<user>\S+) \[(?<time>[^\]]+)\] "(?:(?<method>[A-Z]+) (?<path>\S+)(?: (?<protocol>[^"]*))?|[^"]*)" (?<status>\d{3}) (?<bytes>\d+|-)(?: "(?<referer>(?:[^"\\]|\\.)*)" "(?<agent>(?:[^"\\]|\\.)*)"(?: (?:rt=|request_time=)?(?<request_time>\d+\.\d+)(?=\s|$))?)?/;

/**
 * Lines of Postgres on stderr, in English. The SQLSTATE stands before the severity when log_line_prefix ends in `%e `,
 * and after it with log_error_verbosity = verbose; else there is none.
 */
const postgresText =
  /(?:(?<=[\s=])(?<early>[0-9A-Z]{5})\s+)?(?<severity>DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC):\s+(?:(?<late>[0-9A-Z]{5}):\s)?(?<message>.*)/;

const csvField = /"((?:[^"]|"")*)"?(?:,|$)|([^,]*)(?:,|$)/y;

/** The first 14 columns; a message may go on in the next line. */
const csvFields = (line: string): string[] => {
  const fields: string[] = [];
  csvField.lastIndex = 0;
  while (fields.length < csvColumns && csvField.lastIndex < line.length) {
    const found = csvField.exec(line);
    if (!found) return fields;
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
  }
  return fields;
};

/** log_time, user, database, pid, …, error_severity, sql_state_code, message: PostgreSQL 9 to 18, Runtime config, logging. */
const csvColumns = 14;

const postgresCsv: Parse = (line) => {
  const [, user = '', database = '', , , , , , , , , severity, code, message = ''] = csvFields(line);
  if (severity === undefined || code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return undefined;
  return { user, database, severity, code, message };
};

const parsePostgres: Parse = (line) => {
  const csv = /^\d{4}-[^,]*,/.test(line) ? postgresCsv(line) : undefined;
  if (csv) return csv;
  const groups = postgresText.exec(line)?.groups;
  if (!groups) return undefined;
  const { early, late = early, severity = '', message = '' } = groups;
  return { severity, message, ...(late === undefined ? {} : { code: late }) };
};

const parserOf = ({ format, pattern }: LogSettings): Parse => {
  if (pattern !== undefined) return byPattern(new RegExp(pattern));
  switch (format) {
    case 'json':
      return parseJson;
    case 'combined':
      return byPattern(combined);
    case 'postgres':
      return parsePostgres;
    case 'text':
      return () => ({});
    default:
      return format satisfies never;
  }
};

/** The parser of these settings, with the author's own names for fields. */
export const openFormat = (settings: LogSettings): Parse => {
  const parse = parserOf(settings);
  const own = Object.entries(settings.fields).map(([name, path]): [string, string] => [name, labelOf(path)]);
  return (line) => {
    const fields = parse(line);
    if (!fields) return undefined;
    const renamed = own.flatMap(([name, from]) => (fields[from] === undefined ? [] : [[name, fields[from]]]));
    return { ...fields, ...Object.fromEntries(renamed) };
  };
};
