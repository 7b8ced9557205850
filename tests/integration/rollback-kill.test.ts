// A rollback whose process is killed with -9 in each state and called again: it goes on, or leaves a hotfix alone.
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journalOf, runChild } from '../rollback/child.ts';
import { childProgram, childProject } from '../rollback/child-project.ts';

const program = childProgram();

/** An act that takes its time: it says when it has begun, and notes itself when it is done. */
const slow = 'echo begun; sleep 1; echo "$2" > live; echo "$*" >> undo.log';

describe('killed with -9', () => {
  it.each([
    ['PLANNED', ['v2 v1 token=2 2'], 2],
    ['FENCED', ['v2 v1 token=2 2'], 2],
    ['EXECUTING', ['v2 v1 token=2 2'], 2],
    ['EXECUTED', ['v2 v1 token=1 1'], 2],
    ['WAITING', ['v2 v1 token=1 1'], 2],
    ['VERIFYING', ['v2 v1 token=1 1'], 2],
    ['ROLLED_BACK', ['v2 v1 token=1 1'], 1],
  ])('on entering %s, the next call ends ROLLED_BACK after one act in all', async (state, acts, token) => {
    const { job, live, undone } = await childProject();
    expect(await runChild(program(), { ...job, dieAt: state })).toMatchObject({ signal: 'SIGKILL', report: undefined });
    const { report } = await runChild(program(), job);
    expect(report).toMatchObject({ state: 'ROLLED_BACK', verified: true });
    expect(await undone()).toEqual(acts);
    expect(await live()).toBe('v1');
    expect((await journalOf(job.root)).at(-1)).toMatchObject({ state: 'ROLLED_BACK', token });
  });

  it.each(['PLANNED', 'FENCED', 'EXECUTING', 'WAITING', 'VERIFYING'])(
    'on entering %s, and somebody deploys a fix: the next call refuses and the fix stays',
    async (state) => {
      const { job, live, system, undone } = await childProject();
      await runChild(program(), { ...job, dieAt: state });
      await system.deploy('fix');
      const before = await undone();
      const { report } = await runChild(program(), job);
      expect(report).toMatchObject({ state: 'REFUSED', reason: 'superseded' });
      expect(await live()).toBe('fix');
      expect(await undone()).toEqual(before);
    },
  );

  it('in the middle of the act: the command goes on without us, the next call acts once more', async () => {
    const { job, live, undone } = await childProject(slow);
    expect(await runChild(program(), { ...job, dieAt: 'line:begun' })).toMatchObject({ signal: 'SIGKILL' });
    expect(await live()).toBe('v2');
    const { report } = await runChild(program(), job);
    expect(report).toMatchObject({ state: 'ROLLED_BACK' });
    expect(await undone()).toEqual(['v2 v1 token=1', 'v2 v1 token=2']);
  });

  it('with a torn line in the journal: the next call goes on all the same', async () => {
    const { job, undone } = await childProject();
    await runChild(program(), { ...job, dieAt: 'EXECUTED' });
    const journals = join(job.root, '.holdpoint/journals');
    await appendFile(join(journals, (await readdir(journals))[0] ?? ''), '{"format":"holdpoint.rollb');
    expect((await runChild(program(), job)).report).toMatchObject({ state: 'ROLLED_BACK' });
    expect(await undone()).toHaveLength(1);
    expect((await journalOf(job.root)).map(({ state }) => state)).toEqual([
      'PLANNED',
      'FENCED',
      'EXECUTING',
      'EXECUTED',
      'PLANNED',
      'WAITING',
      'VERIFYING',
      'ROLLED_BACK',
    ]);
  });
});

describe('two at once', () => {
  it('act once: one goes back, the other is told who does', async () => {
    const { job, undone } = await childProject(slow);
    const ends = await Promise.all([runChild(program(), job), runChild(program(), job)]);
    const reports = ends.map(({ report }) => report).sort((a, b) => (a?.state ?? '').localeCompare(b?.state ?? ''));
    expect(reports).toMatchObject([{ state: 'REFUSED', reason: 'locked' }, { state: 'ROLLED_BACK' }]);
    expect(reports[0]?.because).toMatch(/^process \d+ on .+ is carrying out rb:auth\/test:v2 since 20/);
    expect(await undone()).toEqual(['v2 v1 token=1']);
  });
});

describe('terminated', () => {
  it('in the middle of the act, it lets the act finish, and the next call proves it', async () => {
    const { job, undone } = await childProject(slow);
    const settings = {
      ...(job.settings as object),
      undo: ['sh', '-c', 'kill -TERM $PPID; . ./scripts/undo.sh', 'x', 'v2', '{{to}}'],
    };
    const first = await runChild(program(), { ...job, settings });
    expect(first.report).toMatchObject({ state: 'EXECUTING', reason: 'interrupted' });
    expect(await undone()).toEqual(['v2 v1']);
    const second = await runChild(program(), job);
    expect(second.report).toMatchObject({ state: 'ROLLED_BACK' });
    expect(await undone()).toEqual(['v2 v1']);
    expect((await journalOf(job.root)).map(({ state, reason }) => `${state} ${reason ?? ''}`.trim())).toEqual([
      'PLANNED',
      'FENCED',
      'EXECUTING',
      'EXECUTING interrupted',
      'PLANNED',
      'WAITING',
      'VERIFYING',
      'ROLLED_BACK',
    ]);
  });
});

describe('a command that', () => {
  it('lies: FAILED at the deadline, and the same order is not tried again', async () => {
    const { job, system } = await childProject();
    await system.lie();
    const short = { ...job, plan: { deadline: 1500 } };
    const first = await runChild(program(), short);
    expect(first.report).toMatchObject({
      state: 'FAILED',
      reason: 'not_live',
      because: 'v1 was not live everywhere within 1.5 s; last seen: v2 is live and its status is good',
    });
    expect((await runChild(program(), short)).report).toEqual(first.report);
  });

  it('traps TERM beyond its deadline: killed, FAILED, nothing left running', async () => {
    const { job } = await childProject("trap '' TERM; echo $$ > pid; while :; do sleep 0.1; done");
    const settings = { ...(job.settings as object), deadline: '500ms' };
    const { report } = await runChild(program(), { ...job, settings });
    expect(report).toMatchObject({ state: 'FAILED', reason: 'undo_failed' });
    expect(report?.because).toMatch(/had not ended after 500 ms and was stopped; v2 is live and its status is good$/);
    const pid = Number(await readFile(join(job.root, 'pid'), 'utf8'));
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone');
    // Where nobody reaps orphans a killed process stays as a zombie for a while.
    expect(stat).toMatch(/^gone$|\) Z /);
  });
});
