// latency-delta without a server: units out of buckets, bounds at percentiles, and the sentence of every verdict.
import { describe, expect, it } from 'vitest';
import { boundsOf, shareAbove, splitAt } from '../../src/kinds/latency-delta/bounds.ts';
import { type Bucket, countingOf, type Seen, unitsOf } from '../../src/kinds/latency-delta/count.ts';
import { latencyDelta } from '../../src/kinds/latency-delta/index.ts';
import { spec as schema } from '../../src/kinds/latency-delta/spec.ts';
import type { JudgePlan, Look, Reading, Series, Source } from '../../src/kit/index.ts';
import { historyOf, samples, seen, start, tick, worldOf } from '../helpers/kinds.ts';
import { kindContract } from './contract.ts';

const query = { histogram: 'http_request_duration_seconds_bucket{app="auth"}' };
const given = { from: { source: 'scrape', settings: { url: 'http://auth/metrics' }, query } };
const spec = schema.parse(given);
const onlyP95 = schema.parse({ ...given, percentiles: ['p95'] });
const named = schema.parse({ ...given, slowerThan: '500ms', tolerate: { ceiling: '10%' } });

type Unit = Extract<Seen, { state: 'counted' }>;

/** Requests up to 100 ms, to 250 ms, to 500 ms, to 1 s and above. */
const unit = (...requests: number[]): Unit => {
  const edges = [0, 100, 250, 500, 1000, null];
  const buckets = requests.map((one, at): Bucket => [edges[at] ?? 0, edges[at + 1] ?? null, one]);
  const filled = buckets.filter(([, , one]) => one > 0);
  return { state: 'counted', requests: filled.reduce((sum, [, , one]) => sum + one, 0), seconds: 5, buckets: filled };
};

const times = (count: number, one: Seen): Look<Seen>[] => seen(...Array.from({ length: count }, () => one));

/** 60 % up to 100 ms, 36 % up to 250 ms, 3.5 % up to 500 ms, 0.5 % up to 1 s. */
const usual = unit(600, 360, 35, 5);
const quiet = times(18, usual);

const judge = (
  looks: Look<Seen>[],
  baseline: Look<Seen>[] = quiet,
  changes: Partial<JudgePlan> = {},
  settings = spec,
) => latencyDelta.judge(historyOf(samples(looks), baseline, changes), settings);

kindContract({
  kind: latencyDelta,
  spec: given,
  unreachable: given,
  good: Array.from({ length: 6 }, () => usual),
  bad: Array.from({ length: 6 }, () => unit(300, 200, 200, 300)),
  baseline: Array.from({ length: 18 }, () => usual),
});

describe('the spec', () => {
  it('has the defaults of the documents', () => {
    expect(spec).toMatchObject({
      unit: 's',
      percentiles: ['p50', 'p95', 'p99'],
      tolerate: { points: 0.01, factor: 2 },
      require: 'evidence',
      strict: false,
    });
  });

  it('is one test per percentile, and one for a bound of its own', () => {
    expect([spec, onlyP95, named].map((one) => latencyDelta.hypotheses?.(one))).toEqual([3, 1, 1]);
  });

  it.each([
    ['a quantile of the server', { from: { ...given.from, query: { histogram: 'histogram_quantile(0.95, a)' } } }],
    ['no percentile', { ...given, percentiles: [] }],
    ['a percentile of 5', { ...given, percentiles: ['p5'] }],
    ['a percentile of 100', { ...given, percentiles: ['p100'] }],
    ['a ceiling without a bound', { ...given, tolerate: { ceiling: '10%' } }],
  ])('refuses %s', (_, wrong) => {
    expect(schema.safeParse(wrong).success).toBe(false);
  });
});

