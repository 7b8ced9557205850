// What the source `log` knows of the time before it was opened: by the time of each line, across rotated and packed files.
import { appendFile, rename, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFiles } from '../../src/io/files.ts';
import { isMissedLook } from '../../src/kit/errors.ts';
import type { Source } from '../../src/kit/source.ts';
import { bucketOf } from '../../src/sources/log/buckets.ts';
import { openFormat } from '../../src/sources/log/formats.ts';
import { log } from '../../src/sources/log/index.ts';
import { parseTime, timeOf } from '../../src/sources/log/time.ts';
import { fakeIo, realClock } from '../helpers/fake-io.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { tick } from './contract.ts';

const opened = async (root: string, settings: object): Promise<Source> => {
  const io = fakeIo({ files: createFiles(), clock: realClock });
  const source = await log.open(log.settings.parse(settings), { io, root, learn: () => undefined });
  onTestFinished(() => source.close());
  return source;
};

const start = Date.parse('2026-11-22T12:00:00Z');

/** A line of nginx, so many seconds after the start. */
const line = (seconds: number, status = 200, path = '/login', took = ''): string => {
  const [, , , clock] = /^(\S+)T((\S+))\./.exec(new Date(start + seconds * 1000).toISOString()) ?? [];
  return `10.0.0.1 - - [22/Nov/2026:${clock} +0000] "GET ${path} HTTP/1.1" ${status} 512 "-" "curl/8"${took}\n`;
};

const pastOf = async (source: Source, selectors: string[], to: number, step = 60): Promise<unknown[][]> => {
  const span = { from: start, to: start + to * 1000 };
  const lists = (await source.past?.(selectors, span, step * 1000)) ?? [];
  return lists.map((list) => list.map(({ series }) => series.map(({ value }) => value)));
};

