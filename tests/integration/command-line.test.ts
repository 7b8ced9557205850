// The command line as a process: each exit code that a pipeline meets, signals, locks, and the verbs one after the other.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { webProject } from '../helpers/web-project.ts';

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

describe('run', () => {
  it('0: a good release', async () => {
    const { holdpoint, deployTo, records, live } = await webProject();
    const { exitCode, stdout } = await holdpoint('run', 'web', '--release', 'v2', '--', ...deployTo('r2'));
    expect([exitCode, stdout, live()]).toEqual([0, '', 'r2']);
    const [record] = await records();
    expect(record?.release).toEqual({ label: 'v2', from: 'r2', to: 'r1', liveAtEnd: 'r2' });
    expect(record?.marks.find(({ name }) => name === 'process')?.data).toEqual({
      maxRssMb: expect.any(Number),
      eventLoopDelayP99Ms: expect.any(Number),
    });
  });

  it('20: a bad release goes back, once; the second within the hour is refused with 22', async () => {
    const { holdpoint, deployTo, live } = await webProject();
    expect((await holdpoint('run', 'web', '--release', 'v2', '--', ...deployTo('bad'))).exitCode).toBe(20);
    expect(live()).toBe('r1');
    const second = await holdpoint('run', 'web', '--release', 'v3', '--', ...deployTo('bad2'));
    expect([second.exitCode, live()]).toEqual([22, 'bad2']);
    expect(second.stderr).toContain('ROLLBACK REFUSED (budget): web/default runs bad2');
  });

  it('10 and nothing acts: --no-rollback, and mode ask without a terminal; the command is printed', async () => {
    const { holdpoint, deployTo, live } = await webProject();
    const judged = await holdpoint('run', 'web', '--no-rollback', '--', ...deployTo('bad'));
    expect([judged.exitCode, live()]).toEqual([10, 'bad']);
    expect(judged.stderr).toContain('A rollback was withheld: --no-rollback was given\n');
    expect(judged.stderr).toMatch(/by hand: ln -sfn \S+releases\/r1 /);
    const asking = await webProject({ mode: 'mode: ask' });
    const asked = await asking.holdpoint('run', 'web', '--', ...asking.deployTo('bad'));
    expect([asked.exitCode, asking.live()]).toEqual([10, 'bad']);
    expect(asked.stderr).toContain(
      'A rollback was withheld: rollback.mode is ask, and there is no terminal to ask on\n',
    );
  });

  it('10 and nothing acts: a part of the checks never rolls back and never counts as good', async () => {
    const { holdpoint, deployTo, live, records } = await webProject();
    expect((await holdpoint('run', 'web', '--only', 'page', '--', ...deployTo('bad'))).exitCode).toBe(10);
    expect((await holdpoint('run', 'web', '--skip', 'page', '--', ...deployTo('r2'))).exitCode).toBe(0);
    expect(live()).toBe('r2');
    expect((await records()).map(({ overrides }) => overrides)).toEqual([['--only page'], ['--skip page']]);
  });

  it('11: a deploy that changes nothing', async () => {
    const { holdpoint, deployTo } = await webProject();
    const { exitCode, stderr } = await holdpoint('run', 'web', '--', ...deployTo('r1'));
    expect(exitCode).toBe(11);
    expect(stderr).toContain('nothing new is live: r1 was live before the deploy and still is after 1 s');
  });

  it('10: a deploy command that fails is not verified', async () => {
    const { holdpoint } = await webProject();
    const { exitCode, stderr } = await holdpoint('run', 'web', '--', '/bin/false');
    expect(exitCode).toBe(10);
    expect(stderr).toContain('the deploy command /bin/false ended with exit code 1; nothing was verified');
  });

  it('2: nothing is checked, nothing is deployed', async () => {
    const { holdpoint, deployTo, live, records } = await webProject();
    const runs = [
      ['run', 'wep', '--', ...deployTo('r2')],
      ['run', 'web', '--reporter', 'ttz', '--', ...deployTo('r2')],
      ['run', 'web', '--only', 'pege', '--', ...deployTo('r2')],
      ['run', 'web', '--baseline', 'missing.json', '--', ...deployTo('r2')],
      ['run', 'web', '--deadline', '5 parsecs', '--', ...deployTo('r2')],
      ['run', '../web', '--', ...deployTo('r2')],
      ['run'],
      ['rnu', 'web'],
    ];
    for (const args of runs) expect([args, (await holdpoint(...args)).exitCode]).toEqual([args, 2]);
    expect([live(), await records()]).toEqual(['r1', []]);
  });

  it('75: another run holds the lock; --wait waits for it', async () => {
    const { start, holdpoint, deployTo } = await webProject();
    const first = start('run', 'web', '--', ...deployTo('r2'));
    await new Promise((resolve) => first.child.stderr?.once('data', resolve));
    const refused = await holdpoint('run', 'web', '--', ...deployTo('r1'));
    expect(refused.exitCode).toBe(75);
    expect(lastLine(refused.stderr)).toMatch(
      /^another run holds the lock on web: process \d+ on \S+ since \S+Z\. Wait for it with --wait 10m\.$/,
    );
    const given = start('run', 'web', '--wait', '30s', '--', ...deployTo('r1'));
    setTimeout(() => given.child.kill('SIGINT'), 800);
    expect([(await given.ended).exitCode, lastLine((await given.ended).stderr)]).toEqual([
      130,
      'interrupted while waiting for another run: nothing was begun',
    ]);
    const waited = holdpoint('run', 'web', '--wait', '30s', '--', ...deployTo('r1'));
    expect([(await first.ended).exitCode, (await waited).exitCode]).toEqual([0, 0]);
  });
});

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the run in order with %i', async (signal, code) => {
    const { start, holdpoint, deployTo, records, folder } = await webProject();
    const { child, ended } = start('run', 'web', '--', ...deployTo('r2'));
    child.stderr?.on('data', (text: Buffer) => {
      if (text.includes('hold: all checks')) child.kill(signal);
    });
    const { exitCode, stderr } = await ended;
    expect([exitCode, stderr.includes(`INTERRUPTED by ${signal}`)]).toEqual([code, true]);
    expect((await records()).map(({ interrupted, exitCode: recorded }) => [interrupted, recorded])).toEqual([
      [signal, code],
    ]);
    await rm(join(folder, '.holdpoint/runs'), { recursive: true });
    expect((await holdpoint('run', 'web', '--', ...deployTo('r1'))).exitCode).toBe(0);
  });

  it('during the deploy ends its command with it', async () => {
    const { start } = await webProject();
    const { child, ended } = start('run', 'web', '--', '/bin/sh', '-c', 'echo pid $$; sleep 60');
    let sleeper = 0;
    child.stderr?.on('data', (text: Buffer) => {
      sleeper ||= Number(/pid (\d+)/.exec(text.toString())?.[1] ?? 0);
      if (sleeper > 0) child.kill('SIGTERM');
    });
    expect((await ended).exitCode).toBe(143);
    expect(() => process.kill(sleeper, 0)).toThrow('ESRCH');
  });

  it('SIGKILL leaves nothing that stops the next run', async () => {
    const { start, holdpoint, deployTo } = await webProject();
    const { child, ended } = start('run', 'web', '--', ...deployTo('r2'));
    child.stderr?.on('data', (text: Buffer) => {
      if (text.includes('hold: all checks')) child.kill('SIGKILL');
    });
    await ended;
    expect((await holdpoint('run', 'web', '--', ...deployTo('r1'))).exitCode).toBe(0);
  });
});

