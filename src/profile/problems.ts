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

interface Placed {
  problem: Problem;
  origin: Origin | undefined;
}

/** By file, then from top to bottom; problems without a place come first. */
const byPlace = (a: Placed, b: Placed): number => {
  if (!a.origin || !b.origin) return Number(a.origin !== undefined) - Number(b.origin !== undefined);
  const files = a.origin.source.shown.localeCompare(b.origin.source.shown, 'en');
  return files === 0 ? a.origin.offset - b.origin.offset : files;
};

const problemOf = (text: string, origin: Origin | undefined, path: Path): Problem => ({
  ...(origin && { position: positionOf(origin) }),
  ...(path.length > 0 && { path: pathText(path) }),
  text,
});

export const createProblems = (): Problems => {
  const list: Placed[] = [];
  return {
    add: (text, origin, path = []) => {
      const problem = problemOf(text, origin, path);
      if (!list.some((known) => same(known.problem, problem))) list.push({ problem, origin });
    },
    get count() {
      return list.length;
    },
    throwIfAny: (redact) => {
      if (list.length === 0) return;
      const problems = list.sort(byPlace).map(({ problem }) => problem);
      throw new UsageError(problems.map((problem) => ({ ...problem, text: redact(problem.text) })));
    },
  };
};
