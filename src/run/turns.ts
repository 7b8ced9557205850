// Lets only so many looks be under way at once: a thousand connections side by side measure themselves, not the service.

/** Turns to look, first come, first served. */
export interface Turns {
  /** Resolves when it is one's turn; undefined when it is at once. */
  take(): Promise<void> | undefined;
  /** Ends a turn. */
  giveBack(): void;
}

/** More looks than any profile for one service has checks; ten seconds of timeout do not pile up behind one another. */
const mostAtOnce = 64;

/** Turns for the looks of one run. */
export const createTurns = (most: number = mostAtOnce): Turns => {
  const waiting: (() => void)[] = [];
  let free = most;
  return {
    take: () => {
      if (free > 0) {
        free -= 1;
        return undefined;
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    giveBack: () => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
};
