// Files of which some exist in memory only: what is read before it is written, or never written at all.
import type { Files } from '../kit/index.ts';

/** The files, with these texts by absolute path on top. */
export const withFiles = (files: Files, texts: ReadonlyMap<string, string>): Files => ({
  ...files,
  exists: async (path) =>
    texts.has(path) || [...texts.keys()].some((one) => one.startsWith(`${path}/`)) || files.exists(path),
  read: async (path) => texts.get(path) ?? files.read(path),
  stat: async (path) => {
    const text = texts.get(path);
    return text === undefined ? files.stat(path) : { mode: 0o600, size: text.length, changedAt: 0, folder: false };
  },
});