describe('the past of a log', () => {
  it('is read from the log, rotated and packed files, filtered, and counted by the time of each line', async () => {
    const root = await tempFolder();
    const inRoot = (name: string) => join(root, name);
    await writeFile(inRoot('access.log.2.gz'), gzipSync(line(-5) + line(10, 503) + line(30)));
    await writeFile(inRoot('access.log.1'), line(70) + line(80, 200, '/health') + line(110, 500));
    await writeFile(inRoot('access.log'), line(130) + line(170, 502) + line(999).trimEnd());
    await writeFile(inRoot('access.log.bak'), line(20));
    await writeFile(inRoot('error.log'), line(20));
    const source = await opened(root, { file: 'access.log', format: 'combined' });
    const selectors = ['lines{path!="/health"}', 'lines{path!="/health",status=~"5.."}', 'lines{status="418"}'];
    expect(await pastOf(source, selectors, 180)).toEqual([
      [[0], [2], [4], [6]],
      [[0], [1], [2], [3]],
      [[0], [0], [0], [0]],
    ]);
  });

  it('tells the hour that comes twice when summer time ends apart by the zone', async () => {
    const root = await tempFolder();
    const at = (clock: string, zone: string) => `a - - [25/Oct/2026:${clock} ${zone}] "GET / HTTP/1.1" 200 1\n`;
    await writeFile(
      join(root, 'access.log'),
      at('02:10:00', '+0200') + at('02:10:00', '+0100') + at('02:20:00', '+0100'),
    );
    const source = await opened(root, { file: 'access.log', format: 'combined' });
    const span = { from: Date.parse('2026-10-25T00:10:00Z'), to: Date.parse('2026-10-25T02:10:00Z') };
    const [list] = (await source.past?.(['lines'], span, 3_600_000)) ?? [];
    expect(list?.map(({ series }) => series.map(({ value }) => value))).toEqual([[0], [1], [2]]);
  });

  it('counts a last line that has no end, and nothing of what is no request', async () => {
    const root = await tempFolder();
    await writeFile(join(root, 'access.log.1'), `${line(-5)}${line(10)}a stack trace\n${line(20).trimEnd()}`);
    await writeFile(join(root, 'access.log'), line(30));
    const source = await opened(root, { file: 'access.log', format: 'combined' });
    expect(await pastOf(source, ['lines', 'lines{line=~"a stack.*"}'], 60)).toEqual([
      [[0], [3]],
      [[0], [1]],
    ]);
  });

  it('does not know what is older than its oldest line, which is not zero', async () => {
    const root = await tempFolder();
    await writeFile(join(root, 'access.log'), line(90) + line(100));
    const source = await opened(root, { file: 'access.log', format: 'combined' });
    expect(await pastOf(source, ['lines'], 180)).toEqual([[[], [], [2], [2]]]);
  });

  it('counts a file once that is being packed, and skips files that ended before', async () => {
    const root = await tempFolder();
    await writeFile(join(root, 'access.log'), line(90));
    await writeFile(join(root, 'access.log.1'), line(10));
    await writeFile(join(root, 'access.log.1.gz'), gzipSync(line(10)));
    await writeFile(join(root, 'access.log-20261101'), 'not read, else the source would refuse it\n'.repeat(30));
    await utimes(join(root, 'access.log-20261101'), start / 1000 - 86_400, start / 1000 - 86_400);
    const source = await opened(root, { file: 'access.log', format: 'combined' });
    expect(await pastOf(source, ['lines'], 120)).toEqual([[[], [1], [2]]]);
  });

  it('keeps several logs apart', async () => {
    const root = await tempFolder();
    await writeFile(join(root, 'a.log'), line(0) + line(30));
    await writeFile(join(root, 'b.log'), line(70));
    const source = await opened(root, { files: { blue: 'a.log', green: 'b.log' }, format: 'combined' });
    const [list] = (await source.past?.(['lines'], { from: start, to: start + 120_000 }, 60_000)) ?? [];
    expect(
      list?.map(({ series, instances }) => [instances.map(({ id }) => id), series.map(({ value }) => value)]),
    ).toEqual([
      [['blue'], [0]],
      [['blue'], [1]],
      [
        ['blue', 'green'],
        [1, 1],
      ],
    ]);
  });

  it('reads on live from where it was opened, across rename and copytruncate, without counting the past', async () => {
    const root = await tempFolder();
    const path = join(root, 'access.log');
    await writeFile(path, line(0));
    const source = await opened(root, { file: 'access.log', format: 'combined' });
    const live = async () => (await source.read(['lines'], tick()))[0]?.series[0]?.value;
    expect(await live()).toBe(0);
    await pastOf(source, ['lines'], 60);
    await appendFile(path, line(1));
    expect(await live()).toBe(1);
    await rename(path, `${path}.1`);
    await writeFile(path, line(2));
    expect(await live()).toBe(2);
    await truncate(path);
    await writeFile(path, line(3));
    expect(await live()).toBe(3);
    expect(await pastOf(source, ['lines'], 60)).toEqual([[[0], [2]]]);
  });

  it('a packed file that is torn, and a wrong format, are an instrument that could not look', async () => {
    const root = await tempFolder();
    await writeFile(join(root, 'access.log'), 'x\n'.repeat(20));
    const missed = async (settings: object): Promise<unknown> => {
      const source = await opened(root, settings);
      return source.past?.(['lines'], { from: 0, to: 1000 }, 500).then(
        () => undefined,
        (error: unknown) => (isMissedLook(error) ? error.missed.because : error),
      );
    };
    expect(await missed({ file: 'access.log', format: 'combined' })).toBe(
      'log: access.log has 20 new lines, and none of them is in the format combined',
    );
    await writeFile(join(root, 'b.log'), '');
    await writeFile(join(root, 'b.log.1.gz'), gzipSync(line(1).repeat(100)).subarray(0, 40));
    expect(await missed({ file: 'b.log' })).toBe('log: b.log could not be read (Z_BUF_ERROR)');
  });

  it('stays small in memory: a packed file of 30 MB is read in pieces', async () => {
    const root = await tempFolder();
    const many = Buffer.from(line(1).repeat(10_000));
    await writeFile(join(root, 'a.log'), line(0));
    await writeFile(
      join(root, 'a.log.1.gz'),
      Buffer.concat(Array.from({ length: 30 }, () => gzipSync(many, { level: 1 }))),
    );
    const source = await opened(root, { file: 'a.log', format: 'combined' });
    const before = process.memoryUsage().arrayBuffers;
    expect(await pastOf(source, ['lines{path="/login"}'], 60)).toEqual([[[0], [300_000]]]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 * 1024);
  }, 60_000);
});

