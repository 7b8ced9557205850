// Journals as files of JSON lines: appended and synced line by line, read back without what was torn.
import { join } from 'node:path';
import type { Files, Json } from '../kit/index.ts';
import { safeName, textOf } from './names.ts';

const ending = '.jsonl';

/** The file of a journal. */
export const journalPath = (folder: string, id: string): string => join(folder, `${safeName(id)}${ending}`);

/** Appends one line; it is on the disk when this resolves. */
export const appendTo = (files: Files, folder: string, id: string, line: Json): Promise<void> =>
  files.append(journalPath(folder, id), JSON.stringify(line));

/** All whole lines. A torn last one is what a kill leaves; a broken one further up is told to `warn`. */
export const linesOf = async (
  files: Files,
  folder: string,
  id: string,
  warn: (text: string) => void,
): Promise<Json[]> => {
  const path = journalPath(folder, id);
  const lines = ((await files.readIfExists(path)) ?? '').split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    const parsed = parse(line);
    if (!parsed && index < lines.length - 1) warn(`${path}:${index + 1} is a torn line and was left out`);
    return parsed ? [parsed.json] : [];
  });
};

const parse = (line: string): { json: Json } | undefined => {
  try {
    return { json: JSON.parse(line) as Json };
  } catch {
    // Torn by a kill: the caller says so where it matters.
    return undefined;
  }
};

/** Ids of the journals whose id starts with `prefix`, the last written first. */
export const idsOf = async (files: Files, folder: string, prefix: string): Promise<string[]> => {
  const ids = (await files.list(folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => textOf(name.slice(0, -ending.length)))
    .filter((id) => id?.startsWith(prefix))
    .filter((id) => id !== undefined);
  const dated = await Promise.all(
    ids.map(async (id) => ({ id, changedAt: (await files.stat(journalPath(folder, id))).changedAt })),
  );
  return dated.sort((a, b) => b.changedAt - a.changedAt || a.id.localeCompare(b.id)).map(({ id }) => id);
};
