// The whole summary as people read it, word for word, at 100 columns.
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { layOut } from '../../src/report/lines.ts';
import { summary } from '../../src/report/wording.ts';
import {
  checkOf,
  counted,
  healthyChecks,
  incidentChecks,
  incidentRecord,
  recordOf,
  rollbackOf,
} from '../helpers/records.ts';

const textOf = (record: RunRecord, saved?: string, columns = 100): string =>
  layOut(summary(record, saved), { columns, colour: false, clean: (text) => text }).join('\n');

it('a pass lists what passed, with the caveats', () => {
  expect(textOf(recordOf(), '.holdpoint/runs/run-7f3a.json')).toBe(`\
PASSED: auth/production 9f3c1a2, 4 checks green for 60 s

pass Login: logged in and out in 212 ms
pass Error rate: 0.5 % of 312 requests failed, before 0.5 %; could not exclude up to 2.65 %
pass Database connections: 12 of 37 usable slots in use (limit 29)
pass Pool wait: waits for a connection: p99 2 ms (limit 50 ms)
4 checks passed, 0 with warnings, 0 skipped
exit code 0: passed
record: .holdpoint/runs/run-7f3a.json`);
});

it('the incident: the connections first, then what failed because of them, then what was done', () => {
  expect(textOf(incidentRecord())).toBe(`\
ROLLED BACK and verified: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)

Diagnosis (database): 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34,
  before the deploy 4. error-rate-delta and login fail now, most likely because of it.

fail Database connections: 37, limit 35 [since this release]
fail Error rate: 41 % of 122 requests failed (ceiling 5 %), before 0.5 % [since this release]
fail Login: POST /login answered 500 in 9 ms, 3 times in a row [since this release]

next: look for code in the new release that takes a connection and never gives it back

rollback: rs/7d9f is live again, and login, error-rate-delta, db-connections are green again for
      30 s.

1 check passed, 0 with warnings, 0 skipped
exit code 20: rolled back and verified (what now: holdpoint explain 20)
run: run-7f3a`);
});

it('a block names the layer, and what stays green is only counted', () => {
  const wait = 'waits for a connection: p99 800 ms (limit 50 ms) in 3 samples in a row';
  const record = recordOf({
    checks: healthyChecks.map((check) =>
      check.id === 'pool-wait'
        ? { ...check, outcome: 'fail', reason: 'too_long', because: wait, attribution: 'introduced', action: 'block' }
        : { ...check, reason: 'ok' },
    ),
    decision: { action: 'block', because: [{ check: 'pool-wait', reason: 'too_long', text: wait }] },
    diagnosis: { layer: 'pool', headline: `${wait}.`, next: ['compare the size of the pool with the one before'] },
    exitCode: 10,
  });
  expect(textOf(record)).toBe(`\
BLOCKED: auth/production 9f3c1a2, 1 of 4 checks failing

Diagnosis (pool): waits for a connection: p99 800 ms (limit 50 ms) in 3 samples in a row.

fail Pool wait: 2 ms, limit 50 ms [since this release]

next: compare the size of the pool with the one before

3 checks passed, 0 with warnings, 0 skipped
exit code 10: blocked: a check failed (what now: holdpoint explain 10)
run: run-7f3a`);
});

it('a withheld rollback prints the command to type', () => {
  const withheld = 'nobody can be asked: stdin is no terminal (rollback.mode: ask)';
  const record = incidentRecord({
    decision: { action: 'block', because: [], withheld },
    rollback: rollbackOf({ state: 'WITHHELD', because: withheld, reason: 'rollback_withheld', verified: false }),
    checks: incidentChecks.slice(2, 3),
    exitCode: 10,
  });
  expect(textOf(record).split('\n').slice(5)).toEqual([
    'fail Database connections: 37, limit 35 [since this release]',
    '',
    'A rollback was withheld: nobody can be asked: stdin is no terminal (rollback.mode: ask)',
    'next: look for code in the new release that takes a connection and never gives it back',
    '',
    'by hand: ln -sfn releases/rs-7d9f current && ./restart.sh',
    '',
    '0 checks passed, 0 with warnings, 0 skipped',
    'exit code 10: blocked: a check failed (what now: holdpoint explain 10)',
    'run: run-7f3a',
  ]);
});

