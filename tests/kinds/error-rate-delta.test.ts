// error-rate-delta without a server: selectors, units out of counters, and the sentence of every verdict.
import { describe, expect, it } from 'vitest';
import { countingOf, type Seen, unitsOf } from '../../src/kinds/error-rate-delta/count.ts';
import { errorRateDelta } from '../../src/kinds/error-rate-delta/index.ts';
import { spec as schema } from '../../src/kinds/error-rate-delta/spec.ts';
import { type JudgePlan, type Look, MissedLook, type Reading, type Series, type Source } from '../../src/kit/index.ts';
import { historyOf, samples, seen, start, tick, worldOf } from '../helpers/kinds.ts';
import { kindContract } from './contract.ts';

const query = { total: 'http_requests_total{app="auth"}', errors: 'code=~"5.."' };
const given = { from: { source: 'scrape', settings: { url: 'http://auth/metrics' }, query } };
const spec = schema.parse(given);
const proof = schema.parse({ ...given, require: 'proof' });

const unit = (errors: number, requests: number, more: Partial<Extract<Seen, { state: 'counted' }>> = {}): Seen => ({
  state: 'counted',
  errors,
  requests,
  seconds: 5,
  ...more,
});

const times = (count: number, one: Seen): Look<Seen>[] => seen(...Array.from({ length: count }, () => one));

/** A long baseline, slow enough that no test has less traffic. */
const before = (errors: number, requests: number): Look<Seen>[] => seen(unit(errors, requests, { seconds: 100_000 }));

/** 2 of 1,800 requests failed. */
const quiet = before(2, 1800);

const judge = (
  looks: Look<Seen>[],
  baseline: Look<Seen>[] = quiet,
  changes: Partial<JudgePlan> = {},
  settings = spec,
) => errorRateDelta.judge(historyOf(samples(looks), baseline, changes), settings);

kindContract({
  kind: errorRateDelta,
  spec: given,
  unreachable: given,
  good: Array.from({ length: 6 }, () => unit(0, 100)),
  bad: Array.from({ length: 6 }, () => unit(40, 100)),
  baseline: [unit(2, 1800, { seconds: 100_000 })],
});

describe('the spec', () => {
  it('has the defaults of the documents', () => {
    expect(spec).toMatchObject({
      tolerate: { points: 0.005, factor: 1.5, ceiling: 0.05 },
      require: 'evidence',
      strict: false,
      minRequests: 0,
    });
  });

  it.each([
    ['a function', { total: 'rate(http_requests_total[5m])', errors: 'code="500"' }],
    ['no matchers and no selector', { total: 'a', errors: 'code ~ 5' }],
    ['two excluded matchers', { total: 'a', errors: 'b', exclude: 'a="b",c="d"' }],
    ['an unknown key', { total: 'a', errors: 'b', window: '5m' }],
    ['matchers behind a free query', { total: 'sum(increase(a[{{window}}]))', errors: 'code="500"' }],
    ['a control group of a free query', { total: 'f(a[{{window}}])', errors: 'f(b[{{window}}])', control: 'a="b"' }],
    ['an exclusion from a free query', { total: 'f(a[{{window}}])', errors: 'f(b[{{window}}])', exclude: 'a="b"' }],
  ])('refuses %s', (_, wrong) => {
    expect(schema.safeParse({ from: { ...given.from, query: wrong } }).success).toBe(false);
  });
});

it('the spec says how long a proof takes at least', () => {
  const slow = schema.parse({ ...given, from: { source: 'prometheus', settings: { resolution: 15_000 }, query } });
  expect(errorRateDelta.leastTime?.(spec, 5000)).toBeUndefined();
  expect(errorRateDelta.leastTime?.(proof, 5000)).toEqual({
    time: 120_000,
    because: 'require: proof needs 24 units of 5 s',
  });
  expect(errorRateDelta.leastTime?.({ ...slow, require: 'proof' }, 5000)?.time).toBe(360_000);
});

