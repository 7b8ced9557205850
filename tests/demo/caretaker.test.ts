// The caretaker: the lab's folder is never made without a janitor who removes it.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openCaretaker } from '../../src/demo/lab/caretaker.ts';
import { childPids } from './world.ts';

let temp: string;

beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  vi.stubEnv('TMPDIR', temp);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temp, { recursive: true, force: true });
});

it('leaves no folder when its janitor does not start', async () => {
  await expect(openCaretaker('/nowhere/janitor.js')).rejects.toThrow('the janitor ended before it was ready: ');
  expect(readdirSync(temp)).toEqual([]);
});

it('sends its janitor home when the folder cannot be made', async () => {
  const script = join(temp, 'janitor.mjs');
  writeFileSync(script, "console.log('ready'); process.stdin.resume();");
  vi.stubEnv('TMPDIR', join(temp, 'nowhere'));
  const others = new Set(childPids(process.pid));
  await expect(openCaretaker(script)).rejects.toThrow('ENOENT');
  await expect.poll(() => childPids(process.pid).filter((pid) => !others.has(pid))).toEqual([]);
});