it('a refused rollback names the guard and the way by hand', () => {
  const record = incidentRecord({
    rollback: rollbackOf({
      state: 'REFUSED',
      reason: 'irreversible',
      because: './reversible.sh did not say `reversible`',
      verified: false,
      guards: [
        { name: 'target', ok: true, because: 'rs/7d9f is still there' },
        { name: 'budget', ok: false, because: 'a rollback of auth/production ran 12 min ago (at most 1 an hour)' },
      ],
    }),
    release: { label: '9f3c1a2', from: 'rs/5c41', to: 'rs/7d9f', liveAtEnd: 'rs/5c41' },
    checks: [],
    exitCode: 22,
  });
  expect(textOf(record).split('\n').slice(5)).toEqual([
    'stopped login: POST /login answered 500 in 9 ms, 3 times in a row',
    'stopped error-rate-delta: 41 % of 122 requests failed (ceiling 5 %), before 0.5 %',
    'stopped db-connections: 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds',
    '      34, before the deploy 4',
    '',
    'next: look for code in the new release that takes a connection and never gives it back',
    '',
    'rollback: ./reversible.sh did not say `reversible`',
    'guard budget: a rollback of auth/production ran 12 min ago (at most 1 an hour)',
    'by hand: ln -sfn releases/rs-7d9f current && ./restart.sh',
    'exit code 22: rollback refused by a guard or a person: page (what now: holdpoint explain 22)',
    'run: run-7f3a',
  ]);
});

