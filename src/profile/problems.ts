// Collects what is wrong, so that everything is told at once.
import { type Problem, UsageError } from '../kit/index.ts';
import { type Origin, type Path, pathText, positionOf } from './tree.ts';

/** Grows while a profile is loaded. */
export interface Problems {
  add(text: string, origin?: Origin, path?: Path): void;
  readonly count: number;
  /** Throws a UsageError with all of them, each once, when there are any. `redact` runs over every sentence. */
  throwIfAny(redact: (text: string) => string): void;
}

const same = (a: Problem, b: Problem): boolean => a.position === b.position && a.path === b.path && a.text === b.text;

export const createProblems = (): Problems => {
  const list: Problem[] = [];
  return {
    add: (text, origin, path) => {
      const problem: Problem = {
        ...(origin && { position: positionOf(origin) }),
        ...(path && path.length > 0 && { path: pathText(path) }),
        text,
      };
      if (!list.some((known) => same(known, problem))) list.push(problem);
    },
    get count() {
      return list.length;
    },
    throwIfAny: (redact) => {
      if (list.length > 0) throw new UsageError(list.map((problem) => ({ ...problem, text: redact(problem.text) })));
    },
  };
};
