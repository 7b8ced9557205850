// What the kinds draw for reports: the steps of a login, bad looks, moments before the deploy, and what was proven of a rate.
import { describe, expect, it } from 'vitest';
import type { Seen as Unit } from '../../src/kinds/error-rate-delta/count.ts';
import { errorRateDelta } from '../../src/kinds/error-rate-delta/index.ts';
import { spec as rateSchema } from '../../src/kinds/error-rate-delta/spec.ts';
import { http } from '../../src/kinds/http/index.ts';
import type { HttpSeen } from '../../src/kinds/http/seen.ts';
import { httpSpec } from '../../src/kinds/http/spec.ts';
import { charts as loginCharts } from '../../src/kinds/login/charts.ts';
import type { LoginSeen, StepSeen } from '../../src/kinds/login/seen.ts';
import type { LoginSpec } from '../../src/kinds/login/spec.ts';
import { historyOf, samples, seen, start } from '../helpers/kinds.ts';

const at = (step: number): number => start + step * 5000;

describe('a login', () => {
  const spec = { budgets: { login: 400 }, login: { steps: [] } } as unknown as LoginSpec;
  const step = (name: string, ms: number, changes: Partial<StepSeen> = {}): StepSeen => ({
    name,
    role: 'login',
    outcome: 'granted',
    status: 200,
    ms,
    trail: '',
    note: '',
    reason: '',
    ...changes,
  });
  const whole: LoginSeen = {
    steps: [
      step('open', 5),
      step('sign in', 90),
      step('see', 60, { role: 'probe' }),
      step('out', 9, { role: 'logout' }),
    ],
    ms: 155,
  };
  const broken: LoginSeen = {
    steps: [step('open', 6), step('sign in', 30, { outcome: 'broken', status: 500 })],
    ms: 36,
  };

  it('is stacked step by step, without what comes after it or was not reached; an error is bad, however fast it was', () => {
    expect(loginCharts(historyOf(samples(seen(whole, broken)), seen(whole)), spec)).toEqual([
      {
        title: 'time of a login',
        unit: 'ms',
        limit: 400,
        stacked: true,
        series: [
          {
            name: 'open',
            points: [
              { at: at(0), value: 5 },
              { at: at(0), value: 5 },
              { at: at(1), value: 6, bad: true },
            ],
          },
          {
            name: 'sign in',
            points: [
              { at: at(0), value: 90 },
              { at: at(0), value: 90 },
              { at: at(1), value: 30, bad: true },
            ],
          },
          {
            name: 'see',
            points: [
              { at: at(0), value: 60 },
              { at: at(0), value: 60 },
            ],
          },
        ],
      },
    ]);
  });

  it('is one line per instance where there are several', () => {
    const history = historyOf(
      samples([
        { group: 'a', seen: whole },
        { group: 'b', seen: broken },
      ]),
    );
    expect(loginCharts(history, spec)).toEqual([
      {
        title: 'time of a login',
        unit: 'ms',
        limit: 400,
        series: [
          { name: 'a', points: [{ at: at(0), value: 155 }] },
          { name: 'b', points: [{ at: at(1), value: 36, bad: true }] },
        ],
      },
    ]);
  });

  it('is not drawn when none was seen', () => {
    expect(loginCharts(historyOf<LoginSeen>([]), spec)).toEqual([]);
  });
});

it('an answer that is not as expected is bad', async () => {
  const spec = await httpSpec.parseAsync({
    target: 'http://auth',
    request: { get: '/health' },
    expect: { status: 200 },
  });
  const answer = (status: number, fault?: HttpSeen['fault']): HttpSeen =>
    ({ ask: 'GET /health', status, ms: 7, ...(fault ? { fault } : {}) }) as HttpSeen;
  const bad = answer(500, { reason: 'target_5xx', because: 'answered 500' });
  expect(http.charts?.(historyOf(samples(seen(bad)), seen(answer(200))), spec)).toMatchObject([
    {
      series: [
        {
          name: 'answer',
          points: [
            { at: at(0), value: 7 },
            { at: at(0), value: 7, bad: true },
          ],
        },
      ],
    },
  ]);
});

describe('what is proven of an error rate', () => {
  const spec = rateSchema.parse({
    from: {
      source: 'scrape',
      settings: { url: 'http://auth/metrics' },
      query: { total: 'requests_total', errors: 'code=~"5.."' },
    },
  });
  const unit = (errors: number, requests: number): Unit => ({
    state: 'counted',
    requests,
    errors,
    seconds: requests / 20,
  });
  const bandOf = (units: Unit[], before: Unit[] = [unit(2, 1800)]) =>
    errorRateDelta.charts?.(historyOf(samples(seen(...units)), seen(...before)), spec)[0]?.band;

  it('narrows with every unit, and its end is what the verdict says', () => {
    const units = Array.from({ length: 10 }, () => unit(1, 200));
    const band = bandOf(units);
    const highs = band?.points.map(({ high }) => high) ?? [];
    expect(highs.length).toBe(10);
    expect([...highs].sort((a, b) => b - a)).toEqual(highs);
    const verdict = errorRateDelta.judge(historyOf(samples(seen(...units)), seen(unit(2, 1800))), spec);
    expect(verdict.because).toContain(`could not exclude up to ${((highs.at(-1) ?? 0) * 100).toFixed(2)} %`);
  });

  it('is worked out for at most 60 moments, the last among them', () => {
    const band = bandOf(Array.from({ length: 130 }, () => unit(0, 10)));
    expect(band?.points.map(({ at: moment }) => moment).at(-1)).toBe(at(129));
    expect(band?.points.length).toBe(60);
  });

  it('ends with the hold: after a rollback it is another release', () => {
    const after = samples(seen(unit(0, 100)), 'verify').map((sample) => ({ ...sample, at: at(9) }));
    const history = historyOf([...samples(seen(unit(1, 100))), ...after], seen(unit(2, 1800)));
    expect(errorRateDelta.charts?.(history, spec)[0]?.band?.points.map((point) => point.at)).toEqual([at(0)]);
  });

  it('is left out where nobody asked anything', () => {
    expect(bandOf([unit(0, 0)])).toBeUndefined();
  });
});