describe('by hand', () => {
  it('recovered', () => {
    const record = recordOf({ verb: 'check', release: { label: '' } });
    expect(textOf(record).split('\n').slice(0, 3)).toEqual([
      'RECOVERED: all 4 checks passing (auth/production)',
      '',
      'pass Login: logged in and out in 212 ms',
    ]);
    expect(textOf(record)).toContain('\nexit code 0: recovered\n');
  });

  it('not recovered: who holds the connections second, what to do third', () => {
    const record = recordOf({
      verb: 'check',
      release: { label: '' },
      decision: { action: 'block', because: [] },
      diagnosis: {
        layer: 'database',
        headline: '37 of 37 usable slots in use; auth_svc holds 34.',
        next: ['lower the pool size of auth_svc or restart it'],
      },
      checks: incidentChecks.map((check) => ({ ...check, attribution: 'preexisting', action: 'block' })),
      exitCode: 10,
    });
    expect(textOf(record)).toBe(`\
NOT RECOVERED: 3 of 4 failing, none new (auth/production)

Diagnosis (database): 37 of 37 usable slots in use; auth_svc holds 34.

next: lower the pool size of auth_svc or restart it

fail Database connections: 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41
      holds 34, before the deploy 4 [was failing before]
fail Error rate: 41 % of 122 requests failed (ceiling 5 %), before 0.5 % [was failing before]
fail Login: POST /login answered 500 in 9 ms, 3 times in a row [was failing before]

1 check passed, 0 with warnings, 0 skipped
compared with nothing: there is no good run yet; judged in absolute terms
exit code 10: a check failed (what now: holdpoint explain 10)
run: run-7f3a`);
  });

  it('names the holders where the database is not what is wrong, and the run that it was compared with', () => {
    const series = ['auth@9f2c1', 'auth@77ab0', 'worker', 'cron', 'report'].map((name, place) => ({
      name,
      points: [
        { at: 0, value: 90 },
        { at: Date.parse(recordOf().startedAt), value: 20 - 4 * place },
      ],
    }));
    const chart = { title: 'connections in use', unit: 'connections', limit: 92, stacked: true as const, series };
    const record = recordOf({
      verb: 'check',
      comparedWith: { runId: 'run-6e29', finishedAt: '2026-11-21T22:10:03.000Z', label: '77ab0c4' },
      checks: healthyChecks.map((one) => (one.id === 'db-connections' ? { ...one, charts: [chart] } : one)),
    });
    const lines = textOf(record).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'RECOVERED: all 4 checks passing (auth/production)',
      '',
      'connections in use: auth@9f2c1 holds 20, auth@77ab0 16, worker 12, cron 8, 1 other (60 in all, limit',
      '      92)',
    ]);
    expect(lines.at(-3)).toBe('compared with the last good run: 2026-11-21 22:10 UTC, release 77ab0c4 (run-6e29)');
    const told = { ...record, diagnosis: { layer: 'database' as const, headline: 'auth holds 92', next: [] } };
    expect(textOf(told)).not.toContain('connections in use: ');
  });

  it('names who held them when a run counted last, where the server lets nobody in', () => {
    const lastCounted = {
      runId: 'run-6e2a',
      at: '2026-11-22T02:41:07.000Z',
      ...counted,
    };
    const record = recordOf({
      verb: 'check',
      decision: { action: 'block', because: [] },
      diagnosis: { layer: 'database', headline: 'ordinary slots exhausted; nobody could be counted.', next: [] },
      checks: [...incidentChecks],
      lastCounted,
      exitCode: 10,
    });
    expect(textOf(record).split('\n').slice(2, 5)).toEqual([
      'connections in use: auth@9f2c1e8 holds 36, worker 1 (37 in all, limit 35), when counted last,',
      '      2026-11-22 02:41 UTC (run-6e2a)',
      'Diagnosis (database): ordinary slots exhausted; nobody could be counted.',
    ]);
  });

  it('what an earlier run counted is not told as if it were so now', () => {
    const series = [{ name: 'auth', points: [{ at: Date.parse(recordOf().startedAt) - 1, value: 8 }] }];
    const chart = { title: 'connections in use', unit: 'connections', stacked: true as const, series };
    const record = recordOf({ verb: 'check', checks: healthyChecks.map((one) => ({ ...one, charts: [chart] })) });
    expect(textOf(record)).not.toContain('auth holds');
  });

  it('the first step is told once, below the diagnosis', () => {
    const step = 'look at the log of the service for POST /login';
    const record = recordOf({
      verb: 'check',
      decision: { action: 'block', because: [] },
      diagnosis: { layer: 'service', headline: `login is BROKEN. First: ${step}.`, next: [step] },
      exitCode: 10,
    });
    expect(textOf(record).split('\n').slice(2, 5)).toEqual([
      'Diagnosis (service): login is BROKEN.',
      '',
      `next: ${step}`,
    ]);
  });

  it('what is new is new since the last good run', () => {
    const [check] = incidentChecks;
    const record = recordOf({ verb: 'check', checks: check ? [check] : [], exitCode: 10 });
    expect(textOf(record)).toContain('3 times in a row [new since the last good run]\n');
  });

  it('a recovery stays on that screen, too', () => {
    const long = 'a sentence with a number, a limit, and where it was seen, which goes on and on; '.repeat(8);
    const checks = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => checkOf({ id, title: `check ${id}`, because: long }));
    const lines = textOf(recordOf({ verb: 'check', checks }), `.holdpoint/runs/${'x'.repeat(60)}.json`).split('\n');
    expect(lines.length).toBeLessThanOrEqual(23);
  });

  it('the worst of it stays on a screen of 24 lines and 100 columns', () => {
    const long = 'a sentence with a number, a limit, and where it was seen, which goes on and on; '.repeat(8);
    const checks = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) =>
      checkOf({ id, outcome: 'fail', reason: 'bad', because: long, attribution: 'unknown', action: 'block' }),
    );
    const step =
      'scale auth@9f2c1 down, or end its connections: SELECT pg_terminate_backend(pid) FROM pg_stat_activity';
    const record = recordOf({
      verb: 'check',
      checks,
      decision: { action: 'block', because: [] },
      diagnosis: { layer: 'service', headline: long, next: [step, `${step}.`, `${step};`, `${step}!`] },
      exitCode: 10,
    });
    const lines = textOf(
      record,
      '.holdpoint/runs/2026-11-22T18-42-53.155Z_auth.default_20261122T184253-3c4b89.json',
    ).split('\n');
    expect(lines.length).toBeLessThanOrEqual(23);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });
});

