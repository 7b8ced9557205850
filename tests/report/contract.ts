// What every reporter must hold: any order of events, any record, no secret, nothing left running.
import { describe, expect, it } from 'vitest';
import { exitMeanings, type Reporter, type RunEvent, type RunRecord } from '../../src/kit/index.ts';
import { displayWidth } from '../../src/report/width.ts';
import { checkOf, incidentRecord, recordOf, rollbackOf } from '../helpers/records.ts';
import { incidentEvents, start, startedOf, verdictOf } from './events.ts';
import { fakeClock, fakeOut, secret, settle } from './fakes.ts';

/** Half a secret is one too; and nobody but the reporter itself may clear the screen or ring the bell. */
const forbidden = new RegExp([...secret.split('-'), '\u001b\\[2J', '\u0007'].join('|'));

const leaky = `password=${secret}`;

/** Events with a secret in each text, and with checks and values that nobody announced. */
const strangeEvents: RunEvent[] = [
  { type: 'finished', at: start, record: recordOf() },
  verdictOf('never-announced', start, { value: Number.NaN, limit: Number.POSITIVE_INFINITY, because: leaky }),
  { type: 'sample', at: start, check: 'never-announced', samples: [] },
  { type: 'rollback', at: start, state: 'FAILED', text: leaky },
  {
    type: 'decided',
    at: start,
    decision: { action: 'block', because: [] },
    diagnosis: { layer: 'none', headline: leaky, next: [leaky] },
  },
  { type: 'output', at: start, line: `\u001b[2J${leaky}\u0007\r` },
  { type: 'note', at: start, level: 'warn', text: `${leaky}\nsecond line` },
  { type: 'phase', at: start, phase: 'deploy', length: -1, text: leaky },
  { type: 'mark', at: start, name: 'mark', data: { leaky } },
  startedOf(recordOf({ checks: [checkOf({ id: '', title: leaky })], environment: '', release: { label: leaky } })),
  ...incidentEvents(incidentRecord()),
  startedOf(recordOf({ checks: [] })),
];

/** A record for each exit code, and some that only odd runs leave behind. */
const records: [string, RunRecord][] = [
  ...Object.keys(exitMeanings).map((code): [string, RunRecord] => [
    `exit ${code}`,
    recordOf({ exitCode: Number(code) }),
  ]),
  ['an unknown exit code', recordOf({ exitCode: 99 })],
  [
    'no checks, no decision in words',
    recordOf({ checks: [], decision: { action: 'block', because: [] }, exitCode: 11 }),
  ],
  ['a rollback that was never started', incidentRecord({ rollback: rollbackOf({ state: 'WITHHELD' }) })],
  [
    'an unfinished rollback of nothing',
    recordOf({ rollback: { state: 'FENCED', reason: '', because: '', verified: false, guards: [], acts: [] } }),
  ],
  [
    'secrets in every text',
    incidentRecord({
      diagnosis: { layer: 'user', headline: leaky, next: [leaky] },
      overrides: [leaky],
      checks: [checkOf({ id: 'x', title: leaky, because: leaky, outcome: 'error' })],
    }),
  ],
  ['interrupted', recordOf({ interrupted: 'SIGTERM', exitCode: 143 })],
];

/** Runs the contract for one reporter. */
export const reporterContract = (reporter: Reporter): void => {
  describe(`the reporter ${reporter.name} keeps the contract`, () => {
    const sizes = [
      [21, 24],
      [27, 24],
      [80, 24],
      [200, 50],
      [40, 10],
    ] as const;

    it('has a name, a sentence about itself, and says for whom it writes', () => {
      expect(reporter.holdpointReporter).toBe(1);
      expect(reporter.name).toMatch(/^[a-z][a-z-]*$/);
      expect(reporter.about.length).toBeGreaterThan(20);
      expect(['prose', 'machine']).toContain(reporter.writes);
    });

    it.each(sizes)(
      'takes events in any order at %i × %i, shows no secret, keeps to the width',
      async (columns, rows) => {
        for (const terminal of [true, false])
          for (const events of [strangeEvents, [...strangeEvents].reverse()]) {
            const [out, clock] = [fakeOut({ terminal, colour: terminal, columns, rows }), fakeClock()];
            const session = reporter.open(out, clock);
            for (const event of events) {
              session.on(event);
              await clock.advance(250);
            }
            await settle();
            await clock.advance(1000);
            expect(out.text()).not.toMatch(forbidden);
            expect(widest(out.text())).toBeLessThan(bound(reporter, terminal, columns));
            session.close();
            expect(clock.sleepers()).toBe(0);
          }
      },
    );

    it.each(records)('writes %s', async (_, record) => {
      for (const terminal of [true, false]) {
        const [out, clock] = [fakeOut({ terminal, columns: 80 }), fakeClock()];
        const session = reporter.open(out, clock);
        await session.end(record);
        session.close();
        expect(out.text().length).toBeGreaterThan(0);
        expect(out.text().endsWith('\n')).toBe(true);
        expect(out.text()).not.toMatch(forbidden);
        expect(widest(out.text())).toBeLessThan(bound(reporter, terminal, 80));
        expect(clock.sleepers()).toBe(0);
      }
    });

    it('is silent after close, and may be closed twice', async () => {
      const [out, clock] = [fakeOut({ terminal: true }), fakeClock()];
      const session = reporter.open(out, clock);
      session.on(startedOf(recordOf()));
      session.close();
      session.close();
      out.taken();
      for (const event of strangeEvents) session.on(event);
      await settle();
      await clock.advance(60_000);
      expect([out.taken(), clock.sleepers()]).toEqual(['', 0]);
    });

    it('may be closed without having heard anything', () => {
      const out = fakeOut({ terminal: true });
      reporter.open(out, fakeClock()).close();
      expect(out.text()).toBe('');
    });
  });
};

const widest = (text: string): number => Math.max(...text.split(/[\r\n]+/).map(displayWidth));

/** Only a screen has a width to keep; a log and a document may be wider. */
const bound = (reporter: Reporter, terminal: boolean, columns: number): number =>
  reporter.name === 'tty' && terminal ? columns : Number.POSITIVE_INFINITY;
