// A whole run with a deploy command, as a process: signals in the middle of the way back, and a deploy that fails.
import type { ChildProcess } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { webProject } from '../helpers/web-project.ts';

/** The way back takes its time, says that it has begun, and notes each call. */
const slow = 'echo "undo has begun"; sleep 2; ln -sfn releases/$1 current; echo "$1" >> undo.log';

const project = async () => {
  const web = await webProject();
  const file = join(web.folder, 'deploy-profiles/web.yaml');
  await writeFile(join(web.folder, 'undo.sh'), `${slow}\n`);
  const text = await readFile(file, 'utf8');
  const commands = 'command: { live: [sh, -c, "basename $(readlink current)"], undo: [sh, ./undo.sh, "{{to}}"] }';
  await writeFile(file, text.replace(/symlink: \{.*\}/, commands));
  const undone = async (): Promise<string[]> =>
    (await readFile(join(web.folder, 'undo.log'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const states = async (): Promise<string[]> => {
    const folder = join(web.folder, '.holdpoint/journals');
    const [name = ''] = await readdir(folder);
    const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
    return lines.map((line) => {
      const { state, reason } = JSON.parse(line) as { state: string; reason?: string };
      return reason === 'interrupted' ? `${state}!` : state;
    });
  };
  return { ...web, undone, states };
};

/** Sends the signals, a little apart, once the way back has begun. */
const interrupt = (child: ChildProcess, times: number): void => {
  let said = '';
  let sent = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    said += String(chunk);
    if (sent || !said.includes('undo has begun')) return;
    sent = true;
    for (let n = 0; n < times; n += 1) setTimeout(() => child.kill('SIGTERM'), n * 300);
  });
};

const run = ['run', 'web', '--release', 'bad', '--reporter', 'plain'];

describe('SIGTERM in EXECUTING', () => {
  it('once: the way back is finished, the journal says how far it came, and nothing is done twice', async () => {
    const web = await project();
    const { child, ended } = web.start(...run, '--', ...web.deployTo('bad'));
    interrupt(child, 1);
    expect((await ended).exitCode).toBe(143);
    expect(await web.states()).toEqual(['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTING!']);
    expect([web.live(), await web.undone()]).toEqual(['r1', ['r1']]);
    // The same command again finds the old release live: only the proof is left.
    const again = await web.holdpoint(...run);
    expect([again.exitCode, await web.undone()]).toEqual([20, ['r1']]);
    expect(again.stderr).toContain(
      'note: an earlier call has gone back from bad to r1, which is live: it is proven now\n',
    );
    expect((await web.states()).slice(4)).toEqual(['PLANNED', 'WAITING', 'VERIFYING', 'ROLLED_BACK']);
    // And once more: it has ended, and is told again.
    const third = await web.holdpoint(...run);
    expect([third.exitCode, (await web.states()).length]).toEqual([20, 8]);
    expect(third.stderr).toContain('ended before, nothing was done again: back on r1');
  });

  it('and what is deployed afterwards is judged anew', async () => {
    const web = await project();
    const { child, ended } = web.start(...run, '--', ...web.deployTo('bad'));
    interrupt(child, 1);
    expect((await ended).exitCode).toBe(143);
    const fixed = await web.holdpoint(...run, '--', ...web.deployTo('r2'));
    expect([fixed.exitCode, web.live(), await web.undone()]).toEqual([0, 'r2', ['r1']]);
  });

  it('twice: it leaves at once, the command goes on without it, and the next call finds everything in order', async () => {
    const web = await project();
    const { child, ended } = web.start(...run, '--', ...web.deployTo('bad'));
    interrupt(child, 2);
    expect((await ended).exitCode).toBe(143);
    expect(await web.states()).toEqual(['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTING!']);
    await expect.poll(() => web.undone(), { timeout: 30_000 }).toEqual(['r1']);
    expect([(await web.holdpoint(...run)).exitCode, web.live(), await web.undone()]).toEqual([20, 'r1', ['r1']]);
  });
});

describe('a deploy command that fails half-way', () => {
  it('is not verified; going back is offered and not done', async () => {
    const web = await project();
    const failing = ['sh', '-c', `${web.deployTo('bad').join(' ')}; echo no space >&2; exit 3`];
    const { exitCode, stdout } = await web.holdpoint(...run, '--reporter', 'json', '--', ...failing);
    const record = JSON.parse(stdout) as RunRecord;
    expect([exitCode, web.live(), await web.undone()]).toEqual([10, 'bad', []]);
    expect(record.decision.because).toEqual([
      {
        check: 'deploy',
        reason: 'deploy_failed',
        text: 'the deploy command sh ended with exit code 3: no space; nothing was verified; left behind: bad is live',
      },
    ]);
    expect(record.rollback).toMatchObject({ state: 'WITHHELD', from: 'bad', to: 'r1', manual: 'sh ./undo.sh r1' });
  });
});
