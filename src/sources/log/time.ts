// When a line of a log was written, by its own words.
import type { Fields } from './formats.ts';

/** Where loggers put it: nginx, Apache, pino, winston, zap, logstash, jsonlog of Postgres. */
const names = ['time', 'timestamp', '_timestamp', 'ts', 'time_iso8601', 'time_local', 'msec', 'datetime'];

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `22/Nov/2026:19:41:06 +0100` of nginx and Apache. */
const common = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})$/;
const iso = /^\[?(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:[.,]\d+)?)\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?/;
const digits = /^\d{9,}(?:\.\d+)?$/;

/** Epoch milliseconds; undefined when it is no time. Without a zone it is the time of this machine. */
export const parseTime = (text: string): number | undefined => {
  if (digits.test(text)) return ofEpoch(Number(text));
  const [, day, month, year, clock, hours, minutes] = common.exec(text) ?? [];
  if (month !== undefined) {
    const number = String(months.indexOf(month) + 1).padStart(2, '0');
    return known(Date.parse(`${year}-${number}-${day}T${clock}${hours}:${minutes}`));
  }
  const [, date, time = '', zone = ''] = iso.exec(text) ?? [];
  if (date === undefined) return undefined;
  return known(Date.parse(`${date}T${time.replace(',', '.')}${zoneOf(zone)}`));
};

const zoneOf = (zone: string): string => {
  if (zone === 'UTC' || zone === 'GMT') return 'Z';
  return zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
};

const known = (at: number): number | undefined => (Number.isNaN(at) ? undefined : at);

/** Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size. */
const ofEpoch = (value: number): number => {
  if (value < 1e11) return value * 1000;
  if (value < 1e14) return value;
  return value < 1e17 ? value / 1000 : value / 1e6;
};

/** The time of a line (epoch milliseconds): of its fields, else at its beginning. */
export const timeOf = (line: string, fields: Fields | undefined): number | undefined => {
  for (const name of names) {
    const text = fields?.[name];
    const at = text === undefined ? undefined : parseTime(text);
    if (at !== undefined) return at;
  }
  return parseTime(line.slice(0, 40));
};
