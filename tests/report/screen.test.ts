// One screen of a running run: word for word at 80 columns, within bounds at every size.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/kit/index.ts';
import { screen } from '../../src/report/screen.ts';
import { emptyView, nextView, type View } from '../../src/report/view.ts';
import { displayWidth } from '../../src/report/width.ts';
import { checkOf, incidentRecord, recordOf } from '../helpers/records.ts';
import { incidentEvents, start, startedOf, verdictOf } from './events.ts';

const viewOf = (events: readonly RunEvent[]): View => events.reduce(nextView, emptyView);

const events = incidentEvents(incidentRecord());
const until = (at: number): View => viewOf(events.filter((event) => event.at <= start + at));

const shown = (view: View, columns: number, rows: number, after = 0): string =>
  screen(view, { columns, rows, colour: false, now: start + after }).join('\n');

it('before the first look', () => {
  expect(shown(until(0), 80, 24)).toBe(`\
run auth/production · 9f3c1a2                                 baseline 8 s left
baseline: looking at 4 checks before the deploy, at most 8 s
· Login                 not looked at yet
· Error rate            not looked at yet
· Database connections  not looked at yet
· Pool wait             not looked at yet`);
});

it('while the deploy command runs, its last lines', () => {
  expect(shown(until(1000), 80, 24).split('\n').at(-1)).toBe('deploy | current -> releases/rs-5c41');
});

it('in the hold: each number against its limit, before, and how it went', () => {
  expect(shown(until(5000), 80, 24, 5000)).toBe(`\
run auth/production · 9f3c1a2                                    hold 57 s left
hold: all checks green together for 10 s, at most 60 s
✓ Login                 212 ms                         ███
✓ Error rate             0.5 %  limit 5 %              ███
✓ Database connections      19  limit 35     before 4  ▃▅█
✓ Pool wait               2 ms  limit 50 ms            ███`);
});

it('once decided, the diagnosis comes first, and the rollback is followed', () => {
  expect(shown(until(11_000), 80, 24, 11_000)).toBe(`\
run auth/production · 9f3c1a2
ROLLBACK: 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41
  holds 34, before the deploy 4. error-rate-delta and login fail now, most
  likely because of it.
next: look for code in the new release that takes a connection and never gives
  it back
rollback: PLANNED › EXECUTING
  current is set to releases/rs-7d9f
✗ Login                                              ████
✓ Error rate            41 %  limit 5 %              ▁▁▁▁███
✗ Database connections    37  limit 35     before 4  ▂▃▅▆███
✓ Pool wait             2 ms  limit 50 ms            ███████
  Login: POST /login answered 500 in 9 ms, 3 times in a row
  Database connections: 37 of 37 usable slots in use (limit 35)
warning: the platform answers slowly: 4 s`);
});

it('on a wide screen the sentence stands in the line of its check', () => {
  expect(shown(until(11_000), 120, 24, 11_000).split('\n')[8]).toBe(
    '✗ Database connections    37  limit 35     before 4  ▂▃▅▆███               37 of 37 usable slots in use (limit 35)',
  );
});

it('at 40 columns the number and its limit remain', () => {
  expect(shown(until(5000), 40, 24, 5000).split('\n')).toEqual([
    'run auth/production ·…   hold 57 s left',
    'hold: all checks green together for 10…',
    '✓ Login            212 ms',
    '✓ Error rate        0.5 %  limit 5 %',
    '✓ Database conne…      19  limit 35',
    '✓ Pool wait          2 ms  limit 50 ms',
  ]);
});

describe('more checks than rows', () => {
  const checks = Array.from({ length: 30 }, (_, index) => checkOf({ id: `check-${index}` }));
  const bad = verdictOf('check-29', start, { outcome: 'fail', because: 'broken' });
  const view = viewOf([startedOf(recordOf({ checks })), ...checks.map(({ id }) => verdictOf(id, start)), bad]);

  it('shows the worst ones and counts the others', () => {
    expect(shown(view, 80, 5).split('\n')).toEqual([
      'run auth/production · 9f3c1a2',
      '✗ check-29  broken',
      '✓ check-0   check-0 is fine',
      '✓ check-1   check-1 is fine',
      '… and 27 more',
    ]);
  });
});

it('a shadow run says so', () => {
  const view = viewOf([startedOf(recordOf({ shadow: true }))]);
  expect(shown(view, 80, 24).split('\n')[0]).toBe('shadow run auth/production · 9f3c1a2');
});

it('before the hold shows numbers without an outcome', () => {
  const verdict = {
    outcome: 'fail',
    settled: true,
    reason: 'x',
    because: '36 of 37 slots',
    value: 36,
    limit: 35,
  } as const;
  const preview: RunEvent = { type: 'preview', at: start, check: 'db-connections', verdict };
  const lines = shown(viewOf([startedOf(recordOf()), preview]), 80, 24).split('\n');
  expect(lines[3]).toBe('· Database connections  36  limit 35  █         36 of 37 slots');
  const judged = verdictOf('db-connections', start, { value: 8, limit: 35, because: '8 of 37 slots' });
  expect(shown(viewOf([startedOf(recordOf()), preview, judged]), 80, 24).split('\n')[3]).toBe(
    '✓ Database connections  8  limit 35  █▃        8 of 37 slots',
  );
});

it('a verdict that is still open is no alarm', () => {
  const open = verdictOf('login', start, { outcome: 'inconclusive', settled: false, because: 'no samples yet' });
  const settled = verdictOf('pool-wait', start, { outcome: 'inconclusive', because: 'no traffic' });
  const broken = verdictOf('error-rate-delta', start, { outcome: 'error', because: '/metrics answered 503' });
  const lines = shown(viewOf([startedOf(recordOf()), open, settled, broken]), 80, 24).split('\n');
  expect(lines.slice(1)).toEqual([
    '· Login                 no samples yet',
    '! Error rate            /metrics answered 503',
    '· Database connections  not looked at yet',
    '? Pool wait             no traffic',
  ]);
});

it('never leaves the screen, at any size and at any moment', () => {
  const wide = startedOf(
    recordOf({ checks: [checkOf({ id: 'login', title: '日本語のログイン 👩‍👩‍👧 Überprüfung' })] }),
  );
  const views = [emptyView, viewOf([wide]), ...events.map((_, index) => viewOf(events.slice(0, index + 1)))];
  for (const columns of [1, 5, 13, 40, 80, 200])
    for (const rows of [1, 3, 8, 24])
      for (const colour of [true, false])
        for (const view of views) {
          const lines = screen(view, { columns, rows, colour, now: start });
          const widest = Math.max(0, ...lines.map(displayWidth));
          expect(lines.length, `${columns}x${rows}`).toBeLessThanOrEqual(rows);
          expect(widest, `${columns}x${rows}: ${lines.join('\n')}`).toBeLessThanOrEqual(Math.max(1, columns - 1));
        }
});

it('colour is never the only sign', () => {
  const view = until(11_000);
  const coloured = screen(view, { columns: 80, rows: 24, colour: true, now: start });
  const bare = screen(view, { columns: 80, rows: 24, colour: false, now: start });
  expect(coloured.join('\n')).toContain('\u001b[31m✗\u001b[39m Login');
  expect(coloured.map(stripVTControlCharacters)).toEqual(bare);
});
