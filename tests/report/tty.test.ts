// The terminal view: how often it draws, what it draws over, and how it gives the terminal back.
import { describe, expect, it } from 'vitest';
import { tty } from '../../src/report/tty.ts';
import { incidentRecord, recordOf } from '../helpers/records.ts';
import { start, startedOf, verdictOf } from './events.ts';
import { type FakeClock, type FakeOut, fakeClock, fakeOut, settle } from './fakes.ts';

const hide = '\u001b[?25l';
const show = '\u001b[?25h';

const opened = async (columns = 80, rows = 24) => {
  const [out, clock] = [fakeOut({ terminal: true, columns, rows }), fakeClock()];
  const session = tty.open(out, clock);
  session.on(startedOf(recordOf()));
  await settle();
  return { out, clock, session };
};

/** Frames that were drawn since the last call. */
const frames = (out: FakeOut): string[] => out.taken().split('\u001b[?7l').slice(1);

/** Advances in small steps, as time does. */
const pass = async (clock: FakeClock, ms: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 50) await clock.advance(50);
};

describe('drawing', () => {
  it('hides the cursor, draws once, and again in place', async () => {
    const { out, clock, session } = await opened();
    const first = out.taken();
    expect(first).toBe(
      `${hide}\u001b[?7l${[
        'run auth/production · 9f3c1a2',
        '· Login                 not looked at yet',
        '· Error rate            not looked at yet',
        '· Database connections  not looked at yet',
        '· Pool wait             not looked at yet',
      ].join('\u001b[K\r\n')}\u001b[K\u001b[J\u001b[?7h`,
    );
    session.on(verdictOf('login', clock.now()));
    await pass(clock, 200);
    const second = out.taken();
    expect(second.startsWith('\u001b[4A\r\u001b[?7lrun auth')).toBe(true);
    expect(second).toContain('✓ Login                 login is fine\u001b[K');
    session.close();
  });

  it('draws at most five times a second, however much happens', async () => {
    const { out, clock, session } = await opened();
    await pass(clock, 1000);
    frames(out);
    for (let step = 0; step < 40; step += 1) {
      for (let index = 0; index < 10; index += 1) session.on(verdictOf('login', clock.now(), { value: step + index }));
      await clock.advance(25);
    }
    const drawn = frames(out).length;
    expect(drawn).toBeGreaterThanOrEqual(4);
    expect(drawn).toBeLessThanOrEqual(5);
    session.close();
  });

  it('draws once a second when nothing happens, for the time that is left', async () => {
    const { out, clock, session } = await opened();
    session.on({ type: 'phase', at: start, phase: 'hold', length: 60_000, text: '' });
    await pass(clock, 1000);
    frames(out);
    await pass(clock, 3000);
    expect(frames(out).map((frame) => frame.match(/hold .* left/)?.[0])).toEqual([
      'hold 58 s left',
      'hold 57 s left',
      'hold 56 s left',
    ]);
    session.close();
  });

  it('draws anew after a resize, over the lines that the narrower terminal has broken', async () => {
    const { out, clock, session } = await opened();
    frames(out);
    out.resize(20, 24);
    await pass(clock, 200);
    const text = out.taken();
    // A line of 29 columns and four of 41 take 2 + 4 × 3 rows on 20 columns.
    expect(text.startsWith('\u001b[13A\r')).toBe(true);
    expect(text).toContain('run auth/productio…\u001b[K');
    session.close();
  });
});

it('while a person is asked nothing is drawn; afterwards a new screen begins below', async () => {
  const { out, clock, session } = await opened();
  out.taken();
  session.on(verdictOf('login', start));
  session.pause?.();
  const left = out.taken();
  expect(left).toContain('✓ Login');
  expect(left.endsWith(`\r\n${show}`)).toBe(true);
  session.on(verdictOf('pool-wait', start));
  await pass(clock, 3000);
  expect(out.taken()).toBe('');
  session.resume?.();
  await pass(clock, 200);
  const next = out.taken();
  expect(next.startsWith(`${hide}\u001b[?7lrun auth`)).toBe(true);
  expect(next).toContain('✓ Pool wait');
  session.close();
});

describe('the end', () => {
  it('takes the screen away and leaves the summary as text, with the cursor', async () => {
    const { out, clock, session } = await opened();
    out.taken();
    void session.end(incidentRecord(), '.holdpoint/runs/run-7f3a.json');
    const text = out.taken();
    expect(text.startsWith('\u001b[4A\r\u001b[J\u001b[?25hROLLED BACK and verified: auth/production')).toBe(true);
    expect(text).toMatch(/\nrecord: \.holdpoint\/runs\/run-7f3a\.json\n$/);
    session.close();
    await pass(clock, 2000);
    expect([out.taken(), clock.sleepers()]).toEqual(['', 0]);
  });

  it('after a crash the last screen stays, and the cursor comes back', async () => {
    const { out, clock, session } = await opened();
    expect(out.taken()).toContain(hide);
    session.close();
    expect(out.taken()).toBe(`\r\n${show}`);
    session.close();
    await pass(clock, 2000);
    expect([out.taken(), clock.sleepers()]).toEqual(['', 0]);
  });

  it('that comes before listr2 is loaded draws nothing any more', async () => {
    const [out, clock] = [fakeOut({ terminal: true }), fakeClock()];
    const session = tty.open(out, clock);
    session.on(startedOf(recordOf()));
    void session.end(recordOf());
    session.close();
    out.taken();
    await settle();
    await pass(clock, 1000);
    expect([out.taken(), clock.sleepers()]).toEqual(['', 0]);
  });
});

it('leaves the signal handlers of the process alone', async () => {
  const before = process.listenerCount('SIGINT');
  const { session } = await opened();
  expect(process.listenerCount('SIGINT')).toBe(before);
  session.close();
});

it('is plain where the output is no terminal', () => {
  const out = fakeOut({ terminal: false });
  const session = tty.open(out, fakeClock());
  session.on(startedOf(recordOf()));
  session.close();
  expect(out.text()).toBe(`\
02:47:00Z run auth/production, release 9f3c1a2 (run run-7f3a)
02:47:00Z 4 checks: login, error-rate-delta, db-connections, pool-wait
`);
});

it('a view that breaks says so once and lets the run go on', async () => {
  const out = fakeOut({ terminal: true });
  const session = tty.open(
    {
      ...out,
      columns: () => Number.NaN,
      rows: () => {
        throw new Error('no size');
      },
    },
    fakeClock(),
  );
  session.on(startedOf(recordOf()));
  await settle();
  expect(out.text()).toMatch(/^the terminal view stopped \(a bug in holdpoint\): Error: no size/);
  session.on(verdictOf('login', start));
  session.close();
});
