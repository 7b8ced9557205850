// The list of earlier runs as text: a line each, the trend of every check, and how often a rollback was right.
import type { RecordedCheck, RunRecord } from '../kit/index.ts';
import { headline } from '../report/index.ts';
import type { RunMark } from '../store/index.ts';

type Marks = ReadonlyMap<string, Pick<RunMark, 'said'>>;

/** A rollback was right by the profile, whether it was carried out or withheld. */
export const wantedRollback = ({ verb, decision }: RunRecord): boolean =>
  verb === 'run' && (decision.action === 'rollback' || decision.withheld !== undefined);

/** Newest first, as they are given. */
export const historyText = (records: readonly RunRecord[], marks: Marks): string =>
  [records.map((record) => line(record, marks)), trends(records), [tally(records, marks)]]
    .map((lines) => lines.join('\n'))
    .join('\n\n');

const line = (record: RunRecord, marks: Marks): string => {
  const said = marks.get(record.runId)?.said;
  const marked = said === undefined ? '' : ` [marked ${said}]`;
  return `${record.finishedAt}  ${String(record.exitCode).padStart(3)}  ${record.verb.padEnd(8)}  ${record.service}/${record.environment}  ${record.runId}  ${headline(record).head}${marked}`;
};

const signs: Record<RecordedCheck['outcome'], string> = {
  pass: '.',
  fail: 'x',
  inconclusive: '?',
  error: '!',
  skipped: '-',
};

/** For each service the outcomes of each check, the oldest on the left, with the newest number against its limit. */
const trends = (records: readonly RunRecord[]): string[] => {
  const scopes = [...new Set(records.map(({ service, environment }) => `${service}/${environment}`))];
  return scopes.flatMap((scope) => {
    const own = records.filter(({ service, environment }) => `${service}/${environment}` === scope).reverse();
    const ids = [...new Set(own.flatMap(({ checks }) => checks.map(({ id }) => id)))];
    const width = Math.max(0, ...ids.map((id) => id.length));
    return [
      `${scope}, oldest on the left (. passed, x failed, ? could not tell, ! could not measure, - skipped):`,
      ...ids.map((id) => `  ${id.padEnd(width)}  ${trend(own, id)}`),
    ];
  });
};

const trend = (records: readonly RunRecord[], id: string): string => {
  const checks = records.map(({ checks: all }) => all.find((check) => check.id === id));
  const outcomes = checks.map((check) => (check ? signs[check.outcome] : ' ')).join('');
  const numbers = checks.flatMap((check) => (check?.value === undefined ? [] : [check]));
  const last = numbers.at(-1);
  return last === undefined ? outcomes : `${outcomes}  ${numbers.slice(-5).map(value).join(' → ')}${unitOf(last)}`;
};

const value = ({ value: number = 0 }: RecordedCheck): string => String(Math.round(number * 1000) / 1000);

const unitOf = ({ unit, limit }: RecordedCheck): string =>
  `${unit === undefined ? '' : ` ${unit}`}${limit === undefined ? '' : ` (limit ${Math.round(limit * 1000) / 1000})`}`;

/** What permission to act by itself is earned with. */
const tally = (records: readonly RunRecord[], marks: Marks): string => {
  const runs = records.filter(({ verb }) => verb === 'run');
  const wanted = runs.filter(wantedRollback);
  const [carriedOut, withheld] = [
    wanted.filter(({ decision }) => decision.withheld === undefined),
    wanted.filter(({ decision }) => decision.withheld !== undefined),
  ];
  const count = (said: string): number => wanted.filter(({ runId }) => marks.get(runId)?.said === said).length;
  const open = wanted.length - count('right') - count('wrong');
  const parts = [
    `of ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} ${withheld.length} would have rolled back, ${carriedOut.length} decided to`,
    ...(wanted.length === 0 ? [] : [`marked: ${count('right')} right, ${count('wrong')} wrong, ${open} not yet`]),
    ...(open === 0 ? [] : ['holdpoint show RUN --mark right|wrong']),
  ];
  return parts.join('; ');
};
