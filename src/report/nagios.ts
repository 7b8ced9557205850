// The reporter `nagios`: one line with a status word and performance data, as monitoring plugins print it.
import { clip, type RecordedCheck, type Reporter, type RunRecord } from '../kit/index.ts';
import { atEnd } from './at-end.ts';
import { headline } from './headline.ts';

/** The plugin API of Nagios: https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/pluginapi.html. */
const exitCodes = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 };

type Status = keyof typeof exitCodes;

export const nagios: Reporter = {
  holdpointReporter: 1,
  name: 'nagios',
  about: 'one line for Nagios and its kin, at the end: OK, WARNING, CRITICAL or UNKNOWN, with performance data',
  writes: 'machine',
  open: (out) => atEnd(out, (record) => `${lineOf(record)}\n`),
  plugin: {
    exitCode: (record) => exitCodes[status(record)],
    noAnswer: { exitCode: exitCodes.UNKNOWN, line: (why) => `HOLDPOINT UNKNOWN - ${clip(inOneLine(why), longest)}\n` },
  },
};

const inOneLine = (text: string): string => text.replaceAll('|', '/').replaceAll(/\s+/g, ' ').trim();

/** https://www.monitoring-plugins.org/doc/guidelines.html: everything after the first `|` is performance data. */
const lineOf = (record: RunRecord): string => {
  const data = record.checks.flatMap(performance);
  return `HOLDPOINT ${status(record)} - ${said(record).replaceAll('|', '/')}${data.length > 0 ? ` | ${data.join(' ')}` : ''}`;
};

/** NRPE cuts an answer at 1024 bytes: the performance data needs room, too. */
const longest = 400;

const said = (record: RunRecord): string => {
  const { head, text } = headline(record);
  const why = record.decision.action === 'pass' ? '' : record.diagnosis.headline;
  return clip(why === '' || text.includes(why) ? head + text : `${head}${text}; ${why}`, longest);
};

/** What was found to be bad is CRITICAL, also when it was rolled back; what could not be found out is UNKNOWN. */
const status = ({ exitCode, checks, decision }: RunRecord): Status => {
  if (exitCode === 0) {
    const isClean = decision.action === 'pass' && checks.every(({ action }) => action === 'none');
    return isClean ? 'OK' : 'WARNING';
  }
  return [10, 13, 20, 21, 22, 23].includes(exitCode) ? 'CRITICAL' : 'UNKNOWN';
};

const units: Readonly<Record<string, { unit: string; factor: number }>> = {
  ms: { unit: 'ms', factor: 1 },
  s: { unit: 's', factor: 1 },
  share: { unit: '%', factor: 100 },
};

/** `'db-connections'=37;;35`: value with unit, no warning threshold, the limit as the critical one. */
const performance = ({ id, value, limit, unit }: RecordedCheck): string[] => {
  if (value === undefined) return [];
  const { unit: symbol, factor } = units[unit ?? ''] ?? { unit: '', factor: 1 };
  const critical = limit === undefined || !Number.isFinite(limit) ? '' : `;;${digits(limit * factor)}`;
  return [`${label(id)}=${Number.isFinite(value) ? digits(value * factor) + symbol : 'U'}${critical}`];
};

/** Within quotes a quote is doubled; `=` ends a label, and `|` begins the data. */
const label = (id: string): string => `'${id.replaceAll("'", "''").replace(/[=|]/g, '_')}'`;

/** Only digits and a point are allowed: no exponent. */
const digits = (value: number): string => value.toFixed(6).replace(/\.?0+$/, '');
