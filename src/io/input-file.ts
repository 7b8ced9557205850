// What a command reads from its standard input: a file that has lost its name before anything stands in it.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Written at a position, so that the offset, which the command will share, stays at the beginning. */
const writeAll = async (handle: FileHandle, bytes: Buffer): Promise<void> => {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
};

/** Memory before disk: what a command reads may be secret, and a hardened container has a disk that is read-only. */
export const inputFolders = (env: NodeJS.ProcessEnv): string[] => ['/dev/shm', env['TMPDIR'] ?? tmpdir()];

/**
 * Opens it for handing on, in the first of these folders that takes it; close it when the command has ended. A pipe of
 * Node is a socket, which nobody can open by the name /dev/stdin; a file that has a name would outlive a kill with all
 * the secrets in it.
 */
export const openInput = async (
  text: string,
  [folder = tmpdir(), ...others]: readonly string[],
): Promise<FileHandle> => {
  try {
    return await openIn(folder, text);
  } catch (error) {
    if (others.length === 0) throw error;
    return openInput(text, others);
  }
};

const openIn = async (folder: string, text: string): Promise<FileHandle> => {
  const path = join(folder, `holdpoint-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    await writeAll(handle, Buffer.from(text));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
};
