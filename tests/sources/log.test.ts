// The source `log` on real files: growing, rotated, cut off, torn; and every format line by line.
import { appendFile, mkdir, open, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { createFiles } from '../../src/io/files.ts';
import { isMissedLook } from '../../src/kit/errors.ts';
import type { Reading, Source } from '../../src/kit/source.ts';
import { openFormat } from '../../src/sources/log/formats.ts';
import { log } from '../../src/sources/log/index.ts';
import { fakeIo, realClock } from '../helpers/fake-io.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { tick } from './contract.ts';

const opened = async (root: string, settings: object, files = createFiles()): Promise<Source> => {
  const io = fakeIo({ files, clock: realClock });
  const source = await log.open(log.settings.parse(settings), { io, root, learn: () => undefined });
  onTestFinished(() => source.close());
  return source;
};

/** A log `app.log` in a folder of its own, opened. */
const following = async (before = '', settings: object = { format: 'text' }) => {
  const root = await tempFolder();
  const path = join(root, 'app.log');
  await writeFile(path, before);
  return { root, path, source: await opened(root, { file: 'app.log', ...settings }) };
};

const read = (source: Source, ...selectors: string[]): Promise<Reading[]> => source.read(selectors, tick());

const valuesOf = (readings: Reading[]): number[][] => readings.map(({ series }) => series.map(({ value }) => value));

const counted = async (source: Source, ...selectors: string[]): Promise<number | undefined> => {
  const [reading] = await read(source, ...selectors);
  return reading?.series[0]?.value;
};

const missedOf = async (source: Source, selector = 'lines'): Promise<unknown> => {
  const error = await read(source, selector).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isMissedLook(error) ? error.missed : error;
};

describe('the contract of sources', () => {
  it('is plain data with an example that its settings take', () => {
    const example = (parseYaml(log.example) as { 'error-rate-delta': { log: Record<string, unknown> } })[
      'error-rate-delta'
    ];
    const keys = Object.keys(z.toJSONSchema(log.settings, { io: 'input' }).properties ?? {});
    const own = Object.fromEntries(Object.entries(example.log).filter(([key]) => keys.includes(key)));
    expect(Object.keys(own)).toEqual(['file', 'format']);
    expect(log.settings.safeParse(own).error).toBeUndefined();
    expect(log.settings.safeParse({ ...own, bogus: 1 }).success).toBe(false);
  });

  it('keeps instances apart, and all selectors of one reading tell of the same moment', async () => {
    const root = await tempFolder();
    for (const name of ['a.log', 'b.log']) await writeFile(join(root, name), '');
    const source = await opened(root, { files: { blue: 'a.log', green: 'b.log' } });
    await appendFile(join(root, 'a.log'), '{"status":200}\n{"status":503}\n');
    await appendFile(join(root, 'b.log'), '{"status":200}\n');
    const [all, errors] = await read(source, 'lines', 'lines{status=~"5.."}');
    expect(all?.series.map(({ instance, value }) => [instance, value])).toEqual([
      ['blue', 2],
      ['green', 1],
    ]);
    expect(errors?.series.map(({ instance, value }) => [instance, value])).toEqual([
      ['blue', 1],
      ['green', 0],
    ]);
    expect(all?.at).toBe(errors?.at);
    expect(all?.instances).toEqual([{ id: 'blue' }, { id: 'green' }]);
  });

  it('has one metric, lines: another one is absent, which is not zero', async () => {
    const { source } = await following();
    expect(valuesOf(await read(source, 'lines', '{line="x"}', 'requests_total'))).toEqual([[0], [0], []]);
  });

  it('a selector that is none is refused', async () => {
    const { source } = await following();
    await expect(read(source, 'rate(lines[5m])')).rejects.toThrow('is not a selector');
  });

  it('may be closed twice', async () => {
    const { source } = await following();
    await source.close();
    await expect(source.close()).resolves.toBeUndefined();
  });

  it.each([
    [{}, 'needs one of file, files'],
    [{ file: 'a', files: { b: 'c' } }, 'needs one of file, files'],
    [{ files: {} }, 'needs at least one file'],
    [{ file: 'a', pattern: '(' }, 'is not a regular expression'],
    [{ file: 'a', pattern: 'x' }, 'needs at least one named group like (?<code>[0-9A-Z]{5})'],
    [{ file: 'a', fields: { 'a.b': 'c' } }, 'must be a name like code'],
  ])('settings %j are refused', (settings, message) => {
    expect(JSON.stringify(log.settings.safeParse(settings).error?.issues)).toContain(message);
  });
});

describe('following', () => {
  it('counts from the end of the file on, and only whole lines', async () => {
    const { source, path } = await following('old 1\nold 2\n');
    expect(await counted(source, 'lines')).toBe(0);
    await appendFile(path, 'new 1\nnew');
    expect(await counted(source, 'lines')).toBe(1);
    await appendFile(path, ' 2\r\n\n');
    expect(await counted(source, 'lines')).toBe(2);
    expect(await counted(source, 'lines{line="new 2"}')).toBe(0);
    await appendFile(path, 'new 2\n');
    expect(valuesOf(await read(source, 'lines', 'lines{line="new 2"}'))).toEqual([[3], [1]]);
  });

  it('leaves out the line that had begun before', async () => {
    const { source, path } = await following('an old line is being wri');
    await appendFile(path, 'tten\nnew\n');
    expect(await counted(source, 'lines')).toBe(1);
  });

  it('follows a rename, and the writer that goes on in the old file for a while', async () => {
    const { source, path } = await following('old\n');
    await appendFile(path, 'a\n');
    expect(await counted(source, 'lines')).toBe(1);
    await appendFile(path, 'b\n');
    await rename(path, `${path}.1`);
    await writeFile(path, 'c\n');
    await appendFile(`${path}.1`, 'd\n');
    expect(await counted(source, 'lines')).toBe(4);
    await appendFile(`${path}.1`, 'e\nf');
    await appendFile(path, 'g\n');
    expect(await counted(source, 'lines')).toBe(6);
    // Quiet for one call: its last line, though without an end, is one; then it is let go.
    expect(await counted(source, 'lines')).toBe(7);
    await appendFile(`${path}.1`, 'nobody looks here\n');
    expect(await counted(source, 'lines')).toBe(7);
  });

  it('follows copytruncate, also when the file has grown beyond the old place since', async () => {
    const { source, path } = await following('old\n');
    await appendFile(path, 'a\nb\n');
    expect(await counted(source, 'lines')).toBe(2);
    await truncate(path);
    await appendFile(path, 'c\n');
    expect(await counted(source, 'lines')).toBe(3);
    await truncate(path);
    await appendFile(path, 'd\ne\nf\n');
    expect(await counted(source, 'lines')).toBe(6);
  });

  it('a file that comes later is counted from its beginning; until then the look is missed', async () => {
    const root = await tempFolder();
    const source = await opened(root, { file: 'late.log', format: 'text' });
    expect(await missedOf(source)).toEqual({
      by: 'instrument',
      reason: 'source_unreachable',
      because: 'log: late.log does not exist',
    });
    await writeFile(join(root, 'late.log'), 'a\n');
    expect(await counted(source, 'lines')).toBe(1);
  });

  it('a file that is gone is missed, and what it still had is counted when there is one again', async () => {
    const { source, path } = await following();
    await appendFile(path, 'a\n');
    await rm(path);
    expect(await missedOf(source)).toMatchObject({ reason: 'source_unreachable' });
    await writeFile(path, 'b\n');
    expect(await counted(source, 'lines')).toBe(2);
  });

  it('what is no plain file is missed', async () => {
    const root = await tempFolder();
    await mkdir(join(root, 'folder'));
    const source = await opened(root, { file: 'folder' });
    expect(await missedOf(source)).toEqual({
      by: 'instrument',
      reason: 'source_unreadable',
      because: 'log: folder is no plain file',
    });
  });

  it('reads long lines, and letters that are torn between two writes', async () => {
    const { source, path } = await following();
    const umlaut = Buffer.from('grün\n');
    await appendFile(path, umlaut.subarray(0, 3));
    await read(source, 'lines{line="grün"}');
    await appendFile(path, Buffer.concat([umlaut.subarray(3), Buffer.alloc(3_000_000, 'x'), Buffer.from('\nlast\n')]));
    expect(valuesOf(await read(source, 'lines{line="grün"}', 'lines', 'lines{line="last"}'))).toEqual([[1], [3], [1]]);
  });

  it('a writer that goes on at its old place after a copytruncate leaves a hole, and no line is lost', async () => {
    const root = await tempFolder();
    const path = join(root, 'app.log');
    const writer = await open(path, 'w');
    onTestFinished(() => writer.close());
    await writer.write('old\n');
    const source = await opened(root, { file: 'app.log', format: 'text' });
    await writer.write(`a\n${'b'.repeat(200)}\n`);
    expect(await counted(source, 'lines')).toBe(2);
    await truncate(path);
    await writer.write('c\n');
    expect(valuesOf(await read(source, 'lines', 'lines{line="c"}'))).toEqual([[3], [1]]);
    await writer.write('d\n');
    expect(await counted(source, 'lines')).toBe(4);
  });

  it('a hole of 70 MB is not read', async () => {
    const root = await tempFolder();
    const path = join(root, 'app.log');
    const writer = await open(path, 'w');
    onTestFinished(() => writer.close());
    const [place, text] = [70 * 1024 * 1024, 'old\n'.repeat(50)];
    await writer.write(text, place);
    const source = await opened(root, { file: 'app.log', format: 'text' });
    await truncate(path);
    await writer.write('c\n', place + text.length);
    expect(await counted(source, 'lines')).toBe(1);
  });

  it('follows a link that is turned to the file of the next day', async () => {
    const root = await tempFolder();
    const [first, second, link] = ['app-1.log', 'app-2.log', 'app.log'].map((name) => join(root, name));
    if (!first || !second || !link) throw new Error('three paths are needed');
    await writeFile(first, 'old\n');
    await symlink(first, link);
    const source = await opened(root, { file: 'app.log', format: 'text' });
    await appendFile(first, 'a\n');
    expect(await counted(source, 'lines')).toBe(1);
    await writeFile(second, 'b\n');
    await rm(link);
    await symlink(second, link);
    await appendFile(first, 'c\n');
    expect(await counted(source, 'lines')).toBe(3);
  });

  it('more than 64 MB at once are said to be behind, and read in the next look', async () => {
    const { source, path } = await following();
    const line = `${'x'.repeat(1023)}\n`;
    await appendFile(path, line.repeat(65 * 1024));
    expect(await missedOf(source)).toEqual({
      by: 'instrument',
      reason: 'source_too_large',
      because: 'log: app.log grows faster than it can be read: 1048576 bytes behind',
    });
    expect(await counted(source, 'lines')).toBe(65 * 1024);
  });

  it('a line of 20 MB is one line, and what follows is read', async () => {
    const { source, path } = await following();
    await appendFile(path, Buffer.concat([Buffer.alloc(20 * 1024 * 1024, 'x'), Buffer.from('\nlast\n')]));
    expect(valuesOf(await read(source, 'lines', 'lines{line="last"}'))).toEqual([[2], [1]]);
  });

  it('counts requests alone: torn, binary and other lines between them are none', async () => {
    const { source, path } = await following('', { format: 'json' });
    const trace = 'Error: no connection\n    at Pool.connect (pool.js:45:11)\n'.repeat(40);
    await appendFile(path, `{"status":500}\n${trace}{"status":200,"pa\n`);
    await appendFile(path, Buffer.from([0x16, 0x03, 0x01, 0xff, 0x00, 0x0a]));
    await appendFile(path, '{"status":200}\n');
    const selectors = ['lines', 'lines{status!~"2.."}', 'lines{line=~"Error.*"}'];
    expect(valuesOf(await read(source, ...selectors))).toEqual([[2], [1], [40]]);
  });

  it('filters by status, path and release', async () => {
    const { source, path } = await following('', { format: 'json' });
    const request = (status: number, url: string, release: string): string =>
      `${JSON.stringify({ req: { url }, res: { status }, release })}\n`;
    await appendFile(
      path,
      request(200, '/me', 'v1') + request(503, '/me', 'v2') + request(503, '/health', 'v2') + request(200, '/me', 'v2'),
    );
    const own = 'lines{req_url!="/health",release="v2"';
    expect(valuesOf(await read(source, `${own}}`, `${own},res_status=~"5.."}`))).toEqual([[2], [1]]);
  });

  it('a log that may not be read any more is missed, and read on once it may', async () => {
    const root = await tempFolder();
    const path = join(root, 'app.log');
    await writeFile(path, '');
    const files = createFiles();
    let allowed = true;
    const guarded: typeof files = {
      ...files,
      open: async (name) => {
        if (!allowed) throw Object.assign(new Error(`EACCES: permission denied, open '${name}'`), { code: 'EACCES' });
        return files.open(name);
      },
    };
    const source = await opened(root, { file: 'app.log', format: 'text' }, guarded);
    allowed = false;
    await appendFile(path, 'a\n');
    expect(await missedOf(source)).toEqual({
      by: 'instrument',
      reason: 'source_unreadable',
      because: 'log: app.log may not be read by this user',
    });
    allowed = true;
    await appendFile(path, 'b\n');
    expect(await counted(source, 'lines')).toBe(2);
  });

  it('two reads at once count no line twice', async () => {
    const { source, path } = await following();
    await appendFile(path, 'a\n'.repeat(1000));
    const both = await Promise.all([counted(source, 'lines'), counted(source, 'lines')]);
    expect(both).toEqual([1000, 1000]);
  });

  it('a format that fits no line is a mistake, not a quiet log', async () => {
    const { source, path } = await following('', { format: 'combined' });
    await appendFile(path, 'no access log\n'.repeat(19));
    expect(await counted(source, 'lines')).toBe(0);
    await appendFile(path, 'no access log\n');
    expect(await missedOf(source)).toEqual({
      by: 'instrument',
      reason: 'source_unreadable',
      because: 'log: app.log has 20 new lines, and none of them is in the format combined',
    });
  });
});

describe('formats', () => {
  const fieldsOf = (settings: object, line: string) => openFormat(log.settings.parse({ file: 'a', ...settings }))(line);

  it.each<[string, object, string, object | undefined]>([
    [
      'pino',
      {},
      '{"level":50,"err":{"code":"53300","message":"sorry"},"msg":"login failed"}',
      { code: '53300', message: 'login failed', severity: '50', err_code: '53300' },
    ],
    [
      'jsonlog of Postgres',
      {},
      '{"error_severity":"FATAL","state_code":"57P03","message":"starting up"}',
      { code: '57P03', severity: 'FATAL', message: 'starting up' },
    ],
    ['a code of its own wins', {}, '{"code":"E1","err":{"code":"53300"}}', { code: 'E1' }],
    ['own names', { fields: { code: 'db.sqlstate' } }, '{"code":"E1","db":{"sqlstate":"08006"}}', { code: '08006' }],
    ['null, lists and truth', {}, '{"a":null,"b":[true,2]}', { b_0: 'true', b_1: '2' }],
    ['JSON that is no map', {}, '[1]', undefined],
    ['half of JSON', {}, '{"a":', undefined],
    [
      'combined',
      { format: 'combined' },
      '10.0.0.1 - bob [22/Nov/2026:16:00:00 +0000] "GET /login?x=1 HTTP/1.1" 503 12 "-" "curl/8 \\"x\\""',
      {
        remote: '10.0.0.1',
        user: 'bob',
        method: 'GET',
        path: '/login?x=1',
        protocol: 'HTTP/1.1',
        status: '503',
        bytes: '12',
        agent: 'curl/8 \\"x\\"',
      },
    ],
    [
      'common',
      { format: 'combined' },
      '::1 - - [22/Nov/2026:16:00:00 +0000] "GET / HTTP/1.0" 200 -',
      { status: '200', bytes: '-' },
    ],
    [
      'a request that is none',
      { format: 'combined' },
      '10.0.0.1 - - [22/Nov/2026:16:00:00 +0000] "\\x16\\x03" 400 157 "-" "-"',
      { status: '400' },
    ],
    [
      'Postgres on stderr',
      { format: 'postgres' },
      '2026-11-22 16:00:00.000 UTC [12345] FATAL:  sorry, too many clients already',
      { severity: 'FATAL', message: 'sorry, too many clients already' },
    ],
    [
      'with %e',
      { format: 'postgres' },
      '2026-11-22 16:00:00.000 UTC [12345] 53300 FATAL:  sorry, too many clients already',
      { severity: 'FATAL', code: '53300' },
    ],
    [
      'verbose',
      { format: 'postgres' },
      '2026-11-22 16:00:00.000 UTC [12345] FATAL:  53300: sorry, too many clients already',
      { severity: 'FATAL', code: '53300', message: 'sorry, too many clients already' },
    ],
    [
      'csvlog',
      { format: 'postgres' },
      '2026-11-22 16:00:00.000 UTC,"auth_svc","auth",12345,"10.0.0.7:5000",6a1.3,1,"startup",2026-11-22 16:00:00 UTC,3/5,0,FATAL,53300,"sorry, too ""many"" clients already",,,',
      {
        user: 'auth_svc',
        database: 'auth',
        severity: 'FATAL',
        code: '53300',
        message: 'sorry, too "many" clients already',
      },
    ],
    [
      'csvlog before the login',
      { format: 'postgres' },
      '2026-11-22 16:00:00.000 UTC,,,12345,"10.0.0.7:5000",6a1.3,1,"",2026-11-22 16:00:00 UTC,,0,FATAL,57P03,"the database system is',
      { user: '', severity: 'FATAL', code: '57P03', message: 'the database system is' },
    ],
    ['a line that goes on', { format: 'postgres' }, '\tWHERE a = 1', undefined],
    ['a pattern', { pattern: '^(?<code>[0-9A-Z]{5}) (?<rest>.*)?' }, '08006 gone', { code: '08006', rest: 'gone' }],
    ['a pattern that does not fit', { pattern: '^(?<code>[0-9A-Z]{5}) ' }, 'gone', undefined],
    ['text', { format: 'text' }, 'anything', {}],
  ])('%s', (_, settings, line, expected) => {
    const fields = fieldsOf(settings, line);
    expect({ fields }).toMatchObject({ fields: expected });
  });

  it('a process id in brackets is no SQLSTATE', () => {
    const line = '2026-11-22 16:00:00.000 UTC [53300] FATAL:  sorry';
    expect(fieldsOf({ format: 'postgres' }, line)).toEqual({ severity: 'FATAL', message: 'sorry' });
  });
});