describe('the bounds', () => {
  it('are the smallest edges that at most that many were slower than', () => {
    expect(boundsOf(spec, [usual])).toEqual([
      { name: 'p50', share: 0.5, ms: 100, beyond: false },
      { name: 'p95', share: 0.05, ms: 250, beyond: false },
      { name: 'p99', share: 0.01, ms: 500, beyond: false },
    ]);
  });

  it('are the last edge when the percentile lies beyond it', () => {
    expect(boundsOf(onlyP95, [unit(0, 0, 0, 90, 10)])).toEqual([{ name: 'p95', share: 0.05, ms: 1000, beyond: true }]);
  });

  it('are never an edge that another process has not', () => {
    const other: Unit = { state: 'counted', requests: 100, seconds: 5, buckets: [[200, 300, 100]] };
    expect(boundsOf(onlyP95, [unit(1000), other])).toMatchObject([{ ms: 300 }]);
  });

  it.each([
    ['p50', 0.5],
    ['p95', 0.05],
    ['p99.9', 0.001],
  ])('%s leaves %d above', (name, share) => {
    expect(shareAbove(name)).toBe(share);
  });

  it('split what they do not cut', () => {
    const { buckets } = unit(10, 20, 30, 40, 5);
    expect(splitAt(buckets, 250)).toEqual({ errors: 75, requests: 105, cut: 0 });
    expect(splitAt(buckets, 300)).toEqual({ errors: 45, requests: 105, cut: 30 });
    expect(splitAt(buckets, 2000)).toEqual({ errors: 0, requests: 105, cut: 5 });
  });
});

describe('the verdict', () => {
  it('is a failure with the bound, before and after, and its evidence', () => {
    const verdict = judge(times(12, unit(500, 360, 100, 40)), quiet, {}, onlyP95);
    expect(verdict).toMatchObject({
      outcome: 'fail',
      settled: true,
      introduced: true,
      reason: 'slower_than_before',
      value: 0.14,
      unit: 'share',
    });
    expect(verdict.because).toBe(
      '1,680 of 12,000 requests took longer than 250 ms (the edge of the histogram at the p95 before the deploy), 14 % in 60 s; limit 9.54 % = upper limit of the baseline (720 of 18,000 = 4 %, could be 4.77 %) × 2; evidence 1,000,000,000:1 (needed 125:1) after 12 units, true share at least 12.8 %; an unchanged service gives such an alarm with at most 1 % chance, however often one looks',
    );
    expect(verdict.next).toContain('look at the slowest route of the new release');
  });

  it('passes an unchanged service, with every percentile and what could not be excluded', () => {
    const verdict = judge(times(6, usual));
    expect(verdict).toMatchObject({ outcome: 'pass', settled: true, reason: 'no_sign_of_harm' });
    expect(verdict.parts?.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['p50', 'pass'],
      ['p95', 'pass'],
      ['p99', 'pass'],
    ]);
    expect(verdict.because).toMatch(
      /^2,400 of 6,000 requests took longer than 100 ms \(the edge of the histogram at the p50 before the deploy\), 40 % in 30 s; limit 62\.7 % = upper limit of the baseline \(7,200 of 18,000 = 40 %, could be 41\.8 %\) × 1\.5; could not exclude up to 4\d\.\d %$/,
    );
  });

  it('fails by the one percentile that became worse', () => {
    const verdict = judge(times(12, unit(600, 360, 5, 35)));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'slower_than_before', value: 0.035 });
    expect(verdict.because).toContain('took longer than 500 ms (the edge of the histogram at the p99');
    expect(verdict.parts?.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'fail']);
  });

  it('sees a slow half although no percentile in the tail moved', () => {
    const verdict = judge(times(12, unit(100, 860, 35, 5)));
    expect(verdict).toMatchObject({ outcome: 'fail', value: 0.9 });
    expect(verdict.because).toContain('at the p50 before the deploy');
  });

  it('is proven after 24 units at every percentile', () => {
    expect(judge(times(24, usual))).toMatchObject({ outcome: 'pass', reason: 'proven' });
  });

  it('waits for proof when proof is asked for', () => {
    const proof = schema.parse({ ...given, percentiles: ['p95'], require: 'proof' });
    const verdict = judge(times(3, unit(60, 36, 4)), quiet, {}, proof);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', settled: false, reason: 'insufficient_traffic' });
    expect(verdict.because).toMatch(
      /; [\d,]+ more requests at this rate would settle it \(about \d+ s at the present traffic\); /,
    );
    expect(verdict.needs?.requests).toBeGreaterThan(0);
  });

  it('is in doubt above the limit without enough evidence', () => {
    const verdict = judge(seen(unit(95), unit(95), unit(60, 0, 40)), quiet, {}, onlyP95);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'unproven_harm' });
    expect(verdict.because).toContain('; so few requests can show that by chance: evidence ');
  });

  it('says when the percentile lies beyond the last edge', () => {
    const beyond = times(18, unit(0, 0, 0, 900, 100));
    expect(judge(times(6, unit(0, 0, 0, 900, 100)), beyond, {}, onlyP95).because).toContain(
      '1 s (the last edge of the histogram, the p95 before the deploy lies beyond)',
    );
  });
});

