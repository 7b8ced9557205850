// The log of a run, word for word, and its heartbeat.
import { describe, expect, it } from 'vitest';
import { plain } from '../../src/report/plain.ts';
import { incidentRecord, recordOf } from '../helpers/records.ts';
import { incidentEvents, start, startedOf, verdictOf } from './events.ts';
import { fakeClock, fakeOut } from './fakes.ts';

it('tells the incident line by line', () => {
  const out = fakeOut();
  const record = incidentRecord();
  const session = plain.open(out, fakeClock());
  for (const event of incidentEvents(record)) session.on(event);
  session.close();
  expect(out.text()).toBe(`\
02:47:00Z run auth/production, release 9f3c1a2 (run run-7f3a)
02:47:00Z 4 checks: login, error-rate-delta, db-connections, pool-wait
02:47:00Z baseline: looking at 4 checks before the deploy, at most 8 s
02:47:01Z deploy: ./deploy.sh 9f3c1a2
02:47:01Z deploy | current -> releases/rs-5c41
02:47:02Z hold: all checks green together for 10 s, at most 60 s
02:47:03Z login: pass: login is fine
02:47:03Z db-connections: pass: 5 of 37 usable slots in use (limit 35)
02:47:03Z error-rate-delta: pass: error-rate-delta is fine
02:47:03Z pool-wait: pass: pool-wait is fine
02:47:07Z login: pass → fail: POST /login answered 500 in 9 ms, 3 times in a row [since this release]
02:47:07Z db-connections: pass → fail: 37 of 37 usable slots in use (limit 35) [since this release]
02:47:09Z warning: the platform answers slowly: 4 s
02:47:10Z decision: rollback
02:47:10Z   because login: POST /login answered 500 in 9 ms, 3 times in a row
02:47:10Z   because error-rate-delta: 41 % of 122 requests failed (ceiling 5 %), before 0.5 %
02:47:10Z   because db-connections: 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4
02:47:10Z diagnosis: 37 of 37 usable slots in use (limit 35); auth_svc of release rs/5c41 holds 34, before the deploy 4. error-rate-delta and login fail now, most likely because of it.
02:47:10Z rollback PLANNED: back from rs/5c41 to rs/7d9f
02:47:11Z rollback EXECUTING: current is set to releases/rs-7d9f
02:47:12Z verifying the rollback: login must be green for 5 s
02:47:13Z login: fail → pass: login is fine
02:47:18Z rollback ROLLED_BACK: rs/7d9f is live again and green for 5 s
`);
});

it('a phase without a text has its name and its length', () => {
  const out = fakeOut();
  const session = plain.open(out, fakeClock());
  session.on({ type: 'phase', at: start, phase: 'hold', length: 60_000, text: '' });
  session.on({ type: 'phase', at: start, phase: 'deploy', length: 0, text: '' });
  session.close();
  expect(out.text()).toBe('02:47:00Z hold, at most 60 s\n02:47:00Z deploy\n');
});

it('a pass is told without its reasons; a withheld rollback with its own', () => {
  const out = fakeOut();
  const session = plain.open(out, fakeClock());
  const { decision, diagnosis } = incidentRecord();
  session.on({ type: 'decided', at: start, decision: { action: 'pass', because: decision.because }, diagnosis });
  session.on({
    type: 'decided',
    at: start,
    decision: { action: 'block', because: [], withheld: 'the control fails, too' },
    diagnosis: { layer: 'none', headline: '', next: [] },
  });
  session.close();
  expect(out.text()).toBe(`\
02:47:00Z decision: pass
02:47:00Z decision: block
02:47:00Z   a rollback was withheld: the control fails, too
`);
});

it('that a check cannot tell yet is no news; that it cannot tell is', () => {
  const out = fakeOut();
  const session = plain.open(out, fakeClock());
  const open = { outcome: 'inconclusive', because: 'no samples yet' } as const;
  session.on(verdictOf('login', start, { ...open, settled: false }));
  session.on(verdictOf('pool-wait', start, open));
  session.close();
  expect(out.text()).toBe('02:47:00Z pool-wait: inconclusive: no samples yet\n');
});

it('ends with the summary after an empty line', () => {
  const out = fakeOut();
  const session = plain.open(out, fakeClock());
  session.on(startedOf(recordOf()));
  out.taken();
  void session.end(recordOf(), 'runs/a.json');
  session.close();
  const text = out.taken();
  expect(text.split('\n').slice(0, 2)).toEqual(['', 'PASSED: auth/production 9f3c1a2, 4 checks green for 60 s']);
  expect(text).toMatch(/\nrecord: runs\/a\.json\n$/);
});

it('shows a record from a file without any event, beginning with the decision', () => {
  const out = fakeOut();
  const session = plain.open(out, fakeClock());
  void session.end(incidentRecord());
  session.close();
  expect(out.text()).toMatch(/^ROLLED BACK and verified: auth\/production/);
});

it('the summary keeps to a terminal that cannot be redrawn, and to 100 columns in a log', () => {
  const widths = [60, 200].map((columns) => {
    const out = fakeOut({ columns });
    void plain.open(out, fakeClock()).end(incidentRecord());
    return Math.max(
      ...out
        .text()
        .split('\n')
        .map((line) => line.length),
    );
  });
  expect(widths[0]).toBeLessThanOrEqual(60);
  expect(widths[1]).toBeGreaterThan(60);
  expect(widths[1]).toBeLessThanOrEqual(100);
});

describe('the heartbeat', () => {
  const open = () => {
    const [out, clock] = [fakeOut(), fakeClock()];
    const session = plain.open(out, clock);
    session.on(startedOf(recordOf()));
    return { out, clock, session };
  };

  it('comes when nothing was printed for 30 s, with what stands', async () => {
    const { out, clock, session } = open();
    session.on({ type: 'phase', at: clock.now(), phase: 'hold', length: 300_000, text: 'hold: at most 5 min' });
    session.on(verdictOf('login', clock.now()));
    session.on(verdictOf('pool-wait', clock.now(), { outcome: 'fail' }));
    out.taken();
    await clock.advance(29_000);
    expect(out.taken()).toBe('');
    await clock.advance(1000);
    expect(out.taken()).toBe('02:47:30Z still in hold, 5 min left: 1 pass, 1 fail (pool-wait)\n');
    await clock.advance(60_000);
    expect(out.taken().split('\n')).toHaveLength(3);
    session.close();
  });

  it('waits again after each other line', async () => {
    const { out, clock, session } = open();
    await clock.advance(20_000);
    session.on({ type: 'note', at: clock.now(), level: 'info', text: 'a note' });
    out.taken();
    await clock.advance(29_000);
    expect(out.taken()).toBe('');
    await clock.advance(1000);
    expect(out.taken()).toBe('02:47:50Z still running: nothing has been judged yet\n');
    session.close();
  });

  it('stops with close and with the end', async () => {
    for (const finish of ['close', 'end'] as const) {
      const { out, clock, session } = open();
      expect(clock.sleepers()).toBe(1);
      if (finish === 'close') session.close();
      else void session.end(recordOf());
      out.taken();
      await clock.advance(120_000);
      expect([out.taken(), clock.sleepers()]).toEqual(['', 0]);
    }
  });
});
