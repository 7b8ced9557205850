// Errors of the file system: their codes, and what they mean for whoever reads the message.

const remedies: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EFBIG: 'the file would be larger than this user may write (ulimit -f)',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  ENAMETOOLONG: 'the name is too long for the file system',
};

/** The `code` of an error of Node, such as ENOENT. */
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** Whether it is an error of Node with one of these codes. */
export const hasCode = (error: unknown, ...codes: string[]): boolean => codes.includes(codeOf(error) ?? '');

/** Keeps `code` and `cause`, and says with path and sentence what could not be written. */
const explained = (error: unknown, path: string): Error => {
  const code = codeOf(error) ?? 'unknown error';
  const message = `${path} could not be written: ${remedies[code] ?? (error as Error).message} (${code})`;
  return Object.assign(new Error(message, { cause: error }), { code, path });
};

/** Does the work; an error of it says that, and why, `path` could not be written. */
export const writing = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw explained(error, path);
  }
};

/** Undefined in place of an error with one of these codes. */
export const unless = async <T>(work: Promise<T>, ...codes: string[]): Promise<T | undefined> => {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
};
