// Output that is written at once: whole, and quiet or told where nobody takes it.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { textAtOnce } from '../../src/io/at-once.ts';

const noStream = (): never => {
  throw new Error('no stream is needed');
};

const opened = (path: string, flags: string): number => {
  const fd = openSync(path, flags);
  onTestFinished(() => closeSync(fd));
  return fd;
};

describe('a text', () => {
  it('is whole where it went when the call returns', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdpoint-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'out');
    const lost: string[] = [];
    const out = textAtOnce(opened(path, 'w'), noStream, (message) => lost.push(message));
    out.write('größer\n');
    out.write('x'.repeat(200_000));
    expect(readFileSync(path, 'utf8')).toBe(`größer\n${'x'.repeat(200_000)}`);
    expect(lost).toEqual([]);
  });

  it('that the disk has no room for is told', () => {
    const lost: string[] = [];
    textAtOnce(opened('/dev/full', 'w'), noStream, (message) => lost.push(message)).write('text');
    expect(lost).toEqual(['ENOSPC: no space left on device, write']);
  });
});
