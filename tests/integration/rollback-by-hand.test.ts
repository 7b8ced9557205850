// `holdpoint rollback` as it is typed: the plan on one screen, the question, candidates, drills, and a judge elsewhere.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { handProject } from '../helpers/hand-project.ts';

const acts = async (folder: string): Promise<string[]> =>
  (await readFile(join(folder, 'undo.log'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

/** A bad release that a run has judged and not rolled back. */
const badRelease = async (rollback?: string) => {
  const project = await handProject(rollback);
  const run = await project.type(
    [
      'run',
      'web',
      '--no-rollback',
      '--release',
      'v2',
      '--reporter',
      'json=judged.json',
      '--',
      ...project.deployTo('bad'),
    ],
    {},
  );
  expect(run.exitCode).toBe(10);
  return project;
};

describe('by hand', () => {
  it('shows the plan on one screen, asks for the name of the service, goes back and proves it', async () => {
    const project = await badRelease('  mode: shadow\n  reversible: true\n  evidence: [[cat, live]]\n');
    const told = await project.type(['rollback', 'web', '--reporter', 'json=back.json'], {
      terminal: true,
      answers: ['web'],
    });
    expect(told.asked).toEqual(['Type "web" to go back, anything else to leave it: ']);
    const plan = told.stderr.split('\n').slice(0, 24);
    expect(plan[0]).toBe(
      'web: can I roll back? YES, because the platform cannot tell whether r1 is still there; web is not',
    );
    expect(plan.slice(2, 7)).toEqual([
      expect.stringMatching(/^ {2}from: bad \(release v2, blocked .+ UTC; live now: bad is live\)$/),
      expect.stringMatching(/^ {2}to: r1 \(live .+ ago, not judged by a run that is kept\)$/),
      '  with: ./undo.sh r1',
      '  fence: client: compared just before the act; who deploys in that second is overwritten',
      '  then: all checks are held for 400 ms; at most 15 min in all',
    ]);
    expect(told.stderr).toMatch(/^ {2}escalate: at \d\d:\d\d UTC, if it has not recovered by then$/m);
    expect([told.exitCode, await project.live(), await acts(project.folder)]).toEqual([20, 'r1', ['r1 1']]);
    const record = JSON.parse(await readFile(join(project.folder, 'back.json'), 'utf8')) as RunRecord;
    expect(record.rollback?.evidence).toMatchObject({
      live: 'bad is live',
      checks: { page: [{ phase: 'last', seen: expect.anything() }] },
      commands: [{ argv: ['cat', 'live'], exit: 0, outTail: 'bad\n' }],
      missing: [],
    });
  });

  it('declined changes nothing: 22', async () => {
    const project = await badRelease();
    const told = await project.type(['rollback', 'web'], { terminal: true, answers: ['yes'] });
    expect([told.exitCode, await project.live(), await acts(project.folder)]).toEqual([22, 'bad', []]);
    expect(told.stderr).toContain('declined: nothing was changed\n');
  });

  it('what a guard refuses is said first, without a question, with what else helps', async () => {
    const project = await badRelease(
      '  mode: ask\n  reversible: { declared: false, reason: drops a column }\n  mitigations: [switch the flag off]\n',
    );
    const told = await project.type(['rollback', 'web'], { terminal: true });
    expect(told.stderr.split('\n')[0]).toBe(
      'web: can I roll back? NO (irreversible), because declared irreversible: drops a column',
    );
    expect(told.stderr).toContain('\n  instead: switch the flag off\n');
    expect(told.stderr).toContain('ROLLBACK REFUSED (irreversible): web/default runs bad');
    expect([told.exitCode, told.asked, await acts(project.folder)]).toEqual([22, [], []]);
  });

  it('a drill does everything but act, and names the other candidates', async () => {
    const project = await handProject();
    await project.type(['run', 'web', '--release', 'v2', '--', ...project.deployTo('r2')]);
    await project.type(['run', 'web', '--release', 'v3', '--', ...project.deployTo('r3')]);
    const told = await project.type(['rollback', 'web', '--drill']);
    expect(told.exitCode).toBe(0);
    expect(told.stderr).toMatch(/^ {2}to: r2 \(live .+ ago, release v2, PASSED 20.+ UTC\)$/m);
    expect(told.stderr).toMatch(
      /^ {2}others \(--to REVISION\):\n {4}r1 {2}live .+ ago, not judged by a run that is kept$/m,
    );
    expect([await project.live(), await acts(project.folder)]).toEqual(['r3', []]);
    const back = await project.type(['rollback', 'web', '--to', 'r1', '--yes']);
    expect([back.exitCode, await project.live()]).toEqual([20, 'r1']);
    const again = await project.type(['rollback', 'web', '--to', 'r1', '--yes']);
    expect([again.exitCode, again.stderr.split('\n')[0]]).toEqual([
      2,
      'r1 is live already (is it well? holdpoint check web); name one with --to REVISION',
    ]);
    expect(again.stderr).toMatch(/^ {2}r3 {2}live .+ ago, release v3, PASSED/m);
  });

  it('a platform that cannot tell what is live is no bug', async () => {
    const project = await badRelease();
    await writeFile(join(project.folder, 'live.sh'), '#!/bin/sh\necho no access >&2; exit 3\n');
    const told = await project.type(['rollback', 'web', '--yes']);
    expect([told.exitCode, told.stderr]).toEqual([
      2,
      'what is live could not be told, so nothing was begun: `./live.sh` ended with 3: no access\n',
    ]);
  });
});

describe('a judge and an actor', () => {
  it('the record of `run --no-rollback` is carried out once, with all guards', async () => {
    const project = await badRelease();
    const act = () => project.type(['rollback', 'web', '--record', 'judged.json']);
    const first = await act();
    expect([first.exitCode, await project.live(), await acts(project.folder)]).toEqual([20, 'r1', ['r1 1']]);
    expect(first.stderr).toContain('ROLLED BACK and verified: web/default runs r1 again (was bad');
    const second = await act();
    expect([second.exitCode, await acts(project.folder)]).toEqual([20, ['r1 1']]);
  });

  it('a hotfix in between stays', async () => {
    const project = await badRelease();
    await project.deploy('fix');
    const told = await project.type(['rollback', 'web', '--record', 'judged.json']);
    expect([told.exitCode, await project.live(), await acts(project.folder)]).toEqual([22, 'fix', []]);
    expect(told.stderr).toContain('ROLLBACK REFUSED (superseded)');
  });

  it('a freeze holds it back, and a failing control makes it a block', async () => {
    const project = await badRelease();
    await project.type(['freeze', 'web', '--for', '1h', '--reason', 'migration']);
    const frozen = await project.type(['rollback', 'web', '--record', 'judged.json']);
    expect([frozen.exitCode, frozen.stderr.includes('ROLLBACK REFUSED (frozen)')]).toEqual([22, true]);

    const other = await badRelease('  mode: auto\n  reversible: true\n');
    const file = join(other.folder, 'deploy-profiles/web.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('{ none: a test }', '{ command: ["false"] }'));
    await other.deploy('r1');
    await other.type([
      'run',
      'web',
      '--no-rollback',
      '--release',
      'v3',
      '--reporter',
      'json=judged.json',
      '--',
      ...other.deployTo('bad'),
    ]);
    const blocked = await other.type(['rollback', 'web', '--record', 'judged.json']);
    expect([blocked.exitCode, await acts(other.folder)]).toEqual([10, []]);
    expect(blocked.stderr).toContain('the control fails, too (false ended with 1)');
  });

  it('what is no order is refused', async () => {
    const project = await badRelease();
    const said = async (...args: string[]) => {
      const { exitCode, stderr } = await project.type(['rollback', 'web', '--record', ...args]);
      expect(exitCode).toBe(2);
      return stderr.trim();
    };
    const file = join(project.folder, 'judged.json');
    const record = JSON.parse(await readFile(file, 'utf8')) as RunRecord;
    const change = (over: Partial<RunRecord>) => writeFile(file, JSON.stringify({ ...record, ...over }));
    expect(await said('none.json')).toBe('--record none.json: there is no such file');
    expect(await said('deploy-profiles')).toMatch(/^--record deploy-profiles cannot be read: EISDIR/);
    await change({ marks: 'torn' as never });
    expect(await said('judged.json')).toMatch(
      /^--record judged\.json: this is not a record that holdpoint wrote: marks: /,
    );
    expect(await said('judged.json', '--to', 'r1')).toBe('--record names the revision to go back to: it takes no --to');
    const cases: [Partial<RunRecord>, string][] = [
      [{ verb: 'check' }, 'it is of `check`, not of `run`'],
      [{ service: 'mail' }, 'it is of mail/default, the profile of web/default'],
      [{ shadow: true }, 'it is of a shadow run, which does not count'],
      [{ overrides: ['--only page'] }, 'the run was lowered by --only page: a part of the checks never rolls back'],
      [{ tool: { version: '0', profileHash: 'other' } }, 'the profile was changed since: judge again'],
    ];
    for (const [over, sentence] of cases) {
      await change(over);
      expect(await said('judged.json')).toBe(`run ${record.runId} is no order to roll back: ${sentence}`);
    }
    expect(await acts(project.folder)).toEqual([]);
  });

  it('a record that asked for nothing is nothing to do', async () => {
    const project = await handProject();
    await project.type(['run', 'web', '--reporter', 'json=ok.json', '--', ...project.deployTo('r2')]);
    const told = await project.type(['rollback', 'web', '--record', 'ok.json']);
    expect([told.exitCode, told.stderr]).toEqual([
      0,
      expect.stringMatching(/^run .+ did not ask for a rollback: nothing to do\n$/),
    ]);
  });
});

describe('permission is earned', () => {
  it('show says how many runs would have rolled back, and a person marks each', async () => {
    const project = await badRelease('  mode: shadow\n  reversible: true\n');
    const { stdout } = await project.type(['show']);
    expect(stdout).toContain(
      'of 1 run 1 would have rolled back, 0 decided to; marked: 0 right, 0 wrong, 1 not yet; holdpoint show RUN --mark right|wrong',
    );
    expect(stdout).toContain('\n\nweb/default, oldest on the left (. passed,');
    expect(stdout).toMatch(/^ {2}page {2}x/m);
    const marked = await project.type(['show', '--last', '--mark', 'wrong']);
    expect([marked.exitCode, marked.stdout]).toEqual([
      0,
      expect.stringMatching(/^run .+: the rollback is marked wrong\n$/),
    ]);
    expect((await project.type(['show'])).stdout).toContain('marked: 0 right, 1 wrong, 0 not yet\n');
    expect((await project.type(['show', '--service', 'mail'])).stderr).toBe(
      'no run mail is kept in files in .holdpoint\n',
    );
    expect(await project.type(['show', '--mark', 'right'])).toMatchObject({
      exitCode: 2,
      stderr: 'name the run that is meant: holdpoint show RUN --mark right|wrong\n',
    });
  });
});

describe('a baseline', () => {
  it('that is kept and cannot be written to --out, too, is a sentence and no bug', async () => {
    const project = await handProject();
    const told = await project.type(['baseline', 'web', '--release', 'v2', '--out', project.folder]);
    expect(told.exitCode).toBe(2);
    expect(told.stderr).toContain('kept for v2 in files in .holdpoint\n');
    expect(told.stderr).toContain(`--out: ${project.folder} could not be written: it is a folder (EISDIR)\n`);
  });
});
