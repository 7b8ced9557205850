// A rollback in a hostile world: killed between any two writes, hotfixes, full and read-only disks, clocks that jump.
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ChildEnd, journalOf, runChild } from '../rollback/child.ts';
import { childProgram, childProject } from '../rollback/child-project.ts';

const program = childProgram();

/** What the child told beside its report. */
const figuresOf = ({ stderr }: ChildEnd): { writes: number; maxRssMib: number } =>
  JSON.parse(stderr.split('\n').at(-1) ?? '') as { writes: number; maxRssMib: number };

/** Writes of one whole rollback: a claim to the lock twice, seven lines of the journal, the claim removed. */
const writes = 10;

const everyWrite = Array.from({ length: writes }, (_, index) => index + 1);

it('a rollback writes as often as the kills below assume', async () => {
  const { job } = await childProject();
  expect(figuresOf(await runChild(program(), job)).writes).toBe(writes);
});

describe('killed with -9 before write', () => {
  it.each(everyWrite)('%i: the next call ends ROLLED_BACK, after one act that was done', async (dieAtWrite) => {
    const { job, live, undone } = await childProject();
    expect(await runChild(program(), { ...job, dieAtWrite, tear: dieAtWrite % 2 === 0 })).toMatchObject({
      signal: 'SIGKILL',
    });
    expect((await runChild(program(), job)).report).toMatchObject({ state: 'ROLLED_BACK', verified: true });
    expect(await undone()).toHaveLength(1);
    expect(await live()).toBe('v1');
    expect((await journalOf(job.root)).at(-1)).toMatchObject({ state: 'ROLLED_BACK' });
  });

  it.each(everyWrite)('%i, and somebody deploys a fix: the next call refuses, the fix stays', async (dieAtWrite) => {
    const { job, live, system, undone } = await childProject();
    await runChild(program(), { ...job, dieAtWrite, tear: dieAtWrite % 2 === 1 });
    await system.deploy('fix');
    const before = await undone();
    expect((await runChild(program(), job)).report).toMatchObject({ state: 'REFUSED', reason: 'superseded' });
    expect(await live()).toBe('fix');
    expect(await undone()).toEqual(before);
  });
});

describe('a command that', () => {
  it('lies with exit 0 while a person deploys a fix: superseded, the fix stays', async () => {
    const { job, live } = await childProject('(sleep 0.5; echo fix > live) > /dev/null 2>&1 & echo done');
    const { report } = await runChild(program(), job);
    expect(report).toMatchObject({ state: 'REFUSED', reason: 'superseded' });
    expect(await live()).toBe('fix');
  });

  it('hangs with a child of its own, both deaf to TERM: the whole group is killed', async () => {
    const { job } = await childProject(
      "trap '' TERM; sh -c 'echo $$ > child; while :; do sleep 0.1; done' & echo $$ > pid; wait",
    );
    const settings = { ...(job.settings as object), deadline: '1s' };
    const { report } = await runChild(program(), { ...job, settings });
    expect(report).toMatchObject({ state: 'FAILED', reason: 'undo_failed' });
    for (const name of ['pid', 'child']) {
      const pid = Number(await readFile(join(job.root, name), 'utf8'));
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone');
      // Where nobody reaps orphans a killed process stays as a zombie for a while.
      expect(stat).toMatch(/^gone$|\) Z /);
    }
  });

  it('leaves a process in the background that holds its output open: it is not waited for', async () => {
    const { job } = await childProject('sleep 60 & echo $! > child; echo "$2" > live');
    const { report } = await runChild(program(), job);
    const child = Number(await readFile(join(job.root, 'child'), 'utf8'));
    process.kill(child, 'SIGKILL');
    expect(report).toMatchObject({ state: 'ROLLED_BACK' });
    expect(report?.acts[0]?.ms).toBeLessThan(30_000);
  });

  it('prints 100 MB without a line break: ROLLED_BACK, its tail kept, its memory bounded', async () => {
    const { job } = await childProject('head -c 100000000 /dev/zero | tr \'\\0\' x; echo THE END; echo "$2" > live');
    const end = await runChild(program(), job);
    expect(end.report).toMatchObject({ state: 'ROLLED_BACK' });
    const { outTail = '' } = end.report?.acts[0] ?? {};
    expect(outTail).toHaveLength(2000);
    expect(outTail.trimEnd()).toMatch(/THE END$/);
    expect(figuresOf(end).maxRssMib).toBeLessThan(400);
  });
});