it('errors and inconclusive checks follow the failures; warnings, skips and flags are told', () => {
  const record = recordOf({
    checks: [
      checkOf({
        id: 'a',
        outcome: 'inconclusive',
        reason: 'no_traffic',
        because: 'no request in 60 s',
        next: 'wait for traffic',
      }),
      checkOf({ id: 'b', outcome: 'error', reason: 'unreachable', because: '/metrics answered 503', action: 'warn' }),
      checkOf({ id: 'c', outcome: 'fail', because: 'broken', attribution: 'unknown' }),
      checkOf({ id: 'd', outcome: 'skipped', because: '--skip d' }),
      checkOf({ id: 'e', reason: 'wobble', because: '1 bad of 20 samples: answered 500' }),
      checkOf({ id: 'f' }),
    ],
    decision: { action: 'block', because: [{ check: 'run', reason: 'deadline', text: 'not all green within 5 min' }] },
    diagnosis: { layer: 'none', headline: '', next: [] },
    overrides: ['--skip d'],
    exitCode: 10,
  });
  expect(textOf(record)).toBe(`\
BLOCKED: auth/production 9f3c1a2, run: not all green within 5 min, 1 of 5 checks failing, 1 of 5
  checks could not measure, 1 of 5 checks could not tell

fail c: broken [since when: unknown]
error b: /metrics answered 503 [only a warning]
inconclusive a: no request in 60 s

next: wait for traffic

pass e: 1 bad of 20 samples: answered 500
2 checks passed, 1 with warnings, 1 skipped (--skip d)
lowered by: --skip d
exit code 10: blocked: a check failed (what now: holdpoint explain 10)
run: run-7f3a`);
});

it('many failures stay on one screen', () => {
  const checks = Array.from({ length: 30 }, (_, index) =>
    checkOf({ id: `check-${index}`, outcome: 'fail', because: 'broken' }),
  );
  const lines = textOf(recordOf({ checks, decision: { action: 'block', because: [] }, exitCode: 10 })).split('\n');
  expect(lines).toContain(
    '  and 24 more: check-6, check-7, check-8, check-9, check-10, check-11, check-12, check-13, check-14,',
  );
  expect(lines.length).toBeLessThanOrEqual(24);
});

it.each([
  ['a pass', recordOf()],
  ['the incident', incidentRecord()],
])('%s fits on 24 lines of 100 columns', (_, record) => {
  const lines = textOf(record).split('\n');
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

it('colour marks the head of a line and says nothing new', () => {
  const page = { columns: 100, clean: (text: string) => text };
  const coloured = layOut(summary(recordOf()), { ...page, colour: true });
  expect(coloured[0]).toBe('\u001b[32mPASSED\u001b[39m: auth/production 9f3c1a2, 4 checks green for 60 s');
});

it('a secret that a line break would cut in two is masked before', () => {
  const redact = (text: string): string => text.replaceAll('correct horse battery', '[PASSWORD]');
  const line = { head: 'fail', text: ' Login: the password correct horse battery was refused' };
  for (let columns = 8; columns < 60; columns += 1) {
    const text = layOut([line], { columns, colour: false, clean: redact }).join(' ');
    expect(text).not.toMatch(/correct|horse|battery/);
  }
});
