// A disk in memory that several simulated processes share: its writes can fail, tear, or be the last thing of a process.
import type { Files } from '../../src/kit/index.ts';

export interface Disk {
  texts: Map<string, { text: string; changedAt: number }>;
}

export const memoryDisk = (): Disk => ({ texts: new Map() });

/** What may happen to a write. `tear`: only half of an appended line reaches the disk. */
export type Fate = 'done' | 'tear' | 'never';

/** Asked before each write with what it is; may throw the error of a full disk, or never resolve. */
export type OnWrite = (what: string) => Promise<Fate>;

const missing = (path: string): Error => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });

const unused = (name: string) => async (): Promise<never> => {
  throw new Error(`this disk has no ${name}`);
};

/** The disk as one process sees it. `step` is asked before and after each access: a dead process gets no answer. */
export const filesOn = ({ texts }: Disk, now: () => number, step: () => Promise<void>, onWrite: OnWrite): Files => {
  const put = (path: string, text: string): void => void texts.set(path, { text, changedAt: now() });
  const writing = async <T>(what: string, work: (fate: Fate) => T): Promise<T> => {
    await step();
    const fate = await onWrite(what);
    const result = work(fate);
    await step();
    return result;
  };
  const reading = async <T>(work: () => T): Promise<T> => {
    await step();
    return work();
  };
  return {
    read: (path) =>
      reading(() => {
        const found = texts.get(path);
        if (!found) throw missing(path);
        return found.text;
      }),
    readIfExists: (path) => reading(() => texts.get(path)?.text),
    write: (path, text) => writing(`write ${path}`, (fate) => void (fate === 'done' && put(path, text))),
    create: (path, text) =>
      writing(`create ${path}`, () => {
        if (texts.has(path)) return false;
        put(path, text);
        return true;
      }),
    append: (path, line) =>
      writing(`append ${path}`, (fate) => {
        const before = texts.get(path)?.text ?? '';
        const start = before === '' || before.endsWith('\n') ? before : `${before}\n`;
        if (fate === 'done') put(path, `${start}${line}\n`);
        if (fate === 'tear') put(path, start + line.slice(0, line.length / 2));
      }),
    remove: (path) => writing(`remove ${path}`, (fate) => void (fate === 'done' && texts.delete(path))),
    list: (folder) =>
      reading(() => {
        const inside = [...texts.keys()].filter((path) => path.startsWith(`${folder}/`));
        const names = inside.map((path) => path.slice(folder.length + 1)).filter((name) => !name.includes('/'));
        return names.sort();
      }),
    exists: (path) => reading(() => texts.has(path)),
    stat: (path) =>
      reading(() => {
        const found = texts.get(path);
        if (!found) throw missing(path);
        return { mode: 0o600, size: found.text.length, changedAt: found.changedAt, folder: false };
      }),
    open: unused('open'),
    readLink: unused('readLink'),
    link: unused('link'),
    realPath: unused('realPath'),
  };
};