it('the spec takes free queries for both', () => {
  const free = { total: 'sum(increase(a[{{window}}]))', errors: 'sum(increase(b[{{window}}]))' };
  expect(schema.safeParse({ from: { ...given.from, source: 'prometheus', query: free } }).success).toBe(true);
});

const selectorsOf = (asked: Record<string, unknown>): readonly string[] =>
  countingOf(schema.parse({ from: { ...given.from, query: asked } })).selectors;

describe('the selectors', () => {
  it.each([
    ['requests_total', 'code=~"5.."', undefined, 'requests_total', 'requests_total{code=~"5.."}'],
    ['a{b="c"}', 'd="e",f!="g"', undefined, 'a{b="c"}', 'a{b="c",d="e",f!="g"}'],
    ['a{b="c",}', 'errors_total', undefined, 'a{b="c",}', 'errors_total'],
    ['a{}', 'd="e"', 'client="probe"', 'a{client!="probe"}', 'a{d="e",client!="probe"}'],
    ['a', 'b{c="d"}', 'ua =~ "holdpoint.*"', 'a{ua!~ "holdpoint.*"}', 'b{c="d",ua!~ "holdpoint.*"}'],
  ])('of %s and %s without %s', (total, errors, exclude, all, failed) => {
    expect(selectorsOf({ total, errors, exclude })).toEqual([all, failed]);
  });
});

describe('the verdict', () => {
  it('is a failure with its evidence, and needs no more than two units', () => {
    const verdict = judge(seen(unit(3, 5), unit(4, 6)));
    expect(verdict).toMatchObject({ outcome: 'fail', settled: true, reason: 'worse_than_before', unit: 'share' });
    expect(verdict.value).toBeCloseTo(7 / 11, 12);
    expect(verdict.limit).toBeCloseTo(0.011514132, 8);
    expect(verdict.because).toBe(
      '7 of 11 requests failed (63.6 %) in 10 s; limit 1.15 % = upper limit of the baseline (2 of 1,800 = 0.11 %, could be 0.65 %) + 0.5 pp; evidence 285:1 (needed 125:1) after 2 units, true rate at least 1.75 %; an unchanged service gives such an alarm with at most 1 % chance, however often one looks',
    );
  });

  it('is a pass with a caveat when nothing points to harm', () => {
    const verdict = judge(times(3, unit(0, 100)));
    expect(verdict).toMatchObject({ outcome: 'pass', settled: true, reason: 'no_sign_of_harm', value: 0 });
    expect(verdict.because).toBe(
      '0 of 300 requests failed (0 %) in 15 s; limit 1.15 % = upper limit of the baseline (2 of 1,800 = 0.11 %, could be 0.65 %) + 0.5 pp; could not exclude up to 2.65 %',
    );
  });

  it('is a proven pass after 24 units', () => {
    const verdict = judge(times(24, unit(0, 500)));
    expect(verdict).toMatchObject({ outcome: 'pass', settled: true, reason: 'proven' });
    expect(verdict.because).toBe(
      '0 of 12,000 requests failed (0 %) in 2 min; the true rate is below 0.07 % with 95 % confidence; limit 1.15 % = upper limit of the baseline (2 of 1,800 = 0.11 %, could be 0.65 %) + 0.5 pp',
    );
  });

  it('waits for proof when proof is asked for, and says what is missing', () => {
    const verdict = judge(times(60, unit(0, 5)), before(0, 1800), {}, proof);
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      settled: false,
      reason: 'insufficient_traffic',
      needs: { requests: 1309, seconds: 1309 },
    });
    expect(verdict.because).toBe(
      '0 of 300 requests failed (0 %) in 5 min, which still allows up to 2.65 %; limit 0.84 % = upper limit of the baseline (0 of 1,800 = 0 %, could be 0.34 %) + 0.5 pp; 1,309 more requests at this rate would settle it (about 22 min at the present traffic); evidence 0.02:1 (needed 125:1)',
    );
  });

  it('waits for minRequests', () => {
    const many = schema.parse({ ...given, minRequests: 1000 });
    expect(judge(times(3, unit(0, 100)), quiet, {}, many)).toMatchObject({ reason: 'insufficient_traffic' });
  });

  it('is in doubt above the limit without enough evidence', () => {
    const verdict = judge(seen(unit(0, 200), unit(0, 200), unit(9, 200)));
    expect(verdict).toMatchObject({ outcome: 'inconclusive', settled: false, reason: 'unproven_harm' });
    expect(verdict.because).toMatch(
      /^9 of 600 requests failed \(1\.5 %\) in 15 s; limit 1\.15 % = .* \+ 0\.5 pp; so few requests can show that by chance: evidence [\d.]+:1 \(needed 125:1\), true rate 0 % to 4\.54 %$/,
    );
  });

  it('is in doubt after an outage that the good hours before it hide in the sum', () => {
    const verdict = judge([...times(30, unit(0, 1000)), ...times(2, unit(60, 100))]);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'unproven_harm' });
    expect(verdict.value).toBeLessThan(verdict.limit ?? 0);
  });

  it('names the factor and the ceiling where they bind', () => {
    expect(judge(times(3, unit(1, 100)), before(200, 10_000)).because).toContain(
      'limit 3.8 % = upper limit of the baseline (200 of 10,000 = 2 %, could be 2.53 %) × 1.5',
    );
    expect(judge(times(3, unit(1, 100)), before(400, 10_000)).because).toContain('limit 5 % = the ceiling');
  });

  it('fails by the exact account alone when strict', () => {
    const strict = schema.parse({ ...given, strict: true });
    const looks = times(20, unit(50, 2500));
    const long = before(1800, 180_000);
    expect(judge(looks, long, {}, spec).outcome).toBe('fail');
    expect(judge(looks, long, {}, strict)).toMatchObject({ outcome: 'inconclusive', reason: 'unproven_harm' });
  });

  it('asks for the alpha of the plan', () => {
    const looks = seen(unit(3, 5), unit(4, 6));
    expect(judge(looks, quiet, { alpha: 0.001 }).outcome).not.toBe('fail');
  });
});

