// Collects what is wrong, so that everything is told at once.
import { plural, type Problem, problemLine, UsageError } from '../kit/index.ts';
import { type Origin, type Path, pathText, positionOf } from './tree.ts';

/** Grows while a profile is loaded. */
export interface Problems {
  add(text: string, origin?: Origin, path?: Path): void;
  readonly count: number;
  /** Throws a UsageError with all of them, each once, when there are any. `redact` runs over every sentence. */
  throwIfAny(redact: (text: string) => string): void;
}

/** More problems than these help nobody; the rest is counted. */
const mostTold = 100;

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
  const known = new Set<string>();
  return {
    add: (text, origin, path = []) => {
      const problem = problemOf(text, origin, path);
      const line = problemLine(problem);
      if (!known.has(line) && known.size < mostTold) list.push({ problem, origin });
      known.add(line);
    },
    get count() {
      return known.size;
    },
    throwIfAny: (redact) => {
      if (list.length === 0) return;
      const more = known.size - list.length;
      const rest = more > 0 ? [{ text: `and ${plural(more, 'more problem')}` }] : [];
      const problems = [...list.sort(byPlace).map(({ problem }) => problem), ...rest];
      throw new UsageError(problems.map((problem) => ({ ...problem, text: redact(problem.text) })));
    },
  };
};
