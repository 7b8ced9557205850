// The first line for every way in which a run can end.
import { expect, it } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { headline } from '../../src/report/index.ts';
import { checkOf, healthyChecks, incidentChecks, incidentRecord, recordOf, rollbackOf } from '../helpers/records.ts';

const failing = (id: string, attribution: 'introduced' | 'preexisting' | 'unknown') =>
  checkOf({ id, outcome: 'fail', reason: 'bad', attribution, action: 'block' });

const byHand = (fields: Partial<RunRecord>): RunRecord =>
  recordOf({
    verb: 'check',
    release: { label: '' },
    decision: { action: 'block', because: [] },
    exitCode: 10,
    ...fields,
  });

const good = healthyChecks[0] ?? checkOf({ id: 'login' });

const block = { action: 'block', because: [] } as const;

it.each<[string, RunRecord]>([
  ['PASSED: auth/production 9f3c1a2, 4 checks green for 60 s', recordOf()],
  ['PASSED: auth 9f3c1a2, 4 checks green for 60 s', recordOf({ environment: '' })],
  [
    'PASSED: auth/production 9f3c1a2, 4 checks green for 60 s (which revision is live was not read: no platform)',
    recordOf({ release: { label: '9f3c1a2' } }),
  ],
  [
    'PASSED: auth/production 9f3c1a2, 1 of 2 checks green for 60 s',
    recordOf({ checks: [good, checkOf({ id: 'pool-wait', outcome: 'error', action: 'warn' })] }),
  ],
  [
    'BLOCKED: auth/production 9f3c1a2, 1 of 2 checks failing',
    recordOf({ checks: [failing('pool-wait', 'introduced'), good], decision: { ...block, because: [] }, exitCode: 10 }),
  ],
  [
    'BLOCKED: auth/production 9f3c1a2, 1 of 1 check failing, since before this release',
    recordOf({ checks: [failing('login', 'preexisting')], decision: { ...block, because: [] }, exitCode: 13 }),
  ],
  [
    'BLOCKED: auth/production 9f3c1a2, 1 of 2 checks could not measure, 1 of 2 checks could not tell',
    recordOf({
      checks: [checkOf({ id: 'a', outcome: 'error' }), checkOf({ id: 'b', outcome: 'inconclusive' })],
      decision: { ...block, because: [] },
      exitCode: 12,
    }),
  ],
  [
    'BLOCKED: auth/production 9f3c1a2, rollout: rs/7d9f is still live: nothing new was deployed',
    recordOf({
      checks: [checkOf({ id: 'login', outcome: 'skipped' })],
      decision: {
        action: 'block',
        because: [{ check: 'rollout', reason: 'not_live', text: 'rs/7d9f is still live: nothing new was deployed' }],
      },
      exitCode: 11,
    }),
  ],
  [
    'BLOCKED: auth/production 9f3c1a2, nothing was proven',
    recordOf({ checks: [], decision: { ...block, because: [] }, exitCode: 11 }),
  ],
  [
    'BLOCKED: auth/production 9f3c1a2, 3 of 4 checks failing',
    incidentRecord({ decision: { ...block, because: [] }, rollback: rollbackOf({ state: 'WITHHELD' }), exitCode: 10 }),
  ],
  ['ROLLED BACK and verified: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)', incidentRecord()],
  [
    'ROLLED BACK, NOT VERIFIED: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)',
    incidentRecord({ rollback: rollbackOf({ verified: false }) }),
  ],
  [
    'ROLLED BACK, STILL FAILING: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)',
    incidentRecord({ rollback: rollbackOf({ state: 'UNVERIFIED', verified: false }), exitCode: 21 }),
  ],
  [
    'ROLLBACK REFUSED (superseded): auth/production runs rs/hotfix',
    incidentRecord({
      rollback: rollbackOf({ state: 'REFUSED', reason: 'superseded' }),
      release: { label: '9f3c1a2', liveAtEnd: 'rs/hotfix' },
      exitCode: 22,
    }),
  ],
  [
    'ROLLBACK FAILED (not_live): what auth/production runs is not known',
    incidentRecord({
      rollback: { state: 'FAILED', reason: 'not_live', because: 'x', verified: false, guards: [], acts: [] },
      release: { label: '9f3c1a2' },
      exitCode: 23,
    }),
  ],
  [
    'ROLLBACK UNFINISHED (EXECUTING): auth/production runs rs/5c41',
    incidentRecord({ rollback: rollbackOf({ state: 'EXECUTING' }), release: { label: '9f3c1a2' }, exitCode: 23 }),
  ],
  [
    'ROLLBACK PLANNED, nothing done: auth/production runs rs/5c41',
    incidentRecord({
      verb: 'rollback',
      rollback: rollbackOf({ state: 'PLANNED' }),
      release: { label: '' },
      exitCode: 0,
    }),
  ],
  [
    'SHADOW RUN, nothing counts: would be ROLL BACK: auth/production 9f3c1a2, 3 of 4 checks failing',
    incidentRecord({ shadow: true, rollback: rollbackOf({ state: 'WITHHELD' }), exitCode: 0 }),
  ],
  [
    'INTERRUPTED by SIGTERM: auth/production 9f3c1a2; nothing was decided',
    recordOf({ interrupted: 'SIGTERM', exitCode: 143 }),
  ],
  [
    'INTERRUPTED by SIGINT: auth/production 9f3c1a2; the rollback stands at WAITING: not read back yet',
    incidentRecord({
      interrupted: 'SIGINT',
      rollback: rollbackOf({ state: 'WAITING', because: 'not read back yet' }),
      exitCode: 130,
    }),
  ],
  [
    'RECOVERED: all 4 checks passing (auth/production)',
    byHand({ decision: { action: 'pass', because: [] }, exitCode: 0 }),
  ],
  [
    'RECOVERED: the one check is passing (auth/production)',
    byHand({ checks: [good], decision: { action: 'pass', because: [] }, exitCode: 0 }),
  ],
  [
    'NOT RECOVERED: 3 of 5 failing, none new (auth/production)',
    byHand({
      checks: [...['a', 'b', 'c'].map((id) => failing(id, 'preexisting')), good, checkOf({ id: 'pool-wait' })],
    }),
  ],
  [
    'NOT RECOVERED: 2 of 2 failing, 1 new (auth/production)',
    byHand({ checks: [failing('a', 'preexisting'), failing('b', 'introduced')] }),
  ],
  [
    'NOT RECOVERED: 3 of 3 failing, 1 new, 1 of unknown age (auth/production)',
    byHand({ checks: [failing('a', 'preexisting'), failing('b', 'introduced'), failing('c', 'unknown')] }),
  ],
  [
    'NOT RECOVERED: 1 of 1 failing, unknown since when (auth/production)',
    byHand({ checks: [failing('a', 'unknown')] }),
  ],
  [
    'NOT PROVEN TO HAVE RECOVERED: 0 of 3 failing, 1 could not tell, 1 could not measure (auth/production)',
    byHand({
      checks: [good, checkOf({ id: 'a', outcome: 'inconclusive' }), checkOf({ id: 'b', outcome: 'error' })],
      exitCode: 12,
    }),
  ],
])('%s', (expected, record) => {
  const { head, text } = headline(record);
  expect(head + text).toBe(expected);
});

it('the incident has the checks that the other tests count on', () => {
  expect(incidentChecks.map(({ outcome }) => outcome)).toEqual(['fail', 'fail', 'fail', 'pass']);
});
