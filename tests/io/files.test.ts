// Files on a real disk: whole or nothing, private, appended line by line even after a torn one.
import { execFile } from 'node:child_process';
import { readdir, readFile, rename, stat, symlink, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createFiles } from '../../src/io/files.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const files = createFiles();
const bits = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe('read', () => {
  it('ends at a device that has no end', async () => {
    await expect(files.read('/dev/zero')).rejects.toMatchObject({
      code: 'EFBIG',
      message: '/dev/zero is larger than 256 MiB, or has no end',
    });
  });

  it('reads what a shell hands over as a pipe', async () => {
    const folder = await tempFolder();
    await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
    const [text] = await Promise.all([files.read(join(folder, 'pipe')), writeFile(join(folder, 'pipe'), 'A=1\n')]);
    expect(text).toBe('A=1\n');
  });
});

describe('write', () => {
  it('makes private files in private folders and leaves nothing beside them', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'a/b/record.json');
    await files.write(path, 'one');
    await files.write(path, 'two');
    expect(await files.read(path)).toBe('two');
    expect([await bits(path), await bits(join(folder, 'a'))]).toEqual(['600', '700']);
    expect(await readdir(join(folder, 'a/b'))).toEqual(['record.json']);
  });

  it('gives other permissions only where they are named, whatever the umask', async () => {
    const path = join(await tempFolder(), 'metrics.prom');
    const umask = process.umask(0o077);
    try {
      await files.write(path, 'one', 0o644);
      expect(await bits(path)).toBe('644');
      await files.write(path, 'two');
      expect(await bits(path)).toBe('600');
    } finally {
      process.umask(umask);
    }
  });

  it('keeps the old text when the new one cannot be put in place, and says where and why', async () => {
    const folder = await tempFolder();
    await mkdir(join(folder, 'taken'));
    await expect(files.write(join(folder, 'taken'), 'x')).rejects.toMatchObject({
      code: 'EISDIR',
      path: join(folder, 'taken'),
      message: `${join(folder, 'taken')} could not be written: it is a folder (EISDIR)`,
    });
    expect(await readdir(folder)).toEqual(['taken']);
  });

  it.each([
    ['file/x.json', 'EEXIST'],
    ['file/a/x.json', 'ENOTDIR'],
  ])('says that a part of %s is a file', async (name, code) => {
    const path = join(await tempFolder(), name);
    await writeFile(path.replace(/file.*/, 'file'), '');
    await expect(files.write(path, 'x')).rejects.toMatchObject({
      code,
      message: `${path} could not be written: a part of the path is a file, not a folder (${code})`,
    });
  });

  it('writes into a pipe or a device, and puts no file in its place', async () => {
    const folder = await tempFolder();
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    await symlink(pipe, join(folder, 'stdout'));
    const [text] = await Promise.all([readFile(pipe, 'utf8'), files.write(join(folder, 'stdout'), 'one')]);
    expect([text, (await stat(pipe)).isFIFO(), await readdir(folder)]).toEqual(['one', true, ['pipe', 'stdout']]);
  });

  it('says that the disk is full', async () => {
    await expect(files.append('/dev/full', 'x')).rejects.toThrow(
      '/dev/full could not be written: the disk is full (ENOSPC)',
    );
  });
});

describe('create', () => {
  it('says false when something stands there, and lets one of many win', async () => {
    const path = join(await tempFolder(), 'lock.json');
    const won = await Promise.all(Array.from({ length: 20 }, (_, n) => files.create(path, `owner ${n}`)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await files.read(path)).toBe(`owner ${won.indexOf(true)}`);
    expect(await files.list(join(path, '..'))).toEqual(['lock.json']);
  });
});

describe('append', () => {
  it('writes whole lines', async () => {
    const path = join(await tempFolder(), 'new/journal.jsonl');
    await files.append(path, 'one');
    await files.append(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
    expect(await bits(path)).toBe('600');
  });

  it('starts a new line after a torn one', async () => {
    const path = join(await tempFolder(), 'journal.jsonl');
    await writeFile(path, 'one\n{"to');
    await files.append(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('one\n{"to\ntwo\n');
  });
});

describe('links', () => {
  it('are read absolute and replaced in one step: no reader ever finds none', async () => {
    const folder = await tempFolder();
    const current = join(folder, 'current');
    await symlink('releases/v1', current);
    expect(await files.readLink(current)).toBe(join(folder, 'releases/v1'));
    let missing = 0;
    const reader = (async () => {
      for (let n = 0; n < 500; n += 1) if ((await files.readLink(current)) === undefined) missing += 1;
    })();
    for (let n = 0; n < 50; n += 1) await files.link(current, join(folder, `releases/v${n}`));
    await reader;
    expect(missing).toBe(0);
    expect(await files.readLink(current)).toBe(join(folder, 'releases/v49'));
    expect(await files.list(folder)).toEqual(['current']);
  });

  it('are undefined for what is no link', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'file'), '');
    expect(await files.readLink(join(folder, 'file'))).toBeUndefined();
    expect(await files.readLink(join(folder, 'nothing'))).toBeUndefined();
  });
});

describe('reading', () => {
  it('tells what is there and what is not', async () => {
    const folder = await tempFolder();
    await files.write(join(folder, 'b'), 'bb');
    await files.write(join(folder, 'a'), 'aa');
    await symlink(join(folder, 'gone'), join(folder, 'dangling'));
    expect(await files.list(folder)).toEqual(['a', 'b', 'dangling']);
    expect(await files.list(join(folder, 'none'))).toEqual([]);
    expect(await files.readIfExists(join(folder, 'none'))).toBeUndefined();
    expect(await files.exists(join(folder, 'a'))).toBe(true);
    expect(await files.exists(join(folder, 'dangling'))).toBe(false);
    expect(await files.stat(join(folder, 'a'))).toMatchObject({ mode: 0o600, size: 2, folder: false });
    await files.remove(join(folder, 'a'));
    await files.remove(join(folder, 'a'));
    expect(await files.exists(join(folder, 'a'))).toBe(false);
    await expect(files.read(join(folder, 'a'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('open', () => {
  it('reads piece by piece, and stays with its file when that is renamed', async () => {
    const path = join(await tempFolder(), 'a.log');
    await writeFile(path, 'one two');
    const file = await files.open(path);
    await rename(path, `${path}.1`);
    await writeFile(path, 'another');
    const other = await files.open(path);
    expect([await file.size(), Buffer.from(await file.read(4, 100)).toString()]).toEqual([7, 'two']);
    expect(await file.read(7, 100)).toHaveLength(0);
    expect(file.id).not.toBe(other.id);
    const same = await files.open(`${path}.1`);
    expect(same.id).toBe(file.id);
    for (const one of [file, other, same, file]) await one.close();
  });

  it('refuses what is missing, and what is no plain file', async () => {
    const folder = await tempFolder();
    await expect(files.open(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(files.open(folder)).rejects.toMatchObject({ code: 'ENOTFILE', message: `${folder} is no plain file` });
  });
});
