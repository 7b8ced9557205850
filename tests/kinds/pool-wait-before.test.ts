// pool-wait against what was before: the mean wait of the baseline, and processes that go while the hold lasts.
import { describe, expect, it } from 'vitest';
import { poolWait } from '../../src/kinds/pool-wait/index.ts';
import type { Seen } from '../../src/kinds/pool-wait/seen.ts';
import { spec as schema } from '../../src/kinds/pool-wait/spec.ts';
import type { JudgePlan, Look, Sample, Verdict } from '../../src/kit/index.ts';
import { historyOf, missed, plan, samples, seen, start } from '../helpers/kinds.ts';

const from = {
  source: 'scrape',
  settings: {},
  query: { waitSeconds: 'wait_sum', acquires: 'wait_count', waiting: 'pending' },
};
const specOf = (more: object = {}) => schema.parse({ from, ...more });
const spec = specOf();

/** A look five seconds after the one before, with a mean wait in milliseconds. */
const served = (mean: number, acquires = 100): Seen => ({
  seconds: 5,
  waited: (mean * acquires) / 1000,
  acquires,
  waiting: 0,
});

const times = (count: number, one: Seen): Look<Seen>[] => seen(...Array.from({ length: count }, () => one));

interface Case {
  before: Look<Seen>[];
  now: Look<Seen>[];
  settings?: object;
  plan?: Partial<JudgePlan>;
}

const judge = ({ before, now, settings = {}, plan: changes = {} }: Case): Verdict =>
  poolWait.judge(historyOf(samples(now), before, changes), specOf(settings));

describe('the mean wait against the baseline', () => {
  it.each<[string, Case, string, string | undefined, string]>([
    [
      'worse by both margins blocks, far below the limits',
      { before: times(3, served(0.4)), now: times(3, served(32)) },
      'slower_than_before',
      'block',
      'the pool is slower than before: mean wait 32 ms over 100 acquires, 0.4 ms in the baseline (limit 10.4 ms: 3 times and 10 ms more); 0 callers waiting',
    ],
    [
      'more than three times as long, but not by 10 ms: no harm',
      { before: times(3, served(0.4)), now: times(3, served(10)) },
      'ok',
      undefined,
      'mean wait 10 ms over 300 acquires (limit 10.4 ms, 0.4 ms in the baseline); 0 callers waiting',
    ],
    [
      'more by 10 ms, but not three times as long: no harm',
      { before: times(3, served(15)), now: times(3, served(44)) },
      'ok',
      undefined,
      'mean wait 44 ms over 300 acquires (limit 45 ms, 15 ms in the baseline); 0 callers waiting',
    ],
    [
      'three times as long and more by 10 ms',
      { before: times(3, served(15)), now: times(3, served(46)) },
      'slower_than_before',
      'block',
      'the pool is slower than before: mean wait 46 ms over 100 acquires, 15 ms in the baseline (limit 45 ms: 3 times and 10 ms more); 0 callers waiting',
    ],
    [
      'the limits hold whatever was before',
      { before: times(3, served(40)), now: times(3, served(60)) },
      'slow',
      'block',
      'the pool is slow: mean wait 60 ms over 100 acquires (limit 50 ms); 0 callers waiting',
    ],
    [
      'and ask for more from the upper one on',
      { before: times(3, served(0.4)), now: times(3, served(600)) },
      'slow',
      undefined,
      'the pool is slow: mean wait 600 ms over 100 acquires (limit 500 ms); 0 callers waiting',
    ],
    [
      'a baseline of too few acquires tells nothing',
      { before: times(3, served(0.4, 6)), now: times(3, served(32)) },
      'ok',
      undefined,
      'mean wait 32 ms over 300 acquires (limit 50 ms); 0 callers waiting',
    ],
    [
      'nor does one that was not captured',
      { before: [], now: times(3, served(32)) },
      'ok',
      undefined,
      'mean wait 32 ms over 300 acquires (limit 50 ms); 0 callers waiting',
    ],
    [
      'nor one whose looks were all missed',
      { before: [missed('instrument', 'unreadable')], now: times(3, served(32)) },
      'ok',
      undefined,
      'mean wait 32 ms over 300 acquires (limit 50 ms); 0 callers waiting',
    ],
    [
      'by hand only the limits count',
      { before: times(3, served(0.4)), now: times(3, served(32)), plan: { absolute: true } },
      'ok',
      undefined,
      'mean wait 32 ms over 300 acquires (limit 50 ms); 0 callers waiting',
    ],
    [
      'what is tolerated is a setting',
      {
        before: times(3, served(2)),
        now: times(3, served(9)),
        settings: { tolerate: { factor: 4, plus: '5ms' } },
      },
      'slower_than_before',
      'block',
      'the pool is slower than before: mean wait 9 ms over 100 acquires, 2 ms in the baseline (limit 8 ms: 4 times and 5 ms more); 0 callers waiting',
    ],
    [
      'a pool that did not wait at all may come to wait for 10 ms',
      { before: times(3, served(0)), now: times(3, served(11)) },
      'slower_than_before',
      'block',
      'the pool is slower than before: mean wait 11 ms over 100 acquires, 0 ms in the baseline (limit 10 ms: 3 times and 10 ms more); 0 callers waiting',
    ],
    [
      'a quiet pool with enough acquires in all looks together',
      { before: times(3, served(0.4)), now: times(12, served(32, 2)) },
      'slower_than_before',
      'block',
      'the pool is slower than before: mean wait 32 ms over 24 acquires, 0.4 ms in the baseline (limit 10.4 ms: 3 times and 10 ms more); 0 callers waiting',
    ],
    [
      'two such looks are not yet confirmed',
      { before: times(3, served(0.4)), now: [...times(1, served(1)), ...times(2, served(32))] },
      'wobble',
      undefined,
      'not a failure yet, 2 bad of 3 samples (3 in a row are one): the pool is slower than before: mean wait 32 ms over 100 acquires, 0.4 ms in the baseline (limit 10.4 ms: 3 times and 10 ms more); 0 callers waiting',
    ],
  ])('%s', (_, one, reason, asks, because) => {
    const verdict = judge(one);
    expect(verdict).toMatchObject({ reason, because });
    expect(verdict.asks).toBe(asks);
    expect(verdict.outcome).toBe(['ok', 'wobble'].includes(reason) ? 'pass' : 'fail');
    expect(Object.keys(poolWait.reasons)).toContain(reason);
  });

  it('gives the numbers: the mean and what is tolerated', () => {
    expect(judge({ before: times(3, served(0.4)), now: times(3, served(32)) })).toMatchObject({
      value: 32,
      limit: 10.4,
      unit: 'ms',
    });
    expect(judge({ before: times(3, served(0.4)), now: times(3, served(2)) })).toMatchObject({ limit: 10.4 });
  });

  it('takes all processes of the baseline together, because those of the release have other names', () => {
    const before = [...times(3, served(1)), ...times(3, served(3))].map((look, n) => ({
      ...look,
      group: `old-${n % 2}`,
    }));
    const now = times(3, served(32)).map((look) => ({ ...look, group: 'new' }));
    expect(judge({ before, now }).because).toBe(
      'new: the pool is slower than before: mean wait 32 ms over 100 acquires, 2 ms in the baseline (limit 12 ms: 3 times and 10 ms more); 0 callers waiting',
    );
  });

  it('shows it on the chart', () => {
    const [chart] = poolWait.charts?.(historyOf(samples(times(1, served(2))), times(3, served(0.4))), spec) ?? [];
    expect(chart).toMatchObject({ limit: 10.4, baseline: expect.closeTo(0.4) });
  });

  it.each([
    [{ factor: 0.5 }, ['tolerate', 'factor']],
    [{ plus: '0s' }, ['tolerate', 'plus']],
    [{ points: 1 }, ['tolerate']],
  ])('refuses tolerate: %o', (tolerate, path) => {
    expect(schema.safeParse({ from, tolerate }).error?.issues[0]?.path).toEqual(path);
  });
});

