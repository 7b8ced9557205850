// Markdown reports, word for word, and texts that try to be more than text.
import { describe, expect, it } from 'vitest';
import { code, escapeMarkdown, table } from '../../src/report/markdown-text.ts';
import { markdown } from '../../src/report/markdown.ts';
import { checkOf, incidentRecord, recordOf, rollbackOf, stillFailing } from '../helpers/records.ts';
import { textOf } from './fakes.ts';

it('the incident', () => {
  expect(textOf(markdown, incidentRecord(), '.holdpoint/runs/run-7f3a.json')).toBe(`\
## ROLLED BACK and verified: auth/production runs rs/7d9f again (was rs/5c41, release 9f3c1a2)

**Diagnosis (database):** 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4. error-rate-delta and login fail now, most likely because of it.

|  | check | now | limit | before the deploy | what was seen |
| --- | --- | --- | --- | --- | --- |
| ❌ fail | Database connections | 37 | 35 | 4 | 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4 (*since this release*) |
| ❌ fail | Error rate | 41 % | 5 % |  | 41 % of 122 requests failed (ceiling 5 %), before 0.5 % (*since this release*) |
| ❌ fail | Login |  |  |  | POST /login answered 500 in 9 ms, 3 times in a row (*since this release*) |
| ✅ pass | Pool wait | 2 ms | 50 ms |  | waits for a connection: p99 3 ms (limit 50 ms) |

**Next**

1. look for code in the new release that takes a connection and never gives it back

**Rollback ROLLED_BACK:** rs/7d9f is live again, and login, error-rate-delta, db-connections are green again for 30 s.

Run \`run-7f3a\` · 2026-11-22 02:47:00 UTC to 2026-11-22 02:48:20 UTC (80 s) · exit code 20: rolled back and verified · record \`.holdpoint/runs/run-7f3a.json\` · holdpoint 0.1.0
`);
});

it('a pass is short', () => {
  expect(textOf(markdown, recordOf({ checks: [checkOf({ id: 'login', title: 'Login' })] }))).toBe(`\
## PASSED: auth/production 9f3c1a2, 1 check green for 60 s

|  | check | now | limit | before the deploy | what was seen |
| --- | --- | --- | --- | --- | --- |
| ✅ pass | Login |  |  |  | login is fine |

Run \`run-7f3a\` · 2026-11-22 02:47:00 UTC to 2026-11-22 02:48:20 UTC (80 s) · exit code 0: passed · holdpoint 0.1.0
`);
});

it('a refused rollback: the guard, the way by hand, what stopped the run, the flags, a check that only warns', () => {
  const record = incidentRecord({
    checks: [
      checkOf({ id: 'a', outcome: 'error', because: '/metrics answered 503', action: 'warn', next: 'look there' }),
    ],
    decision: { action: 'rollback', because: [{ check: 'run', reason: 'deadline', text: 'not green in time' }] },
    diagnosis: { layer: 'none', headline: '', next: [] },
    rollback: rollbackOf({
      state: 'REFUSED',
      reason: 'budget',
      because: 'one an hour',
      guards: [
        { name: 'target', ok: true, because: 'it is there' },
        { name: 'budget', ok: false, because: 'one ran 12 min ago' },
      ],
    }),
    overrides: ['--skip b'],
    exitCode: 22,
  });
  expect(textOf(markdown, record)).toBe(`\
## ROLLBACK REFUSED (budget): auth/production runs rs/7d9f

**Stopped** by \`run\`: not green in time

|  | check | now | limit | before the deploy | what was seen |
| --- | --- | --- | --- | --- | --- |
| ⚠️ error | a |  |  |  | /metrics answered 503 (*only a warning*) |

**Next**

1. look there

**Rollback REFUSED (budget):** one an hour

- guard \`budget\`: one ran 12 min ago
- by hand: \`ln -sfn releases/rs-7d9f current && ./restart.sh\`

Run \`run-7f3a\` · 2026-11-22 02:47:00 UTC to 2026-11-22 02:48:20 UTC (80 s) · exit code 22: rollback refused by a guard or a person: page · lowered by \`--skip b\` · holdpoint 0.1.0
`);
});