describe('a bound of its own', () => {
  it('needs no baseline to break its ceiling', () => {
    const verdict = judge(times(12, unit(500, 0, 0, 200)), [], {}, named);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'above_ceiling', limit: 0.1 });
    expect(verdict.introduced).toBeUndefined();
    expect(verdict.because).toMatch(
      /^2,400 of 8,400 requests took longer than 500 ms, 28\.6 % in 60 s; limit 10 % = the ceiling; /,
    );
  });

  it('passes by hand within its ceiling, and cannot tell the difference in a run', () => {
    expect(judge(times(6, usual), [], { absolute: true }, named)).toMatchObject({ outcome: 'pass' });
    expect(judge(times(6, usual), [], {}, named)).toMatchObject({ outcome: 'inconclusive', reason: 'no_baseline' });
  });

  it('above its ceiling before and now only blocks', () => {
    const slow = unit(500, 0, 0, 500);
    const verdict = judge(times(10, slow), times(10, slow), {}, named);
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'block', reason: 'above_ceiling', limit: 0.1 });
    expect(verdict.because).toContain('before this deploy; rolling back is not expected to help');
  });

  it('does not use a baseline that stood above the ceiling itself, and says so', () => {
    const verdict = judge(times(10, unit(960, 0, 0, 40)), times(10, unit(500, 0, 0, 500)), {}, named);
    expect(verdict).toMatchObject({ outcome: 'pass', reason: 'no_sign_of_harm', limit: 0.1 });
    expect(verdict.because).toContain(
      '; limit 10 % = the ceiling; the baseline was above it itself (5,000 of 10,000 = 50 %) and is not used; ',
    );
  });

  it('that is no edge is named with its bucket', () => {
    const off = schema.parse({ ...given, slowerThan: '400ms' });
    expect(judge(times(6, usual), quiet, {}, off)).toEqual({
      outcome: 'inconclusive',
      settled: false,
      reason: 'no_edge',
      because: '400 ms is no edge of the histogram before the deploy: it lies within 250 ms to 500 ms',
    });
  });

  it('without a ceiling and a baseline is no limit', () => {
    const bare = schema.parse({ ...given, slowerThan: '500ms' });
    expect(judge(times(6, usual), [], {}, bare)).toMatchObject({ reason: 'no_baseline' });
  });
});

describe('a release with other buckets', () => {
  const changed = (slow: number): Unit => ({
    state: 'counted',
    requests: 1000,
    seconds: 5,
    buckets: [
      [0, 200, 900 - slow],
      [200, 400, 100],
      [400, null, slow],
    ],
  });

  it('cannot be compared', () => {
    expect(judge(times(6, changed(0)), quiet, {}, onlyP95)).toMatchObject({
      reason: 'no_edge',
      because:
        '250 ms, the edge at the p95 before the deploy, is no edge of the histogram any more: the release has other buckets: it lies within 200 ms to 400 ms',
    });
  });

  it('fails when what is surely slower is enough', () => {
    expect(judge(times(12, changed(300)), quiet, {}, onlyP95)).toMatchObject({ outcome: 'fail', value: 0.3 });
  });
});

describe('a release with wider buckets', () => {
  /** The p95 before lies at 250 ms, and the next edge of the release at 300 ms. */
  const fine: Unit = {
    state: 'counted',
    requests: 1000,
    seconds: 5,
    buckets: [
      [100, 200, 900],
      [200, 250, 60],
      [250, 300, 30],
      [300, 600, 10],
    ],
  };
  const wide = (middle: number, slow: number): Unit => ({
    ...fine,
    buckets: [
      [100, 200, 1000 - middle - slow],
      [200, 300, middle],
      [300, 600, slow],
    ],
  });
  const before = times(18, fine);

  it('is held against the next edge that it has, and the sentence says so', () => {
    const verdict = judge(times(6, wide(90, 10)), before, {}, onlyP95);
    expect(verdict).toMatchObject({ outcome: 'pass', reason: 'no_sign_of_harm', value: 0.01 });
    expect(verdict.because).toMatch(
      /^60 of 6,000 requests took longer than 300 ms \(the next edge above the p95 before the deploy, because the buckets became wider\), 1 % in 30 s; limit /,
    );
  });

  it('fails by the bound that stood before alone: what it cuts counts as fast', () => {
    expect(judge(times(12, wide(5, 200)), before, {}, onlyP95)).toMatchObject({ outcome: 'fail', value: 0.2 });
    const doubt = judge(times(12, wide(5, 60)), before, {}, onlyP95);
    expect(doubt).toMatchObject({ outcome: 'inconclusive', settled: false, reason: 'unproven_harm', value: 0.06 });
    expect(doubt.because).toContain(
      '; but the buckets became wider meanwhile, so the bound was not fixed before and this is no proof',
    );
  });
});

