// The janitor: what a lab that died left running and lying about is gone a moment later.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { runJanitor } from '../../src/demo/lab/janitor.ts';
import { isRunning } from './world.ts';

const sleeper = async (script: string): Promise<number> => {
  const child = spawn(process.execPath, ['-e', `${script}; console.log('up'); setInterval(() => {}, 1e6)`]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child.pid ?? 0;
};

it('ends the listed processes, spares those that are gone in order, and removes the folder', async () => {
  const [polite, stubborn, spared] = [
    await sleeper(''),
    await sleeper("process.on('SIGTERM', () => {})"),
    await sleeper(''),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  writeFileSync(join(folder, 'file'), 'x');
  const orders = [
    { folder },
    { watch: polite, signal: 'SIGTERM' },
    { watch: stubborn, signal: 'SIGTERM' },
    { watch: spared, signal: 'SIGTERM' },
    { gone: spared },
  ];
  try {
    await runJanitor(Readable.from(orders.map((order) => `${JSON.stringify(order)}\n`)));
    await expect.poll(() => [polite, stubborn, spared].map(isRunning)).toEqual([false, false, true]);
    expect(existsSync(folder)).toBe(false);
  } finally {
    process.kill(spared, 'SIGKILL');
  }
});