describe('without a baseline', () => {
  it('the ceiling alone can fail', () => {
    const verdict = judge(times(6, unit(20, 100)), []);
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'above_ceiling', limit: 0.05, value: 0.2 });
    expect(verdict.because).toMatch(/limit 5 % = the ceiling; .*; without a baseline the ceiling alone decides$/);
  });

  it('the difference cannot be told', () => {
    const verdict = judge(times(6, unit(0, 100)), []);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'no_baseline' });
    expect(verdict.because).toBe(
      '0 of 600 requests failed (0 %) in 30 s; limit 5 % = the ceiling; could not exclude up to 1.33 %; whether that is worse than before cannot be told without a baseline',
    );
  });

  it('the ceiling passes when only health is asked for', () => {
    expect(judge(times(6, unit(0, 100)), [], { absolute: true })).toMatchObject({
      outcome: 'pass',
      reason: 'no_sign_of_harm',
      because: '0 of 600 requests failed (0 %) in 30 s; limit 5 % = the ceiling; could not exclude up to 1.33 %',
    });
  });

  it('a baseline above its ceiling fails as the judged samples, so that it counts as preexisting', () => {
    const verdict = judge(times(8, unit(6, 30)), [], { absolute: true, units: 8 });
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'above_ceiling', value: 0.2, limit: 0.05 });
  });
});

describe('a baseline above the ceiling', () => {
  it('fails on, and rolling back is not expected to help', () => {
    const verdict = judge(times(10, unit(20, 100)), times(10, unit(20, 100)));
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'block', reason: 'above_ceiling', value: 0.2, limit: 0.05 });
    expect(verdict.preexisting).toBe(true);
    expect(verdict.because).toBe(
      '200 of 1,000 requests failed (20 %) in 50 s, above the 5 % ceiling, but it was already (at least 16.4 %) before this deploy; rolling back is not expected to help',
    );
  });

  it('fails as worse when it became worse', () => {
    expect(judge(times(10, unit(60, 100)), times(10, unit(20, 100)))).toMatchObject({ reason: 'worse_than_before' });
  });
});

