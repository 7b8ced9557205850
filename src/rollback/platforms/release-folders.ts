// Releases in folders behind a link: which one the link means, whether one can be returned to, and the turn of the link.
import { basename, dirname, join, resolve } from 'node:path';
import { someText } from '../../kit/units.ts';
import { once } from '../../kit/once.ts';
import type { Io } from '../../kit/index.ts';
import { shellLine } from './commands.ts';
import type { Need } from './system.ts';
import { editedFiles, editedSentence } from './edited-files.ts';

/** The settings of every platform with release folders. */
export const folderKeys = once(() => ({
  releases: someText().prefault('./releases'),
  current: someText().prefault('./current'),
  /** A file in each release with the sha256 of its files, as `sha256sum` writes it. */
  manifest: someText().optional(),
}));

/** What a turn of the link leaves as it is. */
export const behindLinkAftermath =
  'The release folder alone went back, on this machine: folders that releases share, configuration beside them and other machines stayed as they were. The next deploy brings the rolled back release again.';

export interface Folders {
  /** Absolute. */
  releases: string;
  current: string;
  manifest?: string | undefined;
}

/** Relative paths begin in the project root. */
export const foldersOf = ({ releases, current, manifest }: Folders, root: string): Folders => ({
  releases: resolve(root, releases),
  current: resolve(root, current),
  manifest,
});

/** The name of the release folder that the link points to. Throws a sentence when there is none. */
export const linked = async ({ releases, current }: Folders, io: Io): Promise<string> => {
  const target = await io.files.readLink(current);
  if (target === undefined) throw new Error(`${current} is no symbolic link: which release is live cannot be told`);
  const inside = await samePlace(dirname(target), releases, io);
  if (!inside) throw new Error(`${current} points to ${target}, which is not a folder in ${releases}`);
  return basename(target);
};

/** Two spellings of one folder (/var and /private/var) are one place. */
const samePlace = async (a: string, b: string, { files }: Io): Promise<boolean> => {
  if (a === b) return true;
  if (!(await files.exists(a)) || !(await files.exists(b))) return false;
  return (await files.realPath(a)) === (await files.realPath(b));
};

/** Why a release cannot be returned to: cleaned up, edited since, or no release at all. */
export const releaseMissing = async (folders: Folders, io: Io, to: string): Promise<string | undefined> => {
  const { releases, manifest } = folders;
  if (to !== basename(to) || to.startsWith('.')) return `${to} is not the name of a folder in ${releases}`;
  const folder = join(releases, to);
  if (!(await io.files.exists(folder))) return `${folder} is gone: the release to return to was cleaned up`;
  if (!(await io.files.stat(folder)).folder) return `${folder} is no folder: there is no release to return to`;
  if (manifest === undefined) return undefined;
  return editedSentence(folder, await editedFiles(folder, manifest, io));
};

/** Says of a live release whether its files are what was deployed: a sentence when not. */
export type Changed = (release: string) => Promise<string | undefined>;

/** Milliseconds for which an answer holds: what is live is read twice a second, and a release has thousands of files. */
const recheck = 10_000;

/** Held against the manifest, where the profile names one. */
export const watchEdits = ({ releases, manifest }: Folders, io: Io): Changed => {
  let last: { release: string; at: number; sentence: string | undefined } | undefined;
  return async (release) => {
    if (manifest === undefined) return undefined;
    const at = io.clock.monotonic();
    if (last && last.release === release && at - last.at < recheck) return last.sentence;
    const folder = join(releases, release);
    last = { release, at, sentence: editedSentence(folder, await editedFiles(folder, manifest, io)) };
    return last.sentence;
  };
};

/** `mv -T` replaces the link in one step; `ln -sfn` alone does so only in newer versions of GNU ln, but passes over what an earlier try has left. */
export const linkLine = ({ releases, current }: Folders, to: string): string =>
  [
    shellLine(['ln', '-sfn', join(releases, to), `${current}.new`]),
    shellLine(['mv', '-T', `${current}.new`, current]),
  ].join(' && ');

/** What a turn of the link needs: POSIX `test`, so that nothing is written to find out. */
export const folderNeeds = ({ current, releases }: Folders): Need[] => [
  {
    what: `may replace ${current}`,
    argv: ['test', '-w', dirname(current)],
    next: `give the account that runs holdpoint write permission on ${dirname(current)}`,
  },
  {
    what: `may read ${releases}`,
    argv: ['test', '-r', releases],
    next: `name the folder of the releases in \`releases\``,
  },
];

/** Turns the link in one step; it is right already after a kill between link and restart. */
export const turnLink = async ({ releases, current }: Folders, io: Io, live: string, to: string): Promise<void> => {
  if (live === to) return;
  try {
    await io.files.link(current, join(releases, to));
  } catch (error) {
    throw new Error(
      `${current} could not be turned to ${to}, it still points to ${live}: ${(error as Error).message}`,
      { cause: error },
    );
  }
};

/** The release folder in which a process was started: it keeps that one, wherever the link points. Linux only. */
export const startedIn = async (io: Io, pid: number, { releases }: Folders): Promise<string | undefined> => {
  const folder = await io.files.readLink(`/proc/${pid}/cwd`);
  if (folder === undefined) return undefined;
  const real = (await io.files.exists(releases)) ? await io.files.realPath(releases) : releases;
  return folder.startsWith(`${real}/`) ? folder.slice(real.length + 1).split('/')[0] : folder;
};