describe('a control group', () => {
  const controlled = (own: Unit, control: Unit): Unit => ({ ...own, control: control.buckets });
  const slow = unit(500, 360, 100, 40);

  it('is the measure in place of the baseline, which gives the edge alone', () => {
    const verdict = judge(times(12, controlled(slow, usual)), quiet, {}, onlyP95);
    expect(verdict).toMatchObject({ outcome: 'fail', introduced: true, reason: 'slower_than_before', value: 0.14 });
    expect(verdict.because).toContain(
      'took longer than 250 ms (the edge of the histogram at the p95 before the deploy), 14 % in 60 s; limit 10.2 % = upper limit of the control group (480 of 12,000 = 4 %, could be 5.1 %) × 2; ',
    );
  });

  it('that is as slow means that the release is not to blame', () => {
    expect(judge(times(12, controlled(slow, slow)), quiet, {}, onlyP95)).toMatchObject({ outcome: 'pass' });
  });

  it('needs no baseline for a bound of its own, and a percentile does', () => {
    const bare = schema.parse({ ...given, slowerThan: '500ms' });
    expect(judge(times(12, controlled(slow, usual)), [], {}, bare)).toMatchObject({ outcome: 'fail', value: 0.04 });
    expect(judge(times(12, controlled(slow, usual)), [], {}, onlyP95)).toMatchObject({ reason: 'no_baseline' });
  });

  it('with other buckets cannot be compared', () => {
    const other: Unit = { state: 'counted', requests: 100, seconds: 5, buckets: [[200, 400, 100]] };
    expect(judge(times(12, controlled(slow, other)), quiet, {}, onlyP95)).toMatchObject({
      reason: 'no_edge',
      because:
        '250 ms, the edge at the p95 before the deploy, is no edge of the histogram in the control group: it lies within 200 ms to 400 ms',
    });
  });

  it('is read by its matcher, and the rest without it', () => {
    const groups = { histogram: 'took_bucket', exclude: 'ua="probe"', control: 'track="stable"' };
    expect(countingOf(schema.parse({ ...given, from: { ...given.from, query: groups } })).selectors).toEqual([
      'took_bucket{ua!="probe",track!="stable"}',
      'took_bucket{ua!="probe",track="stable"}',
    ]);
  });
});

describe('one bad instance', () => {
  const mixed = (a: Unit, b: Unit): Unit => ({
    ...unit(),
    requests: a.requests + b.requests,
    buckets: [...a.buckets, ...b.buckets],
    instances: { a: a.buckets, b: b.buckets },
  });

  it('is named', () => {
    const verdict = judge(times(12, mixed(usual, unit(500, 100, 350, 50))), quiet, {}, onlyP95);
    expect(verdict.because).toContain('; instance b alone 4,800 of 12,000 (40 %), the others 4 %; ');
    expect(verdict.next).toBe('look at instance b: the others are better');
  });

  it('is not named when all are alike', () => {
    const slow = unit(500, 100, 350, 50);
    expect(judge(times(12, mixed(slow, slow)), quiet, {}, onlyP95).because).not.toContain('alone');
  });
});

describe('too little to look at', () => {
  const { histogram: selector } = query;

  it.each([
    ['nothing', [], 'no_samples', 'no unit has been counted yet'],
    [
      'no metric',
      seen({ state: 'no_data', selector }),
      'no_data',
      `${selector} is gone from the source, and was there before the deploy: it was renamed, is not scraped any more, or no process is left`,
    ],
    [
      'no edges',
      seen({ state: 'no_histogram', selector }),
      'no_histogram',
      `${selector} has series without the label le: name the buckets of a histogram, as in http_request_duration_seconds_bucket`,
    ],
    ['no requests', times(2, unit()), 'no_traffic', 'no requests in 10 s, so there is nothing to time'],
  ] as [string, Look<Seen>[], string, string][])('%s is inconclusive', (_, looks, reason, because) => {
    expect(judge(looks)).toEqual({ outcome: 'inconclusive', settled: false, reason, because });
  });

  it('a histogram that was never there is another mistake than one that is gone', () => {
    expect(judge(seen({ state: 'no_data', selector }), []).because).toBe(`${selector} does not exist in the source`);
  });

  it('without a baseline there is no percentile', () => {
    expect(judge(times(6, usual), [])).toMatchObject({ outcome: 'inconclusive', reason: 'no_baseline' });
  });

  it('units of the warm-up are not judged', () => {
    const history = historyOf(samples(times(10, unit(0, 0, 0, 0, 100)), 'warmup'), quiet);
    expect(latencyDelta.judge(history, spec)).toMatchObject({ reason: 'no_samples' });
  });
});