it('a withheld rollback is told once, with the command', () => {
  const record = incidentRecord({
    checks: [],
    decision: { action: 'block', because: [], withheld: '--no-rollback was given' },
    rollback: rollbackOf({ state: 'WITHHELD', reason: 'rollback_withheld', because: '--no-rollback was given' }),
    exitCode: 10,
  });
  expect(textOf(markdown, record)).toContain(`
**A rollback was withheld:** --no-rollback was given

- by hand: \`ln -sfn releases/rs-7d9f current && ./restart.sh\`

Run`);
});

it('a cell holds no more than 500 characters of a sentence', () => {
  const record = recordOf({ checks: [checkOf({ id: 'a', because: '|'.repeat(600) })] });
  expect(textOf(markdown, record)).toContain(`${String.raw`\|`.repeat(500)}… (100 more characters) |`);
});

describe('texts of others', () => {
  it.each([
    ['a | b', String.raw`a \| b`],
    ['`rm`', String.raw`\`rm\``],
    ['*bold* ~~gone~~', String.raw`\*bold\* \~\~gone\~\~`],
    ['auth_svc', 'auth_svc'],
    ['_it_', String.raw`\_it\_`],
    ['[link](http://x)', String.raw`\[link](http://x)`],
    ['<img src=x> 5 < 6 && b', '&lt;img src=x> 5 &lt; 6 && b'],
    ['&lt;', '&amp;lt;'],
    [String.raw`\|`, String.raw`\\\|`],
    ['$x$', String.raw`\$x\$`],
    ['@everyone ops@example.org', '@<!-- -->everyone ops@example.org'],
  ])('%s shows as it is', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  it.each([
    ['ls', '`ls`'],
    ['echo `date`', '`` echo `date` ``'],
    ['a``b', '``` a``b ```'],
    ['a && b | c', '`a && b | c`'],
  ])('%s as code', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it('a table', () => {
    expect(table(['a', 'b'], [['1', '2']])).toEqual(['| a | b |', '| --- | --- |', '| 1 | 2 |']);
  });
});

it('by hand there is no release to blame: holders, the last good run, and what is new since then', () => {
  expect(textOf(markdown, stillFailing())).toBe(`\
## NOT RECOVERED: 1 of 4 failing, 1 new (auth/production)

connections in use: auth@9f2c1 holds 20, worker 12 (32 in all, limit 35)

|  | check | now | limit | last good run | what was seen |
| --- | --- | --- | --- | --- | --- |
| ❌ fail | Login |  |  |  | POST /login answered 500 (*new since the last good run*) |
| ✅ pass | Database connections | 12 | 29 | 8 | 12 of 37 usable slots in use (limit 29) |
| ✅ pass | Pool wait | 2 ms | 50 ms |  | waits for a connection: p99 2 ms (limit 50 ms) |
| ✅ pass | Error rate | 0.5 % | 5 % |  | 0.5 % of 312 requests failed, before 0.5 %; could not exclude up to 2.65 % |

compared with the last good run: 2026-11-21 22:10 UTC, release 77ab0c4 (run-6e29)

Run \`run-7f3a\` · 2026-11-22 02:47:00 UTC to 2026-11-22 02:48:20 UTC (80 s) · exit code 10: a check failed · holdpoint 0.1.0
`);
});

it('what stopped the run stands line by line, because Markdown joins lines', () => {
  const because = ['deploy', 'control'].map((check) => ({ check, reason: 'stopped', text: `${check} is not well` }));
  const text = textOf(markdown, recordOf({ decision: { action: 'block', because }, exitCode: 10 }));
  expect(text).toContain(
    '\n\n**Stopped** by `deploy`: deploy is not well\n\n**Stopped** by `control`: control is not well\n\n',
  );
});
