// Which part of a source's own history is the baseline, and when the last passed run joins it.
import { describe, expect, it } from 'vitest';
import type { CheckPlan, Sample, Span } from '../../src/kit/index.ts';
import { baseline, run } from '../../src/run/index.ts';
import { actions, scripted, startEngine } from '../helpers/engine.ts';
import type { Value } from '../helpers/fake-kind.ts';

const minute = 60_000;
const hour = 60 * minute;

type Answer = (span: Span, unit: number) => number[];

/** A kind whose source has a past: every value is a unit of so many requests in 60 s. */
const withPast = (answer: Answer, settings: object | undefined) => {
  const asked: { length: number; ago: number; unit: number }[] = [];
  const engine = startEngine('rs/2');
  const past = async (span: Span, unit: number): Promise<Sample<Value>[]> => {
    asked.push({ length: span.to - span.from, ago: engine.clock.now() - span.to, unit });
    return answer(span, unit).map((value) => ({ at: span.to, ms: 0, phase: 'baseline', seen: { value } }));
  };
  const check: CheckPlan = scripted('rate', () => 1, {
    spec: settings === undefined ? {} : { from: { source: 'prometheus', settings, query: {} } },
    kindOver: {
      baseline: 'window',
      traffic: ({ value }: Value) => ({ requests: value, seconds: 1 }),
      open: async () => ({ past, sample: async () => [{ seen: { value: 1 } }], close: async () => {} }),
    },
  });
  return { engine, check, asked };
};

const seen = async (answer: Answer, settings?: object) => {
  const { engine, check, asked } = withPast(answer, settings);
  const stored = await engine.clock.until(baseline(engine.input([check])));
  const values = stored.checks['rate']?.samples.map((sample) => ('seen' in sample ? sample.seen : sample));
  const notes = engine.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  return { values, asked, notes };
};

describe('the window before the deploy', () => {
  it('is half an hour, or what the source says', async () => {
    expect((await seen(() => [12])).asked).toEqual([{ length: 30 * minute, ago: 0, unit: 1000 }]);
    expect((await seen(() => [12], { before: 2 * hour })).asked).toEqual([{ length: 2 * hour, ago: 0, unit: 1000 }]);
  });

  it('is a day in units of five minutes where there are less than 10 requests per second', async () => {
    const { asked, values } = await seen(({ from, to }) => (to - from > hour ? [3, 4] : [9.9]));
    expect(asked).toEqual([
      { length: 30 * minute, ago: 0, unit: 1000 },
      { length: 24 * hour, ago: 0, unit: 5 * minute },
    ]);
    expect(values).toEqual([{ value: 3 }, { value: 4 }]);
  });

  it('stays as it is where the day is empty', async () => {
    expect((await seen(({ from, to }) => (to - from > hour ? [] : [9, 9]))).values).toEqual([
      { value: 9 },
      { value: 9 },
    ]);
  });

  const aWeekAgo = (now: number[], then: number[]): Promise<Awaited<ReturnType<typeof seen>>> => {
    let calls = 0;
    return seen(() => (calls++ === 0 ? now : then), { before: 30 * minute, lastWeek: true });
  };

  it.each<[string, number[], number[], 'now' | 'then']>([
    ['a higher rate a week ago', [20, 20], [50, 50], 'then'],
    ['a lower rate a week ago', [50, 50], [20, 20], 'now'],
    ['an outage a week ago', [50, 50], [200, 200, 200], 'now'],
    ['an outage now', [200, 200, 200], [50, 50], 'now'],
    ['nothing a week ago', [50, 50], [], 'now'],
  ])('%s', async (_, now, then, which) => {
    const { values, asked, notes } = await aWeekAgo(now, then);
    expect(asked.map(({ ago }) => ago / hour)).toContain(7 * 24);
    expect(values).toEqual((which === 'now' ? now : then).map((value) => ({ value })));
    const note = 'baseline of rate: the same 30 min a week ago, whose rate is the higher one';
    expect(notes).toEqual(which === 'then' ? [note] : []);
  });
});

describe('the last passed run', () => {
  const looked = (value: number) => scripted('rate', () => value, { kindOver: { baseline: 'window' } });

  it('joins the baseline of a rate that has no history, and only that of a rate', async () => {
    const first = startEngine('rs/2');
    const passed = await first.clock.until(run(first.input([looked(7), scripted('probe', () => 7)])));
    expect(passed.decision.action).toBe('pass');
    const second = startEngine('rs/2');
    second.store.records = first.store.records;
    const record = await second.clock.until(run(second.input([looked(8), scripted('probe', () => 8)])));
    const values = record.checks.map(({ baseline: { samples } }) => [
      ...new Set(samples.map((sample) => ('seen' in sample ? (sample.seen as Value).value : -1))),
    ]);
    expect(values).toEqual([[7, 8], [8]]);
    expect(record.checks[0]?.baseline.samples.every(({ phase }) => phase === 'baseline')).toBe(true);
    expect(actions(record.checks)).toEqual({ rate: 'none', probe: 'none' });
    const notes = second.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    expect(notes).toContain(`baseline of rate: with the counts of the last passed run, ${passed.finishedAt}`);
  });

  it('does not hide that the service is broken now', async () => {
    const first = startEngine('rs/2');
    await first.clock.until(run(first.input([looked(7)])));
    const second = startEngine('rs/2');
    second.store.records = first.store.records;
    const record = await second.clock.until(run(second.input([looked(101)])));
    expect(record.checks[0]?.baseline.samples.map((sample) => 'seen' in sample && sample.seen)).not.toContainEqual({
      value: 7,
    });
    expect(record.checks[0]?.attribution).toBe('preexisting');
  });
});