describe('a numeric field', () => {
  it('is a histogram, live and in the past; lines without it do not count', async () => {
    const root = await tempFolder();
    const path = join(root, 'access.log');
    const took = (seconds: number, text: string): string => line(seconds, 200, '/login', ` ${text}`);
    await writeFile(path, took(0, '0.100') + took(10, '0.123') + took(20, 'rt=0.130') + took(70, '1.000') + line(80));
    const source = await opened(root, { file: 'access.log', format: 'combined' });
    const [list] =
      (await source.past?.(['request_time{path="/login"}'], { from: start, to: start + 120_000 }, 60_000)) ?? [];
    expect(list?.map(({ series }) => series.map(({ labels, value }) => [labels['gt'], labels['le'], value]))).toEqual([
      [],
      [['0.12', '0.13', 2]],
      [
        ['0.12', '0.13', 2],
        ['0.99', '1', 1],
      ],
    ]);
    await appendFile(path, took(200, '0.02') + took(201, '0.02') + line(202));
    const [now] = await source.read(['request_time{path="/login"}'], tick());
    expect(now?.series).toEqual([
      { instance: 'access.log', value: 2, labels: { __name__: 'request_time', gt: '0.019', le: '0.02' } },
    ]);
  });

  it.each<[number, string, string]>([
    [0.1234, '0.12', '0.13'],
    [0.13, '0.12', '0.13'],
    [0.1, '0.099', '0.1'],
    [1, '0.99', '1'],
    [1.01, '1', '1.1'],
    [99.5, '99', '100'],
    [100, '99', '100'],
    [1000, '990', '1000'],
    [1001, '1000', '1100'],
    [12_345, '12000', '13000'],
    [0, '-1', '0'],
    [-3, '-1', '0'],
  ])('%d lies above %s and at most at %s', (value, gt, le) => {
    expect(bucketOf(value)).toEqual({ gt, le });
  });
});

describe('the time of a line', () => {
  it.each<[string, string | undefined]>([
    ['22/Nov/2026:13:00:00 +0100', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22T12:00:00.123Z', '2026-11-22T12:00:00.123Z'],
    ['2026-11-22 12:00:00,5+00:00', '2026-11-22T12:00:00.500Z'],
    ['2026-11-22 07:00:00.000 -0500', '2026-11-22T12:00:00.000Z'],
    ['2026-11-22 12:00:00.123 UTC [17] ERROR:  x', '2026-11-22T12:00:00.123Z'],
    ['[2026-11-22T12:00:00Z] x', '2026-11-22T12:00:00.000Z'],
    ['1795348800', '2026-11-22T12:00:00.000Z'],
    ['1795348800.25', '2026-11-22T12:00:00.250Z'],
    ['1795348800000', '2026-11-22T12:00:00.000Z'],
    ['1795348800000000', '2026-11-22T12:00:00.000Z'],
    ['1795348800000000000', '2026-11-22T12:00:00.000Z'],
    ['22/Foo/2026:13:00:00 +0100', undefined],
    ['12', undefined],
    ['yesterday', undefined],
  ])('%s', (text, at) => {
    const found = parseTime(text);
    expect(found === undefined ? undefined : new Date(found).toISOString()).toBe(at);
  });

  it('stands where loggers put it, or where the settings say', () => {
    const at = Date.parse('2026-11-22T12:00:00Z');
    const json = openFormat(log.settings.parse({ file: 'a', fields: { time: 'event.created' } }));
    const of = (text: string) => timeOf(text, json(text));
    expect(of('{"@timestamp":"2026-11-22T12:00:00Z"}')).toBe(at);
    expect(of('{"time":1795348800000,"level":30}')).toBe(at);
    expect(of('{"event":{"created":"2026-11-22T12:00:00Z"},"time":5}')).toBe(at);
    expect(of('  at Object.<anonymous> (/srv/app.js:1:1)')).toBeUndefined();
  });
});
