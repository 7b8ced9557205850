// What `holdpoint replay` prints and ends with: records and profiles from files, without a single secret at hand.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { runHere } from '../helpers/command.ts';
import { recordOf } from '../helpers/records.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const profile = (limit: string): string => `
service: auth
checks:
  health:
    use: http
    target: \${env:URL}
    request: { get: /health, headers: { authorization: "Bearer \${secret:TOKEN}" } }
    expect: { status: 200, maxTime: ${limit} }
    failAfter: 2
    every: 1s
hold: { warmup: 0s, for: 2s, every: 1s, failAfter: 2, deadline: 10s }
`;

/** Four answers, a second apart, of 300 ms each. */
const record = () => {
  const at = (second: number): string => `2026-11-22T02:47:0${second}.000Z`;
  const samples = [1, 2, 3, 4].map((second) => ({
    at: at(second),
    ms: 300,
    phase: 'hold',
    seen: { ask: 'GET /health', status: 200, ms: 300, fault: null },
  }));
  const [check] = recordOf().checks;
  if (!check) throw new Error('the record has no check');
  return recordOf({
    profile: 'auth',
    checks: [
      { ...check, id: 'health', kind: 'http', title: 'health', samples, baseline: { from: 'none', samples: [] } },
    ],
    marks: [
      { at: at(1), name: 'hold-started' },
      { at: at(4), name: 'decision' },
    ],
    plan: { ...recordOf().plan, for: 2000 },
  });
};

const project = async (limit: string): Promise<string> => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(join(folder, 'deploy-profiles/auth.yaml'), profile(limit));
  await writeFile(join(folder, 'record.json'), JSON.stringify(record()));
  return folder;
};

describe('holdpoint replay', () => {
  it('says what was and what would be, without the secrets at hand', async () => {
    const { exitCode, stdout, stderr } = await runHere(await project('200ms'), ['replay', 'record.json', 'auth']);
    expect([exitCode, stderr]).toEqual([10, '']);
    expect(
      stdout,
    ).toBe(`replay of run run-7f3a (auth, release 9f3c1a2, 2026-11-22T02:47:00.000Z) under deploy-profiles/auth.yaml

health  pass → fail too_slow [unknown]
        GET /health took 300 ms, limit 200 ms

decision: pass → block
  because health: GET /health took 300 ms, limit 200 ms
note: not known here, and stood in for by values that only look right: \${env:URL}, \${secret:TOKEN}
exit code 10: it would block; a replay acts on nothing
`);
  });

  it('ends with 0 where only the report is wanted', async () => {
    const folder = await project('200ms');
    const args = ['replay', 'record.json', 'auth', '--report-only', '--reporter', 'json=now.json'];
    expect((await runHere(folder, args)).exitCode).toBe(0);
    const now = JSON.parse(await readFile(join(folder, 'now.json'), 'utf8')) as RunRecord;
    expect([now.decision.action, now.exitCode, now.checks[0]?.limit]).toEqual(['block', 10, 200]);
  });

  it.each([
    ['2s', 2],
    ['200ms', 10],
  ])('ends with no 0 where the report could not be written (budget %s)', async (budget, expected) => {
    const folder = await project(budget);
    const told = await runHere(folder, ['replay', 'record.json', 'auth', '--reporter', `json=${folder}`]);
    expect([told.exitCode, told.stderr]).toEqual([
      expected,
      `holdpoint: a report failed: ${folder} could not be written: it is a folder (EISDIR)\n`,
    ]);
  });

  it('ends with 0 where the decision is a pass', async () => {
    const { exitCode, stdout } = await runHere(await project('2s'), ['replay', 'record.json', 'auth']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('health  pass, as before\n');
    expect(stdout).toContain('decision: pass, as before\n');
    expect(stdout).toContain('exit code 0: it would pass with 1 check; a replay acts on nothing\n');
  });

  it('finds a run of the store by its id', async () => {
    const folder = await project('2s');
    await mkdir(join(folder, '.holdpoint/runs'), { recursive: true });
    await writeFile(join(folder, '.holdpoint/runs/r.json'), JSON.stringify(record()));
    const { exitCode, stderr } = await runHere(folder, ['replay', 'run-7f3a', 'auth']);
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it.each([
    [[], 'name a record (a file, or the id of a run) and a profile: holdpoint replay RECORD PROFILE'],
    [['record.json'], 'name a record (a file, or the id of a run) and a profile: holdpoint replay RECORD PROFILE'],
    [['none.json', 'auth'], 'there is no file none.json, and no run of that id in files in .holdpoint'],
    [
      ['torn.json', 'auth'],
      'torn.json is not a record that holdpoint wrote: format: Invalid input: expected "holdpoint.record/1"',
    ],
    [
      ['cut.json', 'auth'],
      'cut.json cannot be replayed: checks.0.samples: Invalid input: expected array, received undefined',
    ],
    [['deploy-profiles', 'auth'], 'deploy-profiles cannot be read: EISDIR: illegal operation on a directory, read'],
    [['by-hand.json', 'auth'], 'run run-7f3a is a rollback by hand: nothing was judged before it'],
    [['other.json', 'auth'], 'auth and run run-7f3a have no check in common; the record has login'],
    [['record.json', 'nobody'], 'there is no profile "nobody" in deploy-profiles/; known: auth'],
  ])('refuses %j', async (args, sentence) => {
    const folder = await project('2s');
    await writeFile(join(folder, 'torn.json'), '{}');
    const cut = { ...record(), checks: record().checks.map(({ samples: _, ...rest }) => rest) };
    await writeFile(join(folder, 'cut.json'), JSON.stringify(cut));
    await writeFile(join(folder, 'by-hand.json'), JSON.stringify({ ...record(), verb: 'rollback' }));
    const [check] = recordOf().checks;
    await writeFile(join(folder, 'other.json'), JSON.stringify(recordOf({ checks: check ? [check] : [] })));
    const { exitCode, stderr } = await runHere(folder, ['replay', ...args]);
    expect([exitCode, stderr]).toEqual([2, `${sentence}\n`]);
  });
});
