// `holdpoint demo` as a process: its own exit code and sentences, and nothing left when it is interrupted or killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { childPids, isRunning } from '../demo/world.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdpoint.cjs');

let temp: string;
let child: ChildProcess | undefined;

// A temp folder of our own, so that what the lab leaves in it can be told from what others leave in theirs.
beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  // Postgres may run as another user and has to get through to its folder.
  chmodSync(temp, 0o711);
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(temp, { recursive: true, force: true });
});

const labs = (): string[] => readdirSync(temp).filter((name) => name.startsWith('holdpoint-demo-'));

const start = (...args: string[]): { pid: number; printed(): string; code: Promise<number | null> } => {
  const env = { ...process.env, TMPDIR: temp };
  const started = spawn(process.execPath, [bin, 'demo', ...args], {
    cwd: temp,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  let text = '';
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
  return {
    pid: started.pid ?? 0,
    printed: () => text,
    code: new Promise((done) => started.once('close', done)),
  };
};

it('plays the incident by default, says how it ended, and hands the record on', async () => {
  const { code, printed } = start('--reporter', 'plain', '--reporter', 'json=incident.json');
  expect(await code, printed()).toBe(0);
  expect(printed()).toMatch(/^scenario incident\n/);
  expect(printed()).toContain('\nexit code 20: rolled back and verified\nThe scenario incident ended as it must.\n');
  const record = JSON.parse(readFileSync(join(temp, 'incident.json'), 'utf8')) as RunRecord;
  expect(record).toMatchObject({ format: 'holdpoint.record/1', exitCode: 20 });
  expect(labs()).toEqual([]);
});

it.each(['SIGINT', 'SIGTERM'] as const)('ends in order on %s, with its code', async (signal) => {
  const { code, pid, printed } = start('--scenario', 'healthy', '--reporter', 'plain');
  await expect.poll(() => childPids(pid).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(5);
  await expect.poll(printed, { timeout: 15_000 }).toContain('login');
  const pids = childPids(pid);
  process.kill(pid, signal);
  const expected = signal === 'SIGINT' ? 130 : 143;
  expect(await code).toBe(expected);
  expect(printed()).toContain(`exit code ${expected}: interrupted by ${signal}; the record says how far it came\n`);
  expect(pids.filter(isRunning)).toEqual([]);
  expect(labs()).toEqual([]);
});

it('leaves nothing when it is killed', async () => {
  const { pid, printed } = start('--scenario', 'healthy', '--reporter', 'plain');
  await expect.poll(printed, { timeout: 15_000 }).toContain('login');
  const pids = childPids(pid);
  expect(pids.length).toBeGreaterThanOrEqual(5);
  expect(labs()).toHaveLength(1);
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => pids.filter(isRunning), { timeout: 8000 }).toEqual([]);
  await expect.poll(labs, { timeout: 8000 }).toEqual([]);
});

it('refuses an unknown scenario by naming those that there are, and touches nothing', async () => {
  const { code, printed } = start('--scenario', 'incidnet');
  expect(await code).toBe(2);
  expect(printed()).toContain('there is no scenario incidnet; there are: incident, healthy, pool-too-small, ');
  expect(existsSync(temp) && labs()).toEqual([]);
});