describe('units out of buckets', () => {
  const series = (value: number, labels: Record<string, string>, instance = 'a'): Series => ({
    labels,
    value,
    instance,
  });
  const cumulative = (counts: number[], instance = 'a', more: Record<string, string> = {}): Series[] =>
    ['0.1', '0.25', '+Inf'].map((le, at) => series(counts[at] ?? 0, { ...more, le }, instance));
  const reading = (at: number, list: Series[], ids: (string | [string, number])[] = ['a']): Reading => ({
    at: start + at,
    series: list,
    instances: ids.map((id) => (typeof id === 'string' ? { id } : { id: id[0], startedAt: id[1] })),
  });
  const only = (...readings: Reading[]) =>
    unitsOf(readings, 1000).map((sample) => ('seen' in sample ? sample.seen : sample));

  it('are differences of cumulative buckets, taken apart', () => {
    expect(only(reading(0, cumulative([10, 20, 30])), reading(5000, cumulative([15, 40, 51])))).toEqual([
      {
        state: 'counted',
        requests: 21,
        seconds: 5,
        buckets: [
          [0, 100, 5],
          [100, 250, 15],
          [250, null, 1],
        ],
      },
    ]);
  });

  it('begin at 0 in every bucket when the process began again', () => {
    expect(only(reading(0, cumulative([10, 20, 30])), reading(5000, cumulative([2, 25, 25])))).toMatchObject([
      {
        requests: 25,
        buckets: [
          [0, 100, 2],
          [100, 250, 23],
        ],
      },
    ]);
  });

  it('add up routes and processes; one whose age is not known does not count yet', () => {
    const before = reading(0, [...cumulative([1, 1, 1], 'a', { route: '/' })], ['a']);
    const now = reading(
      5000,
      [
        ...cumulative([3, 3, 3], 'a', { route: '/' }),
        ...cumulative([4, 4, 4], 'a', { route: '/new' }),
        ...cumulative([5, 5, 5], 'b'),
        ...cumulative([100, 100, 100], 'c'),
      ],
      ['a', ['b', start + 1000], 'c'],
    );
    expect(only(before, now)).toMatchObject([{ requests: 11, buckets: [[0, 100, 11]] }]);
  });

  it('of single buckets need no more than those that were filled', () => {
    const sparse = (gt: string, le: string, value: number) => series(value, { gt, le });
    expect(
      only(
        reading(0, [sparse('0.1', '0.125', 40)]),
        reading(5000, [sparse('0.1', '0.125', 50), sparse('0.5', '0.625', 7), sparse('-0.001', '0.001', 2)]),
      ),
    ).toMatchObject([
      {
        requests: 19,
        buckets: [
          [-1, 1, 2],
          [100, 125, 10],
          [500, 625, 7],
        ],
      },
    ]);
  });

  const single = (...buckets: [gt: string, le: string, value: number][]): Series[] =>
    buckets.map(([gt, le, value]) => series(value, { gt, le }));

  it('of single buckets that were merged into wider ones count what is new alone', () => {
    const narrow = single(
      ['-0.001', '0.001', 3],
      ['0.001', '0.002', 4],
      ['0.5', '0.7071067811865475', 20],
      ['0.7071067811865475', '1', 30],
    );
    const wide = single(['-0.002', '0.002', 9], ['0.5', '1', 55]);
    expect(only(reading(0, narrow), reading(5000, wide))).toMatchObject([
      {
        requests: 7,
        buckets: [
          [-2, 2, 2],
          [500, 1000, 5],
        ],
      },
    ]);
  });

  it.each([
    ['a bucket that is gone', single(['0.5', '1', 25])],
    ['a merged bucket that holds less', single(['0.5', '1', 19], ['2', '4', 6])],
  ])('of single buckets begin at 0 after a restart, told by %s', (_, after) => {
    const before = single(['0.5', '0.7', 20], ['2', '4', 3]);
    expect(only(reading(0, before), reading(5000, after))).toMatchObject([{ requests: 25 }]);
  });

  it('of classic buckets that are others begin at 0', () => {
    const others = ['0.2', '0.25', '+Inf'].map((le, at) => series([50, 60, 70][at] ?? 0, { le }));
    expect(only(reading(0, cumulative([10, 20, 30])), reading(5000, others))).toMatchObject([
      {
        requests: 70,
        buckets: [
          [0, 200, 50],
          [200, 250, 10],
          [250, null, 10],
        ],
      },
    ]);
  });

  it('of several processes are kept apart beside the sum, with those of the control group', async () => {
    const readings = [0, 5000].map((at) => {
      const more = at / 1000;
      const own = [...cumulative([more, more, more], 'a'), ...cumulative([0, 0, more * 2], 'b')];
      return [reading(at, own, ['a', 'b']), reading(at, cumulative([more * 3, more * 3, more * 3], 'c'), ['c'])];
    });
    const source: Source = {
      resolution: 1000,
      read: async () => readings.shift() ?? [],
      close: async () => undefined,
    };
    const groups = { ...query, control: 'track="stable"' };
    const session = await latencyDelta.open(
      schema.parse({ ...given, from: { ...given.from, query: groups } }),
      worldOf({}, source),
    );
    await session.sample(tick());
    expect(await session.sample(tick())).toEqual([
      {
        seen: {
          state: 'counted',
          requests: 15,
          seconds: 5,
          buckets: [
            [0, 100, 5],
            [250, null, 10],
          ],
          instances: { a: [[0, 100, 5]], b: [[250, null, 10]] },
          control: [[0, 100, 15]],
        },
      },
    ]);
  });

  it('of a counter that falls by itself never count below 0', () => {
    const [one] = only(reading(0, cumulative([10, 20, 30])), reading(5000, cumulative([20, 22, 40])));
    expect(one).toMatchObject({ requests: 10, buckets: [[0, 100, 10]] });
  });

  it('come from looks and from the past, without our own probes', async () => {
    const readings = [reading(0, cumulative([1, 2, 3])), reading(5000, cumulative([2, 3, 5]))];
    const asked: string[] = [];
    const source: Source = {
      resolution: 1000,
      read: async ([selector = '']) => {
        asked.push(selector);
        const next = readings[asked.length - 1];
        return next ? [next] : [];
      },
      past: async () => [readings],
      close: async () => undefined,
    };
    const excluding = schema.parse({
      ...given,
      from: { ...given.from, query: { ...query, exclude: 'client="probe"' } },
    });
    const session = await latencyDelta.open(excluding, worldOf({}, source));
    const expected = {
      state: 'counted',
      requests: 2,
      seconds: 5,
      buckets: [
        [0, 100, 1],
        [250, null, 1],
      ],
    };
    expect(await session.sample(tick())).toEqual([]);
    expect(await session.sample(tick())).toEqual([{ seen: expected }]);
    expect(await session.past?.({ from: start, to: start + 5000 }, 5000)).toMatchObject([{ seen: expected }]);
    expect(asked[0]).toBe('http_request_duration_seconds_bucket{app="auth",client!="probe"}');
  });

  it('need a histogram', async () => {
    const source = (list: Series[]): Source => ({
      resolution: 1000,
      read: async () => [reading(0, list)],
      close: async () => undefined,
    });
    const look = async (list: Series[]) => (await latencyDelta.open(spec, worldOf({}, source(list)))).sample(tick());
    expect(await look([])).toEqual([{ seen: { state: 'no_data', selector: query.histogram } }]);
    expect(await look([series(1, { code: '200' })])).toEqual([
      { seen: { state: 'no_histogram', selector: query.histogram } },
    ]);
  });
});

describe('the charts', () => {
  it('show the share of slow requests at each bound', () => {
    const history = historyOf(samples(seen(unit(50, 40, 10))), seen(usual));
    expect(latencyDelta.charts?.(history, onlyP95)).toMatchObject([
      {
        title: 'requests slower than 250 ms (p95 before)',
        unit: 'share',
        baseline: 0.04,
        series: [{ points: [{ value: 0.04 }, { value: 0.1 }] }],
      },
    ]);
    expect(latencyDelta.charts?.(historyOf(samples([])), spec)).toEqual([]);
  });
});
