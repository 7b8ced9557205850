// Files whose every write is whole or not at all, synced to the disk before it counts as done.
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Files, OpenFile } from '../kit/index.ts';
import { hasCode, unless, writing } from './file-errors.ts';
import { readText } from './read-text.ts';

/** What holdpoint writes may name hosts and accounts: for its owner alone. */
const fileMode = 0o600;
const folderMode = 0o700;

/** A renamed or new name survives a power cut only when its folder is synced as well. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems refuse to sync a folder; the file itself is synced.
    if (!hasCode(error, 'EINVAL', 'ENOTSUP', 'EBADF')) throw error;
  } finally {
    await handle.close();
  }
};

const makeFolder = (folder: string): Promise<string | undefined> =>
  fs.mkdir(folder, { recursive: true, mode: folderMode });

/** Writes a synced temporary file beside `path`, hands it to `place`, and leaves nothing behind. */
const beside = async <T>(
  path: string,
  text: string,
  place: (temporary: string) => Promise<T>,
  mode = fileMode,
): Promise<T> => {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  await makeFolder(dirname(path));
  try {
    const handle = await fs.open(temporary, 'wx', fileMode);
    try {
      await handle.writeFile(text);
      // The umask takes bits away from those of `open`; whoever names others means them.
      if (mode !== fileMode) await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const placed = await place(temporary);
    await syncFolder(dirname(path));
    return placed;
  } finally {
    await fs.rm(temporary, { force: true });
  }
};

/** A hard link appears with its whole content or not at all, and only if nothing stands there. */
const linkNew = async (temporary: string, path: string): Promise<boolean> => {
  try {
    await fs.link(temporary, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    // Without hard links (exFAT, some mounts): exclusive, though no longer whole at once.
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    return copyNew(temporary, path);
  }
};

const copyNew = async (temporary: string, path: string): Promise<boolean> => {
  try {
    await fs.copyFile(temporary, path, fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
};

const endsTorn = async (handle: fs.FileHandle): Promise<boolean> => {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
};

const append = async (path: string, line: string): Promise<void> => {
  await makeFolder(dirname(path));
  const handle = await fs.open(path, 'a+', fileMode);
  try {
    // A writer that was killed leaves half a line: without a line break first, ours would be lost with it.
    const torn = await endsTorn(handle);
    await handle.appendFile(`${torn ? '\n' : ''}${line}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(path));
};

/** A folder that is mounted elsewhere (a container, a chroot) keeps a link right only when nothing above it is named. */
const asBefore = async (path: string, target: string): Promise<string> => {
  const before = await unless(fs.readlink(path), 'EINVAL', 'ENOENT', 'ENOTDIR');
  const inside = relative(dirname(path), target);
  const isInside = inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
  return before !== undefined && !isAbsolute(before) && isInside ? inside : target;
};

const replaceLink = async (path: string, target: string): Promise<void> => {
  const temporary = join(dirname(path), `.${randomUUID()}.link`);
  try {
    await fs.symlink(await asBefore(path, target), temporary);
    await fs.rename(temporary, path);
    await syncFolder(dirname(path));
  } finally {
    await fs.rm(temporary, { force: true });
  }
};

const readLink = async (path: string): Promise<string | undefined> => {
  const target = await unless(fs.readlink(path), 'EINVAL', 'ENOENT', 'ENOTDIR');
  return target === undefined ? undefined : resolve(dirname(path), target);
};

const stat: Files['stat'] = async (path) => {
  const found = await fs.stat(path);
  return { mode: found.mode & 0o7777, size: found.size, changedAt: found.mtimeMs, folder: found.isDirectory() };
};

/** Does not wait for a writer, as opening a named pipe would. */
const openFlags = (): number => fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

const open = async (path: string): Promise<OpenFile> => {
  const handle = await fs.open(path, openFlags());
  const found = await handle.stat({ bigint: true });
  if (!found.isFile()) {
    await handle.close();
    throw Object.assign(new Error(`${path} is no plain file`), { code: 'ENOTFILE', path });
  }
  let closing: Promise<void> | undefined;
  return {
    id: `${found.dev}:${found.ino}`,
    size: async () => (await handle.stat()).size,
    read: async (offset, length) => {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    },
    close: () => (closing ??= handle.close()),
  };
};

/** A device or a pipe (/dev/null, /dev/stdout) is written into: a rename would put a plain file in its place. */
const isStream = async (path: string): Promise<boolean> => {
  const found = await unless(fs.stat(path), 'ENOENT', 'ENOTDIR');
  return found !== undefined && !found.isFile() && !found.isDirectory();
};

const write: Files['write'] = async (path, text, mode) =>
  (await isStream(path))
    ? fs.writeFile(path, text)
    : beside(path, text, (temporary) => fs.rename(temporary, path), mode);

/** The files of this machine. Folders that a write needs are made. */
export const createFiles = (): Files => ({
  read: readText,
  open,
  readIfExists: (path) => unless(readText(path), 'ENOENT', 'ENOTDIR'),
  write: (path, text, mode) => writing(path, () => write(path, text, mode)),
  create: (path, text) => writing(path, () => beside(path, text, (temporary) => linkNew(temporary, path))),
  append: (path, line) => writing(path, () => append(path, line)),
  list: async (folder) => ((await unless(fs.readdir(folder), 'ENOENT')) ?? []).sort(),
  remove: (path) => writing(path, () => fs.rm(path, { force: true })),
  exists: async (path) => (await unless(fs.stat(path), 'ENOENT', 'ENOTDIR')) !== undefined,
  readLink,
  link: (path, target) => writing(path, () => replaceLink(path, target)),
  realPath: (path) => fs.realpath(path),
  stat,
});