describe('a store that cannot be written', () => {
  it.each([1, 2, 3, 4, 5])('a disk that is full from write %i on, before the act: refused', async (fullAtWrite) => {
    const { job, live, undone } = await childProject();
    const { report } = await runChild(program(), { ...job, fullAtWrite });
    expect(report).toMatchObject({ state: 'REFUSED', reason: 'no_journal' });
    expect(report?.because).toMatch(/could not be written: the disk is full \(ENOSPC\)$/);
    expect([await live(), await undone()]).toEqual(['v2', []]);
    expect((await runChild(program(), job)).report).toMatchObject({ state: 'ROLLED_BACK' });
    expect(await undone()).toHaveLength(1);
  });

  it.each([6, 7, 8, 9, 10])(
    'a disk that is full from write %i on, after the act: proven all the same, and the next call agrees',
    async (fullAtWrite) => {
      const { job, live, undone } = await childProject();
      const { report } = await runChild(program(), { ...job, fullAtWrite });
      expect(report).toMatchObject({ state: 'ROLLED_BACK', verified: true });
      expect((await runChild(program(), job)).report).toMatchObject({ state: 'ROLLED_BACK' });
      expect([await live(), (await undone()).length]).toEqual(['v1', 1]);
    },
  );

  it('a journal that is replaced by a folder in the middle of the act: proven all the same', async () => {
    const { job, live } = await childProject(
      'cd .holdpoint/journals; name=$(ls); rm "$name"; mkdir "$name"; cd ../..; echo "$2" > live',
    );
    expect((await runChild(program(), job)).report).toMatchObject({ state: 'ROLLED_BACK', verified: true });
    expect(await live()).toBe('v1');
  });

  it('a limit of the size of files: refused or carried out, never something between', async () => {
    const { job, live, undone } = await childProject();
    // 512-byte blocks: enough for the lock, not for the journal.
    const { report } = await runChild(program(), job, undefined, process.env, 'ulimit -f 1');
    expect(report).toMatchObject({ state: 'REFUSED', reason: 'no_journal' });
    expect(report?.because).toMatch(/the file would be larger than this user may write \(ulimit -f\) \(EFBIG\)$/);
    expect([await live(), await undone()]).toEqual(['v2', []]);
    // The torn line that it left is no hindrance once there is room.
    expect((await runChild(program(), job)).report).toMatchObject({ state: 'ROLLED_BACK' });
    expect(await undone()).toHaveLength(1);
  });

  it('a read-only store: refused, nothing is done', async () => {
    const { job, live, undone } = await childProject();
    await mkdir(join(job.root, '.holdpoint'));
    await chmod(join(job.root, '.holdpoint'), 0o555);
    await chmod(job.root, 0o755);
    // Root may write everywhere.
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const { report } = await runChild(program(), { ...job, ...uid });
    expect(report).toMatchObject({ state: 'REFUSED', reason: 'no_journal' });
    expect(report?.because).toMatch(/could not be written: this user may not write there \(EACCES\)$/);
    expect([await live(), await undone()]).toEqual(['v2', []]);
    await chmod(join(job.root, '.holdpoint'), 0o755);
  });
});

describe('a wall clock that jumps', () => {
  const day = 86_400_000;

  it.each([
    ['FENCED', day],
    ['EXECUTING', -day],
    ['WAITING', day],
    ['VERIFYING', -day],
  ])('on entering %s by %i ms: ROLLED_BACK, and the next call does nothing again', async (at, by) => {
    const { job, undone } = await childProject();
    expect((await runChild(program(), { ...job, jump: { at, by } })).report).toMatchObject({ state: 'ROLLED_BACK' });
    expect((await runChild(program(), job)).report).toMatchObject({ state: 'ROLLED_BACK' });
    expect(await undone()).toHaveLength(1);
  });
});