describe('a baseline above the ceiling, and a release below it', () => {
  it('passes by the ceiling alone, and says so', () => {
    const verdict = judge(times(10, unit(2, 100)), times(10, unit(20, 100)));
    expect(verdict).toMatchObject({ outcome: 'pass', reason: 'no_sign_of_harm', limit: 0.05 });
    expect(verdict.because).toBe(
      '20 of 1,000 requests failed (2 %) in 50 s; limit 5 % = the ceiling; the baseline was above it itself (200 of 1,000 = 20 %) and is not used; could not exclude up to 4.49 %',
    );
  });

  it('is no measure for a release that is better, but not good', () => {
    expect(judge(times(10, unit(12, 100)), times(10, unit(20, 100)))).toMatchObject({
      outcome: 'fail',
      asks: 'block',
      reason: 'above_ceiling',
      value: 0.12,
      limit: 0.05,
    });
  });
});

describe('a control group, counted at the same time', () => {
  const controlled = (errors: number, control: number) =>
    unit(errors, 100, { control: { errors: control, requests: 400 } });

  it('is the measure in place of the baseline', () => {
    const verdict = judge(times(12, controlled(12, 1)), times(10, unit(20, 100)));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'worse_than_before', introduced: true });
    expect(verdict.because).toMatch(
      /^144 of 1,200 requests failed \(12 %\) in 60 s; limit 1\.\d+ % = upper limit of the control group \(12 of 4,800 = 0\.25 %, could be \d\.\d+ %\) \+ 0\.5 pp; /,
    );
  });

  it('that fails alike means that the release is not to blame', () => {
    const verdict = judge(times(12, controlled(1, 4)), quiet);
    expect(verdict).toMatchObject({ outcome: 'pass' });
    expect(verdict.because).toContain('upper limit of the control group (48 of 4,800 = 1 %');
  });

  it('above the ceiling, too, only blocks', () => {
    const verdict = judge(times(12, controlled(20, 80)), quiet);
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'block', introduced: false, reason: 'above_ceiling' });
    expect(verdict.preexisting).toBeUndefined();
    expect(verdict.because).toMatch(
      /, above the 5 % ceiling, but so is the control group, which did not get the release \(at least 10 %\); rolling back is not expected to help$/,
    );
  });

  it('without requests leaves the baseline', () => {
    const looks = times(6, unit(0, 100, { control: { errors: 0, requests: 0 } }));
    expect(judge(looks).because).toContain('upper limit of the baseline (2 of 1,800');
  });

  it('is read by its matcher, and the rest without it', () => {
    expect(selectorsOf({ total: 'a', errors: 'code="500"', exclude: 'ua="probe"', control: 'track="stable"' })).toEqual(
      [
        'a{ua!="probe",track!="stable"}',
        'a{code="500",ua!="probe",track!="stable"}',
        'a{ua!="probe",track="stable"}',
        'a{code="500",ua!="probe",track="stable"}',
      ],
    );
  });

  it('has its own counts in each unit', async () => {
    const series = (value: number): Series => ({ labels: {}, value, instance: 'a' });
    const reading = (at: number, value: number): Reading => ({ at, series: [series(value)], instances: [{ id: 'a' }] });
    const readings = [
      [100, 1, 1000, 5].map((value) => reading(0, value)),
      [150, 3, 1400, 6].map((value) => reading(5000, value)),
    ];
    const source: Source = { resolution: 1000, read: async () => readings.shift() ?? [], close: async () => undefined };
    const settings = schema.parse({ from: { ...given.from, query: { ...query, control: 'track="stable"' } } });
    const session = await errorRateDelta.open(settings, worldOf({}, source));
    await session.sample(tick());
    expect(await session.sample(tick())).toEqual([
      { seen: { state: 'counted', requests: 50, errors: 2, seconds: 5, control: { requests: 400, errors: 1 } } },
    ]);
  });
});