describe('processes that go while the hold lasts', () => {
  /** One sample per look and process; a process is absent where its list has ended. */
  const history = (processes: Record<string, { from?: number; looks: Look<Seen>[] }>): Sample<Seen>[] =>
    Object.entries(processes)
      .flatMap(([group, { from: first = 0, looks }]) =>
        looks.map(
          (one, index): Sample<Seen> => ({
            ...one,
            ...(group === '' ? {} : { group }),
            at: start + (first + index) * 5000,
            ms: 1,
            phase: 'hold',
          }),
        ),
      )
      .sort((a, b) => a.at - b.at);

  const said = (processes: Parameters<typeof history>[0]): string => {
    const { outcome, settled, reason, because } = poolWait.judge(historyOf(history(processes)), spec);
    return `${outcome} ${settled ? 'settled' : 'open'} ${reason}: ${because}`;
  };

  const good = (count: number) => times(count, served(1));
  const bad = (count: number) => times(count, served(900));

  it('an old one with few looks does not keep the pass open', () => {
    expect(said({ old: { looks: good(2) }, new: { looks: good(5) } })).toBe(
      'pass settled ok: mean wait 1 ms over 700 acquires (limit 50 ms); 0 callers waiting',
    );
  });

  it('nor one that was bad when it went', () => {
    expect(said({ old: { looks: [...good(1), ...bad(2)] }, new: { looks: good(6) } })).toMatch(/^pass settled ok: /);
  });

  it('one that is still there does', () => {
    expect(said({ old: { from: 3, looks: good(2) }, new: { looks: good(5) } })).toMatch(/^pass open ok: /);
    expect(said({ old: { from: 2, looks: bad(2) }, new: { looks: good(4) } })).toMatch(
      /^pass open wobble: not a failure yet, 2 bad of 2/,
    );
  });

  it('what was confirmed of it stays', () => {
    expect(said({ old: { looks: bad(3) }, new: { looks: good(8) } })).toMatch(/^fail settled slow: old: /);
  });

  it('two of which one is left, which then has no name', () => {
    expect(said({ a: { looks: good(2) }, b: { looks: good(2) }, '': { from: 2, looks: good(3) } })).toMatch(
      /^pass settled ok: /,
    );
  });

  it('a look that was missed by the instrument belongs to nobody', () => {
    const broken = { from: 5, looks: [missed('instrument', 'unreadable')] };
    expect(said({ a: { looks: good(5) }, b: { looks: good(5) }, '': broken })).toMatch(/^pass settled ok: /);
  });

  it('needs failAfter looks at those that came', () => {
    expect(said({ old: { looks: good(4) }, new: { from: 4, looks: good(plan.failAfter - 1) } })).toMatch(
      /^pass open ok/,
    );
  });
});
