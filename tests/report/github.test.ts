// GitHub Actions: annotations word for word, the size of the summary, the outputs for each way in which a run can end.
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { github } from '../../src/report/github.ts';
import { markdown } from '../../src/report/markdown.ts';
import { checkOf, incidentRecord, recordOf, rollbackOf } from '../helpers/records.ts';
import { textOf } from './fakes.ts';

const appended = (env: string, record: RunRecord, saved?: string): string => {
  const found = github.appends?.find((one) => one.env === env);
  if (!found) throw new Error(`nothing is appended to ${env}`);
  return textOf(found, record, saved);
};

describe('annotations', () => {
  it('the incident: the run, then each failed check, the database first', () => {
    expect(textOf(github, incidentRecord())).toBe(`\
::error title=holdpoint::ROLLED BACK and verified: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)
::error title=Database connections%3A fail::37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4%0Anext: look for code in the new release that takes a connection and never gives it back
::error title=Error rate%3A fail::41 %25 of 122 requests failed (ceiling 5 %25), before 0.5 %25
::error title=Login%3A fail::POST /login answered 500 in 9 ms, 3 times in a row%0Anext: read the log of the service at the time of the failed login
`);
  });

  it('a pass is a notice; a check that only warns is a warning; so is all of a shadow run', () => {
    const warned = checkOf({ id: 'a', outcome: 'error', because: 'no answer', action: 'warn' });
    expect(textOf(github, recordOf({ checks: [warned] }))).toBe(`\
::notice title=holdpoint::PASSED: auth/production 9f3c1a2, 0 of 1 check green for 60 s
::warning title=a%3A error::no answer
`);
    const failed = checkOf({ id: 'a', outcome: 'fail', because: 'broken', action: 'block' });
    const shadow = recordOf({ checks: [failed], decision: { action: 'block', because: [] }, shadow: true });
    expect(textOf(github, shadow)).toBe(`\
::warning title=holdpoint::SHADOW RUN, nothing counts: would be BLOCKED: auth/production 9f3c1a2, 1 of 1 check failing
::warning title=a%3A fail::broken
`);
  });

  it.each([9, 30])('%i failing checks make 10 annotations', (number) => {
    const checks = Array.from({ length: number }, (_, at) =>
      checkOf({ id: `c${at}`, outcome: 'fail', because: 'broken', action: 'block' }),
    );
    const lines = textOf(github, recordOf({ checks, exitCode: 10 }))
      .trimEnd()
      .split('\n');
    expect(lines.length).toBe(10);
    expect(lines.at(-1)).toBe(
      number === 9
        ? '::warning title=holdpoint::1 more check: c8'
        : `::warning title=holdpoint::22 more checks: ${checks
            .slice(8)
            .map(({ id }) => id)
            .join(', ')}`,
    );
  });

  it('no text can end its annotation, begin another or set a property', () => {
    const title = 'a,file=x::b%0A';
    const because = 'one\n::set-output name=verdict::passed\r%3A';
    const record = recordOf({
      checks: [checkOf({ id: 'a', title, because, outcome: 'fail', action: 'block' })],
      exitCode: 10,
    });
    expect(textOf(github, record).split('\n').slice(1)).toEqual([
      '::error title=a%2Cfile=x%3A%3Ab%250A%3A fail::one : :set-output name=verdict::passed %253A',
      '',
    ]);
  });
});

describe('the summary', () => {
  it('is the Markdown report', () => {
    expect(appended('GITHUB_STEP_SUMMARY', incidentRecord(), 'a.json')).toBe(
      textOf(markdown, incidentRecord(), 'a.json'),
    );
  });

  it('stays below 1 MiB, the worst first, and says that something is missing', () => {
    const checks = Array.from({ length: 2000 }, (_, at) =>
      checkOf({ id: `c${at}`, outcome: at === 1999 ? 'fail' : 'pass', because: 'ü'.repeat(500) }),
    );
    const text = appended('GITHUB_STEP_SUMMARY', recordOf({ checks }));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(990_000);
    expect(text.split('\n')[4]).toMatch(/^\| ❌ fail \| c1999 \|/);
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      '… the rest is left out: the page would be larger than 1 MB. The record has all of it.',
    );
  });
});

describe('outputs', () => {
  const blocked = (exitCode: number, ...outcomes: ('fail' | 'error' | 'inconclusive')[]): RunRecord =>
    recordOf({
      checks: outcomes.map((outcome) => checkOf({ id: outcome, outcome })),
      decision: {
        action: 'block',
        because: [
          ...outcomes.map((check) => ({ check, reason: `a_${check}`, text: '' })),
          { check: 'run', reason: 'deadline', text: '' },
        ],
      },
      exitCode,
    });
  const rolledBack = (state: 'UNVERIFIED' | 'REFUSED' | 'FAILED', reason: string, exitCode: number): RunRecord =>
    incidentRecord({ rollback: rollbackOf({ state, reason, verified: false }), exitCode });

  it('all four, word for word', () => {
    expect(appended('GITHUB_OUTPUT', incidentRecord(), '.holdpoint/runs/run-7f3a.json')).toBe(`\
verdict=rolled_back
exit_reason=slots_exhausted
record=.holdpoint/runs/run-7f3a.json
rolled_back_to=rs/7d9f
`);
  });

  it.each<[RunRecord, string]>([
    [recordOf(), 'passed ok '],
    [recordOf({ shadow: true }), 'shadow ok '],
    [incidentRecord({ rollback: rollbackOf({ state: 'PLANNED', reason: 'drill' }), exitCode: 0 }), 'drill drill '],
    [blocked(10, 'inconclusive', 'error', 'fail'), 'blocked a_fail '],
    [blocked(11, 'inconclusive'), 'blocked_inconclusive deadline '],
    [blocked(12, 'inconclusive', 'error'), 'blocked_error a_error '],
    [blocked(13, 'fail'), 'blocked_preexisting a_fail '],
    [blocked(11), 'blocked_inconclusive deadline '],
    [rolledBack('UNVERIFIED', 'still_failing', 21), 'rollback_unverified still_failing rs/7d9f'],
    [rolledBack('REFUSED', 'budget', 22), 'rollback_refused budget '],
    [rolledBack('FAILED', 'undo_failed', 23), 'rollback_failed undo_failed '],
    [recordOf({ interrupted: 'SIGINT', exitCode: 130 }), 'interrupted interrupted '],
    [blocked(1, 'inconclusive', 'fail'), 'internal_error internal_error '],
    [recordOf({ exitCode: 99, decision: { action: 'block', because: [] } }), 'unknown unknown '],
  ])('%#: %$', (record, expected) => {
    const [verdict, reason, saved, to] = appended('GITHUB_OUTPUT', record)
      .split('\n')
      .map((line) => line.slice(line.indexOf('=') + 1));
    expect([`${verdict} ${reason} ${to}`, saved]).toEqual([expected, '']);
  });

  it('no value can set another output', () => {
    const record = incidentRecord({ rollback: rollbackOf({ to: 'x\nverdict=passed\nA<<B' }) });
    expect(appended('GITHUB_OUTPUT', record).split('\n')).toEqual([
      'verdict=rolled_back',
      'exit_reason=slots_exhausted',
      'record=',
      'rolled_back_to=x verdict=passed A<<B',
      '',
    ]);
  });
});
