// What a replay says: each check before → now, the decision before → now, and why.
import { plural, type RecordedCheck, type RunRecord } from '../kit/index.ts';

export interface Compared {
  recorded: RunRecord;
  replayed: RunRecord;
  /** What could not be taken over, and what was stood in for. */
  notes: readonly string[];
  /** The profile as it is told: its path. */
  profile: string;
}

/** The whole text; what is the same on both sides is said once. */
export const replayText = (compared: Compared): string => {
  const { recorded, replayed, notes, profile } = compared;
  const release = recorded.release.label === '' ? '' : `, release ${recorded.release.label}`;
  return [
    `replay of ${recorded.verb} ${recorded.runId} (${recorded.profile}${release}, ${recorded.startedAt}) under ${profile}`,
    '',
    ...checkLines(compared),
    '',
    `decision: ${moved(decisionText(recorded), decisionText(replayed))}`,
    ...(replayed.decision.action === 'pass'
      ? []
      : replayed.decision.because.map(({ check, text }) => `  because ${check}: ${text}`)),
    ...notes.map((note) => `note: ${note}`),
    `exit code ${replayed.exitCode}: ${ending(replayed)}; a replay acts on nothing`,
  ].join('\n');
};

/** `pass`, `block`, `rollback`, or a block in place of a rollback. */
const decisionText = ({ decision: { action, withheld } }: RunRecord): string =>
  withheld === undefined ? action : `${action} (a rollback was withheld)`;

const moved = (before: string, now: string): string => (before === now ? `${now}, as before` : `${before} → ${now}`);

const ending = ({ decision, exitCode, checks }: RunRecord): string => {
  if (decision.action === 'rollback') return 'it would be rolled back';
  if (exitCode === 0) return `it would pass with ${plural(checks.length, 'check')}`;
  return 'it would block';
};

const checkLines = ({ recorded, replayed }: Compared): string[] => {
  const rows = replayed.checks.map((now) => {
    const before = recorded.checks.find(({ id }) => id === now.id);
    return { id: now.id, change: moved(before ? outcomeText(before) : 'unknown', outcomeText(now)), now };
  });
  const width = Math.max(...rows.map(({ id }) => id.length));
  return rows.flatMap(({ id, change, now }) => [
    `${id.padEnd(width)}  ${change}`,
    `${' '.repeat(width)}  ${now.because}${limitText(now, recorded)}`,
  ]);
};

/** `fail over_block_limit [introduced]`. */
const outcomeText = ({ outcome, reason, attribution }: RecordedCheck): string => {
  const since = outcome === 'fail' ? ` [${attribution}]` : '';
  return outcome === 'pass' ? outcome : `${outcome} ${reason}${since}`;
};

/** A limit that moved is what people look for. */
const limitText = ({ id, limit, unit }: RecordedCheck, recorded: RunRecord): string => {
  const before = recorded.checks.find((check) => check.id === id)?.limit;
  if (limit === undefined || before === undefined || before === limit) return '';
  return ` [limit ${rounded(before)} → ${rounded(limit)}${unit === undefined ? '' : ` ${unit}`}]`;
};

const rounded = (value: number): number => Number(value.toPrecision(3));
