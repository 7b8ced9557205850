// Opens the store that a URL or a path names.
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Store, UsageError } from '../kit/index.ts';
import { type FileStoreOptions, openFileStore } from './files.ts';

export { openFileStore } from './files.ts';

/** An absolute path or a `file:` URL opens a store of files. Throws a UsageError for anything else. */
export const openStore = (url: string, options: Omit<FileStoreOptions, 'folder'>): Store =>
  openFileStore({ ...options, folder: folderOf(url) });

const folderOf = (url: string): string => {
  if (isAbsolute(url)) return url;
  if (url.startsWith('file:///')) return fileURLToPath(url);
  // What stands behind the scheme may hold a password: it is not repeated.
  const named = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? url;
  throw new UsageError(
    `the store "${named}" is not known; expected a folder (.holdpoint) or its URL (file:///var/lib/holdpoint)`,
  );
};