describe('errors that come in clusters', () => {
  const clustered = Array.from({ length: 40 }, (_, at) => unit(at % 8 === 0 ? 16 : 0, 100));

  it('make the limit wider and a proof dearer', () => {
    const even = times(40, unit(2, 100));
    const verdict = judge(times(30, unit(1, 100)), seen(...clustered));
    expect(verdict.limit).toBeGreaterThan((judge(times(30, unit(1, 100)), even).limit ?? 1) + 0.005);
    expect(verdict.reason).toBe('no_sign_of_harm');
    expect(judge(times(30, unit(1, 100)), even).reason).toBe('proven');
  });
});

describe('too little to look at', () => {
  it.each([
    ['nothing', [], 'no_samples', 'no unit has been counted yet'],
    [
      'no metric',
      seen({ state: 'no_data', selector: 'a' }),
      'no_data',
      'a is gone from the source, and was there before the deploy: it was renamed, is not scraped any more, or no process is left',
    ],
    ['no requests', times(2, unit(0, 0)), 'no_traffic', 'no requests in 10 s, so there is no rate'],
  ] as [string, Look<Seen>[], string, string][])('%s is inconclusive', (_, looks, reason, because) => {
    expect(judge(looks)).toEqual({ outcome: 'inconclusive', settled: false, reason, because });
  });

  it('a metric that was never there is another mistake than one that is gone', () => {
    expect(judge(seen({ state: 'no_data', selector: 'a{b="c"}' }), []).because).toBe(
      'a{b="c"} does not exist in the source',
    );
  });

  it('units of the warm-up are not judged', () => {
    const history = historyOf(samples(times(10, unit(90, 100)), 'warmup'), quiet);
    expect(errorRateDelta.judge(history, spec)).toMatchObject({ reason: 'no_samples' });
  });

  it('traffic that vanished is a failure of its own that only blocks', () => {
    const busy = times(6, unit(0, 150));
    const verdict = judge(times(3, unit(0, 10)), busy);
    expect(verdict).toMatchObject({ outcome: 'fail', asks: 'block', reason: 'traffic_vanished', value: 2, limit: 6 });
    expect(verdict.because).toBe(
      '30 requests in 15 s (baseline 30 per second lets expect 450); a rate of so few says nothing',
    );
    expect(judge(times(2, unit(0, 10)), busy).reason).toBe('no_sign_of_harm');
    expect(judge(times(3, unit(0, 31)), busy).reason).toBe('no_sign_of_harm');
  });

  it('a proven failure is not hidden by vanished traffic', () => {
    expect(judge(times(3, unit(9, 10)), times(6, unit(0, 150)))).toMatchObject({ reason: 'worse_than_before' });
  });
});

describe('one bad instance', () => {
  const pair = (bad: number): Seen =>
    unit(bad, 60, { instances: { a: { requests: 30, errors: 0 }, b: { requests: 30, errors: bad } } });

  it('is named', () => {
    const verdict = judge(times(3, pair(27)));
    expect(verdict.because).toContain('; instance b alone 81 of 90 (90 %), the others 0 %; ');
    expect(verdict.next).toBe('look at instance b: the others are better');
  });

  it('is not named beside processes that nobody asks', () => {
    const alone = unit(40, 60, { instances: { a: { requests: 60, errors: 40 }, b: { requests: 0, errors: 0 } } });
    expect(judge(times(6, alone)).because).not.toContain('alone');
  });

  it('is not named when all are alike', () => {
    const alike = unit(40, 60, { instances: { a: { requests: 30, errors: 20 }, b: { requests: 30, errors: 20 } } });
    const verdict = judge(times(3, alike));
    expect(verdict.outcome).toBe('fail');
    expect(verdict.because).not.toContain('instance');
  });
});

