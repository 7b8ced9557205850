// Releases that were edited in place: their files are held against the sums that the deploy has left.
import { createHash } from 'node:crypto';
import { join, normalize } from 'node:path';
import { type Io, plural } from '../../kit/index.ts';

/** Bytes that are read at a time. */
const piece = 256 * 1024;

/** More lines than this are no manifest of a release. */
const mostFiles = 20_000;

/** A line of `sha256sum`: the sum, a blank, a blank or `*`, the path. */
const line = /^([0-9a-f]{64}) [ *](.+)$/;

/** Paths of the files that are not what the manifest says, sorted. Throws a sentence when there is no manifest. */
export const editedFiles = async (folder: string, manifest: string, io: Io): Promise<string[]> => {
  const path = join(folder, manifest);
  const text = await io.files.readIfExists(path);
  if (text === undefined) throw new Error(`${path} is missing: whether the release was edited cannot be told`);
  const entries = text.split('\n').filter((each) => each.trim() !== '');
  if (entries.length === 0 || entries.length > mostFiles)
    throw new Error(`${path} lists ${plural(entries.length, 'file')}; expected 1 to ${mostFiles}`);
  const edited: string[] = [];
  for (const entry of entries) {
    const [, sum, name] = line.exec(entry) ?? [];
    if (sum === undefined || name === undefined || normalize(name).startsWith('..'))
      throw new Error(`${path} holds a line that sha256sum would not write: ${entry.slice(0, 80)}`);
    if ((await sumOf(join(folder, name), io)) !== sum) edited.push(normalize(name));
  }
  return edited.sort();
};

/** sha256 in hexadecimal; undefined when there is no such file. */
const sumOf = async (path: string, io: Io): Promise<string | undefined> => {
  if (!(await io.files.exists(path))) return undefined;
  const file = await io.files.open(path);
  const hash = createHash('sha256');
  try {
    for (let offset = 0; ; ) {
      const bytes = await file.read(offset, piece);
      if (bytes.length === 0) return hash.digest('hex');
      hash.update(bytes);
      offset += bytes.length;
    }
  } finally {
    await file.close();
  }
};

/** Names that stand in a sentence. */
const shown = 3;

/** `2 files differ from the deployed release: a, b`; undefined when none does. */
export const editedSentence = (folder: string, edited: readonly string[]): string | undefined => {
  if (edited.length === 0) return undefined;
  const rest = edited.length > shown ? `, and ${edited.length - shown} more` : '';
  const verb = edited.length === 1 ? 'differs' : 'differ';
  return `${plural(edited.length, 'file')} in ${folder} ${verb} from the deployed release: ${edited.slice(0, shown).join(', ')}${rest}`;
};
