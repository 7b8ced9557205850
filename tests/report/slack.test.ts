// The message for Slack, word for word, and texts that try to be more than text.
import { expect, it } from 'vitest';
import { slack } from '../../src/report/slack.ts';
import { checkOf, incidentRecord, recordOf, rollbackOf, stillFailing } from '../helpers/records.ts';
import { textOf } from './fakes.ts';

it('the incident', () => {
  expect(textOf(slack, incidentRecord(), '.holdpoint/runs/run-7f3a.json')).toBe(`\
:white_check_mark: *ROLLED BACK and verified*: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)
*Diagnosis (database):* 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4. error-rate-delta and login fail now, most likely because of it.
• fail *Database connections*: 37, limit 35 _(since this release)_
• fail *Error rate*: 41 % of 122 requests failed (ceiling 5 %), before 0.5 % _(since this release)_
• fail *Login*: POST /login answered 500 in 9 ms, 3 times in a row _(since this release)_
:point_right: look for code in the new release that takes a connection and never gives it back
*Rollback:* rs/7d9f is live again, and login, error-rate-delta, db-connections are green again for 30 s.
2026-11-22 02:47:00 UTC, 80 s · exit code 20: rolled back and verified · record .holdpoint/runs/run-7f3a.json
`);
});

it('a pass is two lines', () => {
  expect(textOf(slack, recordOf())).toBe(`\
:white_check_mark: *PASSED*: auth/production 9f3c1a2, 4 checks green for 60 s
2026-11-22 02:47:00 UTC, 80 s · exit code 0: passed · run run-7f3a
`);
});

it('by hand: who holds the connections, what is new, and which run it was compared with', () => {
  expect(textOf(slack, stillFailing())).toBe(`\
:x: *NOT RECOVERED*: 1 of 4 failing, 1 new (auth/production)
connections in use: auth@9f2c1 holds 20, worker 12 (32 in all, limit 35)
• fail *Login*: POST /login answered 500 _(new since the last good run)_
compared with the last good run: 2026-11-21 22:10 UTC, release 77ab0c4 (run-6e29)
2026-11-22 02:47:00 UTC, 80 s · exit code 10: a check failed · run run-7f3a
`);
});

it('a refused rollback: what stopped the run, and the command as it is', () => {
  const record = incidentRecord({
    checks: [],
    decision: { action: 'rollback', because: [{ check: 'run', reason: 'deadline', text: 'not green in time' }] },
    diagnosis: { layer: 'none', headline: '', next: [] },
    rollback: rollbackOf({ state: 'REFUSED', reason: 'budget', because: 'one an hour', manual: 'rm *_old @x `date`' }),
    exitCode: 22,
  });
  expect(textOf(slack, record)).toBe(`\
:x: *ROLLBACK REFUSED (budget)*: auth/production runs rs/7d9f
:octagonal_sign: *run*: not green in time
*Rollback:* one an hour
By hand: \`\`\`rm *_old @x \`date\`\`\`\`
2026-11-22 02:47:00 UTC, 80 s · exit code 22: rollback refused by a guard or a person: page · run run-7f3a
`);
});

it('of many checks six are shown, the worst first', () => {
  const checks = Array.from({ length: 9 }, (_, at) =>
    checkOf({ id: `c${at}`, outcome: at < 8 ? 'inconclusive' : 'fail', because: 'x'.repeat(400) }),
  );
  const lines = textOf(slack, recordOf({ checks, exitCode: 10 })).split('\n');
  expect(lines[1]).toBe(`• fail *c8*: ${'x'.repeat(300)}… (100 more characters)`);
  expect(lines[7]).toBe('• and 3 more: c5, c6, c7');
});

it('texts of others mark and mention nothing', () => {
  const because = '*bold* _it_ ~gone~ `code` @channel ops@example.org auth_svc 5 * 3 :fire: <!here>';
  const text = textOf(slack, recordOf({ checks: [checkOf({ id: 'a', outcome: 'fail', because })] }));
  const z = '\u200b';
  expect(text).toContain(
    `*${z}bold* _${z}it_ ~${z}gone~ 'code' @${z}channel ops@example.org auth_svc 5 * 3 :${z}fire: <!here>`,
  );
});
