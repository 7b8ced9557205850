// What `holdpoint replay --over` prints: the exact rule over the recorded history of a log.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { overText } from '../../src/commands/replay-over-text.ts';
import { createFiles } from '../../src/io/files.ts';
import { openStore } from '../../src/store/index.ts';
import { runHere } from '../helpers/command.ts';
import { fakeIo, realClock } from '../helpers/fake-io.ts';
import { bodyOf, serve } from '../helpers/servers.ts';
import { recordOf } from '../helpers/records.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const profile = `
service: auth
checks:
  errors:
    use: error-rate-delta
    log: { file: access.log, before: 10m, total: 'lines', errors: 'status=~"5.."' }
    every: 5s
  health: { use: http, target: "\${env:NOT_SET}", request: { get: / }, expect: { status: 200 } }
baseline: 15s
hold: { warmup: 0s, for: 60s, every: 5s, failAfter: 3, deadline: 2m }
`;

/** Four requests a second over `minutes`; `fails` says of each second before now whether they fail. */
const logOf = (minutes: number, fails: (secondsAgo: number) => boolean): string => {
  const now = Date.now();
  const lines: string[] = [];
  for (let ago = minutes * 60; ago > 0; ago -= 1)
    for (let n = 0; n < 4; n += 1) {
      const status = fails(ago) || (n === 0 && ago % 100 === 0) ? 503 : 200;
      lines.push(`{"time":${now - ago * 1000 + n * 250},"status":${status}}`);
    }
  return `${lines.join('\n')}\n`;
};

const replayed = async (text: string, args: string[] = [], more?: (folder: string) => Promise<void>) => {
  const folder = await tempFolder();
  await mkdir(join(folder, 'deploy-profiles'));
  await writeFile(join(folder, 'deploy-profiles/auth.yaml'), profile);
  await writeFile(join(folder, 'access.log'), text);
  await more?.(folder);
  return runHere(folder, ['replay', '--over', '45m', 'auth', ...args]);
};

describe('holdpoint replay --over', () => {
  it('says that a quiet service is never rolled back, and how sure that is', async () => {
    const { exitCode, stdout, stderr } = await replayed(
      logOf(45, () => false),
      ['--deploys-per-month', '60'],
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      [
        'replay of errors under deploy-profiles/auth.yaml, over 45 min of history: each window is a deploy that changed nothing',
        '',
        'would have rolled back 0 of 34 quiet windows, and blocked 0 more',
        'expected false rollbacks a month at 60 deploys: 0; at most 5.3 with 95 % confidence',
        'the promise (a false alarm in at most 1 % of deploys) breaks in one way: bursts of errors that are longer than one unit (5 s now)',
        'proposal: keep units of 5 s (`every`); burstSeconds 0: no burst was longer',
        'not replayed, they have no history: health',
        '',
      ].join('\n'),
    );
  });

  it('counts a burst that is longer than a unit, and proposes longer units', async () => {
    const burst = (ago: number): boolean => ago <= 1220 && ago > 1205;
    const { stdout } = await replayed(logOf(45, burst));
    expect(stdout).toContain('would have rolled back 1 of 34 quiet windows');
    expect(stdout).toMatch(/^ {2}rolled back 2\S+Z after \S+ s: errors: \d+ of \d+ requests failed/m);
    expect(stdout).toContain('expected false rollbacks a month at 30 deploys: 0.88');
    expect(stdout).toMatch(
      /the longest burst above the limit lasted (?:15|20|25) s, until 2\S+Z: \d+ of \d+ requests failed/,
    );
    expect(stdout).toMatch(/with units of 10 s: \d of 34 rolled back/);
    expect(stdout).toMatch(
      /^proposal: burstSeconds (?:15|20|25), the longest burst; `every: \d+s`, with which no quiet window is rolled back$/m,
    );
  });

  it('replays the recorded history of a Prometheus, at its own resolution', async () => {
    const labels = { __name__: 'x_total', instance: 'a:1', job: 'auth' };
    const burst = Math.floor(Date.now() / 1000) - 1200;
    /** 20 requests a second, of which 1 in 1000 fails; for 45 s of twenty minutes ago half of them. */
    const counterAt = (at: number, isErrors: boolean): number =>
      isErrors ? Math.floor(at / 50) + 10 * Math.min(45, Math.max(0, Math.floor(at - burst))) : Math.floor(at * 20);
    const server = await serve(async (request, response) => {
      const form = new URLSearchParams(await bodyOf(request));
      const [start, end, step] = ['start', 'end', 'step'].map((key) => Number(form.get(key)));
      const values: [number, string][] = [];
      if (request.url?.endsWith('query_range') === true && start && end && step)
        for (let at = start; at <= end; at += step)
          values.push([at, String(counterAt(at, form.get('query')?.includes('code') === true))]);
      const result = values.length > 0 ? [{ metric: labels, values }] : [];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    });
    onTestFinished(() => server.close());
    const { exitCode, stdout } = await replayed('', [], (folder) =>
      writeFile(
        join(folder, 'deploy-profiles/auth.yaml'),
        profile
          .replace(
            /log: .*/,
            `prometheus: { url: "${server.url}", before: 10m, total: x_total, errors: 'code=~"5.."' }`,
          )
          .replace('every: 5s', 'every: 15s'),
      ),
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/would have rolled back [12] of 34 quiet windows/);
    expect(stdout).toMatch(/the longest burst above the limit lasted (?:45|60) s/);
  });

  it('leaves out windows in which a run was recorded', async () => {
    const [from, to] = [1240, 1180].map((ago) => new Date(Date.now() - ago * 1000).toISOString());
    const run = recordOf({ service: 'auth', environment: 'default', startedAt: from ?? '', finishedAt: to ?? '' });
    const { stdout } = await replayed(
      logOf(45, (ago) => ago <= 1220 && ago > 1205),
      [],
      async (folder) => {
        const io = fakeIo({ files: createFiles(), clock: realClock });
        const store = openStore('.holdpoint', { io, root: folder, warn: () => undefined });
        await store.saveRecord(run);
      },
    );
    expect(stdout).toContain('would have rolled back 0 of 31');
    expect(stdout).toMatch(/left out: 3 windows with a recorded run, 0 without data/);
  });

  it('compares with the day before where traffic is thin, as a run does', async () => {
    const now = Date.now();
    const lines = Array.from({ length: 25 * 360 }, (_, at) => {
      const ago = (25 * 360 - at) * 10;
      return `{"time":${now - ago * 1000},"status":${ago <= 1200 && ago > 1000 ? 503 : 200}}`;
    });
    const { stdout } = await replayed(`${lines.join('\n')}\n`);
    // Ten minutes hold 60 requests, a day 8,640.
    expect(stdout).toMatch(/rolled back 2.*baseline .* of 8,[56]\d\d/);
  });

  it('says when there is too little history', async () => {
    const { exitCode, stdout } = await replayed(logOf(5, () => false));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'no window could be replayed (34 without data, 0 with a run): the history must hold the baseline and one hold.deadline with requests',
    );
  });

  it.each([
    [7 * 24 * 3_600_000, 'over 7 d of history'],
    [36 * 3_600_000, 'over 36 h of history'],
  ])('tells whole days as days: %d ms', (length, expected) => {
    const over = { checks: ['errors'], without: [], units: [] };
    expect(overText({ over, length, deploys: 30, alpha: 0.01, profile: 'auth.yaml' })).toContain(expected);
  });

  it.each<[string[], string]>([
    [['--over', '3h'], 'name one profile and no record: holdpoint replay --over 7d PROFILE'],
    [['--over', '3h', 'record.json', 'auth'], 'name one profile and no record'],
    [['--over', '3h', 'auth', '--report-only'], '--reporter and --report-only are for the replay of a record'],
    [['--over', '3h', 'auth', '--deploys-per-month', '0'], 'write a number above 0.'],
    [['--over', 'soon', 'auth'], 'write a duration like 30s, 5m or 1h.'],
  ])('%j is refused', async (args, message) => {
    const { exitCode, stderr } = await runHere(await tempFolder(), ['replay', ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
