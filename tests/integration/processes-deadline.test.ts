// Deadlines of real commands that will not end: TERM to the whole group, then KILL; each takes its real time.
import { execPath } from 'node:process';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createProcesses } from '../../src/io/processes.ts';

const processes = createProcesses({ PATH: process.env['PATH'] });
const node = (script: string): [string, ...string[]] => [execPath, '-e', script];
const sh = (script: string): [string, ...string[]] => ['/bin/sh', '-c', script];

/** A zombie is gone: whoever adopted it has not looked yet. */
const runs = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) Z /.test(stat);
};

const isGone = async (pid: number): Promise<boolean> => {
  for (let n = 0; n < 200 && (await runs(pid)); n += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  return !(await runs(pid));
};

it('ends a command that traps TERM and exits 0, and calls it timed out', async () => {
  const done = await processes.run({
    argv: node("process.on('SIGTERM', () => process.exit(0)); console.log('up'); setTimeout(() => {}, 60_000)"),
    deadline: 1000,
    grace: 5000,
  });
  expect(done).toMatchObject({ exit: 0, timedOut: true, stdout: 'up\n' });
});

it('kills a whole group that ignores TERM', async () => {
  const pids: number[] = [];
  const done = await processes.run({
    argv: sh("trap '' TERM; echo $$; sh -c \"trap '' TERM; echo \\$\\$; while :; do sleep 1; done\" & wait; wait"),
    deadline: 500,
    grace: 200,
    onLine: (line) => pids.push(Number(line)),
  });
  expect(done).toMatchObject({ signal: 'SIGKILL', timedOut: true });
  expect(pids).toHaveLength(2);
  for (const pid of pids) expect(await isGone(pid)).toBe(true);
});
