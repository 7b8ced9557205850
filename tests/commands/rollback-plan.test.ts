// The plan fits on one screen of 24 lines and 100 columns, whatever the names are.
import { describe, expect, it } from 'vitest';
import { candidatesOf } from '../../src/commands/candidates.ts';
import { type PlanFacts, planLines } from '../../src/commands/rollback-plan.ts';
import type { RollbackPlan, RunRecord, StoredBaseline } from '../../src/kit/index.ts';
import { incidentRecord } from '../helpers/records.ts';

const long = 'registry.example.com/team/auth@sha256:'.padEnd(300, 'a');
const now = Date.UTC(2026, 10, 22, 14, 0);

const plan = (fence: 'server' | 'client', aftermath?: string): RollbackPlan =>
  ({
    platform: { fence, ...(aftermath === undefined ? {} : { aftermath }) },
    deadline: 900_000,
    verify: { for: 30_000, deadline: 180_000 },
    mitigations: Array.from({ length: 9 }, (_, index) => `mitigation ${index} ${'of many words '.repeat(20)}`),
  }) as unknown as RollbackPlan;

const facts = (over: Partial<PlanFacts>): PlanFacts => ({
  name: 'auth/production',
  from: 'rs/5c41',
  tested: { verdict: 'blocked 2026-11-22 13:50 UTC', label: '9f3c1a2' },
  to: 'rs/7d9f',
  examined: { ok: true, because: 'rs/7d9f is still there' },
  candidates: [],
  plan: plan('server'),
  manual: 'kubectl rollout undo',
  now,
  redact: (text) => text,
  ...over,
});

describe('the plan', () => {
  it('begins with the answer and names the minute to escalate', () => {
    expect(planLines(facts({}))).toEqual([
      'auth/production: can I roll back? YES, because rs/7d9f is still there',
      '  from: rs/5c41 (release 9f3c1a2, blocked 2026-11-22 13:50 UTC; live now)',
      '  to: rs/7d9f (not seen live by a run that is kept)',
      '  with: kubectl rollout undo',
      '  fence: server: the platform refuses when somebody else has deployed',
      '  then: all checks are held for 30 s; at most 15 min in all',
      '  escalate: at 14:15 UTC, if it has not recovered by then',
    ]);
  });

  it('says what stays as it is, and what else there is', () => {
    const candidates = [
      { revision: 'rs/7d9f', seenAt: now - 600_000, verdict: 'PASSED 2026-11-20 10:00 UTC', label: 'v1' },
      { revision: 'rs/1111', seenAt: now - 5 * 86_400_000, verdict: 'WAS ROLLED BACK 2026-11-17 10:00 UTC' },
    ];
    const caveats = ['the ConfigMap auth-config was changed since', 'replicas stay 7'];
    const examined = { ok: true, because: 'rs/7d9f is still there', caveats };
    const lines = planLines(facts({ candidates, examined, plan: plan('server', 'Argo CD re-applies Git') }));
    expect(lines.slice(2, 3).concat(lines.slice(6))).toEqual([
      '  to: rs/7d9f (live 10 min ago, release v1, PASSED 2026-11-20 10:00 UTC)',
      '  after: Argo CD re-applies Git',
      '  stays: the ConfigMap auth-config was changed since',
      '  stays: replicas stay 7',
      '  escalate: at 14:15 UTC, if it has not recovered by then',
      '  others (--to REVISION):',
      '    rs/1111  live 5 days ago, WAS ROLLED BACK 2026-11-17 10:00 UTC',
    ]);
  });

  it('masks a secret before a line is broken in its middle', () => {
    const manual = `deploy --note ${'x'.repeat(70)} hunter2 with words`;
    const lines = planLines(facts({ manual, redact: (text) => text.replaceAll('hunter2 with words', '***') }));
    expect(lines.join('\n')).not.toContain('hunter');
    expect(lines.join('\n')).toContain('***');
  });

  it.each([true, false])('fits on a screen with the longest of everything (%s)', (ok) => {
    const candidates = Array.from({ length: 40 }, (_, index) => ({
      revision: `${long}${index}`,
      seenAt: now - index * 86_400_000,
      verdict: 'PASSED 2026-11-20 10:00 UTC',
      label: long,
    }));
    const lines = planLines(
      facts({
        name: 'a'.repeat(120),
        from: long,
        to: `${long}0`,
        examined: {
          ok,
          reason: 'irreversible',
          because: 'a sentence of many words '.repeat(40),
          ...(ok ? { caveats: Array.from({ length: 5 }, () => 'some of it stays '.repeat(40)) } : {}),
        },
        candidates,
        plan: plan('client', 'auto-sync is off '.repeat(40)),
        manual: `kubectl patch ${long} ${long} ${long}`,
      }),
    );
    // With the command that was typed and the question.
    expect(lines.length).toBeLessThanOrEqual(22);
    expect(lines.filter((line) => line.includes('a'.repeat(20))).length).toBeGreaterThan(3);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('candidates', () => {
  const record = (over: Partial<RunRecord>): RunRecord => ({ ...incidentRecord(), ...over });
  const baseline = { live: 'r0', takenAt: '2026-11-20T00:00:00.000Z' } as StoredBaseline;

  it('are each revision that was seen live, newest first, with its newest verdict, and never what is live', () => {
    const passed = record({
      decision: { action: 'pass', because: [] },
      release: { label: 'v1', from: 'r1', to: 'r0', liveAtEnd: 'r1' },
      startedAt: '2026-11-21T00:00:00.000Z',
      finishedAt: '2026-11-21T00:10:00.000Z',
      overrides: [],
    });
    const back = record({
      release: { label: 'v2', from: 'r2', to: 'r1', liveAtEnd: 'r1' },
      startedAt: '2026-11-22T00:00:00.000Z',
      finishedAt: '2026-11-22T00:10:00.000Z',
    });
    expect(candidatesOf([back, passed], baseline, 'r9')).toEqual([
      { revision: 'r1', seenAt: Date.UTC(2026, 10, 22, 0, 10), verdict: 'PASSED 2026-11-21 00:10 UTC', label: 'v1' },
      { revision: 'r0', seenAt: Date.UTC(2026, 10, 21), verdict: 'not judged by a run that is kept' },
    ]);
    expect(candidatesOf([back, passed], baseline, 'r1').map(({ revision }) => revision)).toEqual(['r0']);
  });

  it('that were rolled back are named as such', () => {
    const back = record({ release: { label: 'v2', from: 'r2', to: 'r1', liveAtEnd: 'r2' } });
    expect(candidatesOf([back], undefined, 'r1')[0]).toMatchObject({
      revision: 'r2',
      verdict: 'WAS ROLLED BACK 2026-11-22 02:48 UTC',
    });
  });
});