describe('units out of counters', () => {
  const series = (value: number, code = '200', instance = 'a'): Series => ({ labels: { code }, value, instance });
  const reading = (at: number, list: Series[], ids = ['a']): Reading => ({
    at,
    series: list,
    instances: ids.map((id) => ({ id })),
  });

  const sourceOf = (readings: (Reading[] | Error)[], past?: Source['past']): Source => ({
    resolution: 1000,
    read: async (selectors) => {
      expect(selectors).toEqual(['http_requests_total{app="auth"}', 'http_requests_total{app="auth",code=~"5.."}']);
      const next = readings.shift();
      if (next instanceof Error) throw next;
      return next ?? [];
    },
    ...(past ? { past } : {}),
    close: async () => undefined,
  });

  const sampled = async (...readings: Reading[][]) => {
    const session = await errorRateDelta.open(spec, worldOf({}, sourceOf(readings)));
    const all: Look<Seen>[] = [];
    for (let n = readings.length; n > 0; n -= 1) all.push(...(await session.sample(tick())));
    return all;
  };

  it('the first reading gives none, the second the difference', async () => {
    expect(
      await sampled(
        [reading(0, [series(100), series(1, '500')]), reading(0, [series(1, '500')])],
        [reading(5000, [series(150), series(3, '500')]), reading(5000, [series(3, '500')])],
      ),
    ).toEqual([{ seen: { state: 'counted', requests: 52, errors: 2, seconds: 5 } }]);
  });

  it('errors that do not exist are 0, and the first error counts', async () => {
    const [, second, third] = [0, 1, 2];
    const looks = await sampled(
      [reading(0, [series(100)]), reading(0, [], [])],
      [reading(5000, [series(150)]), reading(5000, [], [])],
      [reading(10_000, [series(190), series(4, '500')]), reading(10_000, [series(4, '500')])],
    );
    expect(looks[second - 1]).toEqual({ seen: { state: 'counted', requests: 50, errors: 0, seconds: 5 } });
    expect(looks[third - 1]).toEqual({ seen: { state: 'counted', requests: 44, errors: 4, seconds: 5 } });
  });

  it('a process that began again counts from 0', async () => {
    expect(
      await sampled(
        [reading(0, [series(1000), series(50, '500')]), reading(0, [series(50, '500')])],
        [reading(5000, [series(30), series(1, '500')]), reading(5000, [series(1, '500')])],
      ),
    ).toEqual([{ seen: { state: 'counted', requests: 31, errors: 1, seconds: 5 } }]);
  });

  it('the metric that does not exist is no data, not 0', async () => {
    expect(await sampled([reading(0, []), reading(0, [])])).toEqual([
      { seen: { state: 'no_data', selector: 'http_requests_total{app="auth"}' } },
    ]);
  });

  it('several processes are kept apart', async () => {
    const both = (at: number, a: number, b: number, failed: number) => {
      const errors = [series(failed, '500', 'b')];
      const ids = ['a', 'b'];
      return [reading(at, [series(a), series(b, '200', 'b'), ...errors], ids), reading(at, errors, ids)];
    };
    expect(await sampled(both(0, 10, 10, 0), both(5000, 40, 20, 20))).toEqual([
      {
        seen: {
          state: 'counted',
          requests: 60,
          errors: 20,
          seconds: 5,
          instances: { a: { requests: 30, errors: 0 }, b: { requests: 30, errors: 20 } },
        },
      },
    ]);
  });

  it('a missed look makes the next unit longer', async () => {
    const blind = new MissedLook('instrument', 'source_unreachable', 'the source is away');
    const source = sourceOf([
      [reading(0, [series(100)]), reading(0, [])],
      blind,
      [reading(10_000, [series(160)]), reading(10_000, [])],
    ]);
    const session = await errorRateDelta.open(spec, worldOf({}, source));
    expect(await session.sample(tick())).toEqual([]);
    await expect(session.sample(tick())).rejects.toBe(blind);
    expect(await session.sample(tick())).toEqual([
      { seen: { state: 'counted', requests: 60, errors: 0, seconds: 10 } },
    ]);
  });

  it('are never shorter than the time in which the source has a new number', async () => {
    const at = (ms: number, value: number) => [reading(start + ms, [series(value)]), reading(start + ms, [])];
    const source = { ...sourceOf([at(0, 100), at(5000, 100), at(10_000, 100), at(14_990, 250), at(20_000, 250)]) };
    const session = await errorRateDelta.open(spec, worldOf({}, { ...source, resolution: 15_000 }));
    const looks = [];
    for (let n = 0; n < 5; n += 1) looks.push(await session.sample(tick()));
    expect(looks).toEqual([[], [], [], [{ seen: { state: 'counted', requests: 150, errors: 0, seconds: 14.99 } }], []]);
  });

  it('of the past neither', async () => {
    const asked: number[] = [];
    const source = sourceOf([], async (_, __, step) => {
      asked.push(step);
      return [[], []];
    });
    const session = await errorRateDelta.open(spec, worldOf({}, { ...source, resolution: 15_000 }));
    await session.past?.({ from: start, to: start + 60_000 }, 5000);
    await session.past?.({ from: start, to: start + 60_000 }, 60_000);
    expect(asked).toEqual([15_000, 60_000]);
  });

  it('that are longer than the looks are planned in so much smaller a number, so that each may bet more', () => {
    const slow = schema.parse({
      from: { source: 'prometheus', settings: { resolution: 15_000 }, query },
    });
    const late = [...times(10, unit(0, 50)), ...seen(unit(25, 50), unit(25, 50))];
    const evidence = (settings: typeof spec) => /evidence (\S+):1/.exec(judge(late, quiet, {}, settings).because)?.[1];
    expect([evidence(spec), evidence(slow)]).toEqual(['6', '14']);
  });

  it('the past of a source becomes baseline units; without one there is none', async () => {
    const totals = [
      reading(start, [series(10)]),
      reading(start + 5000, [series(60)]),
      reading(start + 10_000, [series(110)]),
    ];
    const errors = [reading(start + 10_000, [series(2, '500')])];
    const source = sourceOf([], async () => [totals, errors]);
    const session = await errorRateDelta.open(spec, worldOf({}, source));
    expect(await session.past?.({ from: start, to: start + 10_000 }, 5000)).toEqual([
      { at: start + 5000, ms: 0, phase: 'baseline', seen: { state: 'counted', requests: 50, errors: 0, seconds: 5 } },
      { at: start + 10_000, ms: 0, phase: 'baseline', seen: { state: 'counted', requests: 50, errors: 2, seconds: 5 } },
    ]);
    expect(unitsOf([], [])).toEqual([]);
    expect((await errorRateDelta.open(spec, worldOf({}, sourceOf([])))).past).toBeUndefined();
  });
});

describe('the chart', () => {
  it('shows the rate over time', () => {
    const history = historyOf(samples(seen(unit(1, 100), unit(0, 0))), quiet);
    expect(errorRateDelta.charts?.(history, spec)).toMatchObject([
      {
        title: 'error rate',
        unit: 'share',
        baseline: 2 / 1800,
        series: [
          {
            points: [
              { at: start, value: 2 / 1800 },
              { at: start, value: 0.01 },
            ],
          },
        ],
      },
    ]);
  });

  it('gives every reason a sentence', () => {
    expect(Object.keys(errorRateDelta.reasons).sort()).toEqual(
      [
        'above_ceiling',
        'insufficient_traffic',
        'no_baseline',
        'no_data',
        'no_samples',
        'no_sign_of_harm',
        'no_traffic',
        'proven',
        'traffic_vanished',
        'unproven_harm',
        'worse_than_before',
      ].sort(),
    );
  });
});