describe('one verb after the other', () => {
  it('baseline, deploy, run, rollback: drill, then by hand', async () => {
    const { holdpoint, deployTo, live } = await webProject();
    const taken = await holdpoint('baseline', 'web', '--release', 'v2', '--out', 'baseline.json');
    expect([taken.exitCode, lastLine(taken.stderr)]).toEqual([
      0,
      'baseline web/default: r1 is live; page seen, version seen; kept for v2 in files in .holdpoint',
    ]);
    await holdpoint('run', 'web', '--release', 'v2', '--no-rollback', '--', ...deployTo('bad'));
    const judged = await holdpoint('run', 'web', '--release', 'v2', '--no-rollback', '--baseline', 'baseline.json');
    expect([judged.exitCode, judged.stderr.includes('[since this release]')]).toEqual([10, true]);
    const drill = await holdpoint('rollback', 'web', '--drill');
    expect([
      drill.exitCode,
      live(),
      drill.stderr.includes('DRILL, nothing done: web/default could go back from bad to r1'),
    ]).toEqual([0, 'bad', true]);
    const unasked = await holdpoint('rollback', 'web');
    expect([unasked.exitCode, live(), lastLine(unasked.stderr)]).toEqual([
      2,
      'bad',
      'there is no terminal to ask on; give --yes to act without a question',
    ]);
    const back = await holdpoint('rollback', 'web', '--yes');
    expect([
      back.exitCode,
      live(),
      back.stderr.includes('ROLLED BACK and verified: web/default runs r1 again (was bad)'),
    ]).toEqual([20, 'r1', true]);
  });

  it('check before and after a fix, then show', async () => {
    const { holdpoint, start, folder, deployTo } = await webProject();
    await holdpoint('run', 'web', '--no-rollback', '--', ...deployTo('bad'));
    const sick = await holdpoint('check', 'web');
    expect([sick.exitCode, sick.stderr.includes('NOT RECOVERED: 1 of 2 failing, none new (web/default)')]).toEqual([
      10,
      true,
    ]);
    await start('run', 'web', '--no-rollback', '--', ...deployTo('r2')).ended;
    const well = await holdpoint(
      'check',
      'web',
      '--reporter',
      'plain',
      '--reporter',
      'json=record.json',
      '--reporter',
      'json',
    );
    expect([well.exitCode, well.stderr.includes('RECOVERED: all 2 checks passing (web/default)')]).toEqual([0, true]);
    const written = await readFile(join(folder, 'record.json'), 'utf8');
    expect(written).toBe(well.stdout);
    expect(JSON.parse(written)).toMatchObject({ format: 'holdpoint.record/1', verb: 'check', exitCode: 0 });
    const [lines = '', , counted] = (await holdpoint('show')).stdout.trim().split('\n\n');
    const list = lines.split('\n');
    expect(list.map((line) => line.split(/\s+/)[1])).toEqual(['0', '0', '10', '10']);
    expect(counted).toMatch(/^of 2 runs 1 would have rolled back, 0 decided to; marked: 0 right, 0 wrong, 1 not yet/);
    const last = await holdpoint('show', '--last', '--reporter', 'json');
    expect(last.stdout).toBe(written);
    expect((await holdpoint('show', 'nothing-like-it')).exitCode).toBe(2);
  });

  it('explain knows kinds, platforms, reasons and exit codes', async () => {
    const { holdpoint } = await webProject();
    const said = async (topic: string): Promise<string> => (await holdpoint('explain', topic)).stdout;
    expect(await said('22')).toMatch(
      /^exit code 22\nrollback refused by a guard or a person: page\n\nwhat now:\n {2}1\. PAGE\./,
    );
    expect(await said('db-connections')).toContain('layer: database');
    expect(await said('symlink')).toContain('fence: client');
    expect(await said('slots_exhausted')).toContain('of db-connections: ');
    const unknown = await holdpoint('explain', 'slots_exhuasted');
    expect([unknown.exitCode, unknown.stderr]).toEqual([
      2,
      'nothing is named "slots_exhuasted"; did you mean "slots_exhausted"?\n',
    ]);
  });
});

describe('the store', () => {
  it('a read-only one is told as what it is, and a check by hand works all the same', async () => {
    const { holdpoint, deployTo, live } = await webProject();
    const run = await holdpoint('run', 'web', '--store', '/dev/null/store', '--', ...deployTo('r2'));
    expect([run.exitCode, live()]).toEqual([2, 'r1']);
    expect(run.stderr).toMatch(/^the store \(files in \/dev\/null\/store\) cannot be used, so nothing was begun: /m);
    const check = await holdpoint('check', 'web', '--store', '/dev/null/store');
    expect([check.exitCode, check.stderr.includes('the record could not be stored')]).toEqual([0, true]);
  });
});
