// The two errors that are not bugs: the caller's mistake, and a look that could not be taken.
import type { Missed, MissedBy } from './outcomes.ts';

/** One thing that is wrong with an input: where, what, and how to mend it. */
export interface Problem {
  /** `deploy-profiles/auth.yaml:12:7`, where there is a file. */
  position?: string;
  /** `checks.login.every`, where there is a path. */
  path?: string;
  text: string;
}

/** One line per problem: `file:line:column path: what is wrong, what was expected`. */
export const problemLine = (problem: Problem): string =>
  [problem.position, problem.path]
    .filter(Boolean)
    .join(' ')
    .concat(problem.position || problem.path ? ': ' : '', problem.text);

/** The caller's mistake: exit code 2, nothing was checked. Carries all problems at once. */
export class UsageError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: string | readonly Problem[], options?: ErrorOptions) {
    const list = typeof problems === 'string' ? [{ text: problems }] : problems;
    super(list.map(problemLine).join('\n'), options);
    this.name = 'UsageError';
    this.problems = list;
  }
}

/** Thrown by sessions, sources and io when a look gave nothing; the engine records it as a missed sample. */
export class MissedLook extends Error {
  readonly missed: Missed;
  constructor(by: MissedBy, reason: string, because: string, options?: ErrorOptions) {
    super(because, options);
    this.name = 'MissedLook';
    this.missed = { by, reason, because };
  }
}

/** Recognised by its fields, so that errors of another copy of the kit count too. */
export const isMissedLook = (error: unknown): error is MissedLook =>
  error instanceof Error && error.name === 'MissedLook' && 'missed' in error;

/** What was thrown, as a sentence: plugins and libraries throw other things than errors, too. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
