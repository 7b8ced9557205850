// What a file system refuses is told as a sentence: it is no bug of ours.
import { UsageError } from '../kit/index.ts';

/** Does the work; an error of the system (EACCES, EISDIR, ENOSPC …) becomes a UsageError that begins with `what`. */
export const told = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    throw new UsageError(`${what}: ${cause.message}`, { cause });
  }
};
