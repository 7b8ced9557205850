// The parts of the page: escaping, few points without losing extremes, scales, stages, samples in words.
import { describe, expect, it } from 'vitest';
import type { Chart, RecordedSample } from '../../src/kit/index.ts';
import { html, when } from '../../src/report/html/markup.ts';
import { seenLines, seenText, shownSamples } from '../../src/report/html/samples.ts';
import { rangeOf } from '../../src/report/html/plot.ts';
import { extent, timeScale, valueScale } from '../../src/report/html/scale.ts';
import { drawn, sound } from '../../src/report/html/series.ts';
import { eventsOf, stagesOf } from '../../src/report/html/stages.ts';
import { ends, thin } from '../../src/report/html/thin.ts';
import { axisText, moment, roomFor, sentence, valueText } from '../../src/report/html/words.ts';
import { checkOf, incidentRecord, recordOf, rollbackOf } from '../helpers/records.ts';

const start = Date.UTC(2026, 10, 22, 2, 47, 0);
const iso = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

describe('a template', () => {
  it('escapes everything that is not HTML of its own', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`<p title="${`"'&<>`}">${inner}${[1, 'x&y', undefined]}</p>`.markup).toBe(
      '<p title="&quot;&#39;&amp;&lt;&gt;"><b>&lt;i&gt;</b>1x&amp;y</p>',
    );
  });

  it.each([
    ['half a pair', 'a\ud83db', 'a\ufffdb'],
    ['a whole pair', 'a😀b', 'a😀b'],
    ['controls', 'a\u0000\u001b\u0085b', 'a\ufffd\ufffd\ufffdb'],
  ])('keeps no character that parsers disagree on: %s', (_, text, written) => {
    expect(html`${text}`.markup).toBe(written);
  });

  it('leaves out what does not hold', () => {
    expect(html`${when(0, () => 'never')}${when('x', () => 'here')}`.markup).toBe('here');
  });
});

describe('thinning', () => {
  it('keeps all of few', () => {
    expect(thin([3, 1, 2], 3)).toEqual([0, 1, 2]);
    expect(thin([], 10)).toEqual([]);
  });

  it('keeps ends and extremes of many, in order', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => Math.sin(index));
    values[4321] = 99;
    values[8765] = -99;
    const kept = thin(values, 100);
    expect(kept.length).toBeLessThanOrEqual(100);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
    for (const place of [0, 4321, 8765, 9999]) expect(kept).toContain(place);
  });

  it('of rows keeps the first third and the last two, and tells how many are left out', () => {
    expect(ends([1, 2, 3], 3)).toEqual({ first: [1, 2, 3], last: [], left: 0 });
    expect(ends([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 6)).toEqual({ first: [1, 2], last: [7, 8, 9, 10], left: 4 });
  });
});

describe('the scale of time', () => {
  it('spans the run, with round times in UTC', () => {
    const scale = timeScale(start, start + 60_000, []);
    expect([scale.x(start), scale.x(start + 15_000), scale.x(start + 60_000), scale.x(start - 1)]).toEqual([
      0,
      25,
      100,
      undefined,
    ]);
    expect(scale.ticks).toEqual([
      { x: 0, text: '02:47:00' },
      { x: 25, text: '02:47:15' },
      { x: 50, text: '02:47:30' },
      { x: 75, text: '02:47:45' },
      { x: 100, text: '02:48:00' },
    ]);
  });

  it('gives what was long before a stretch of its own', () => {
    const scale = timeScale(start, start + 10_000, [start - 3_600_000, start - 1_800_000]);
    expect([start - 3_600_000, start - 2_700_000, start - 1_800_000, start - 60_000, start].map(scale.x)).toEqual([
      0,
      9,
      18,
      undefined,
      21,
    ]);
    expect(scale.ticks[0]).toEqual({ x: 0, text: '01:47' });
    expect(timeScale(start, start + 10_000, [start - 86_400_000]).ticks[0]).toEqual({ x: 0, text: '11-21' });
    expect(timeScale(start, start + 10_000, [start - 5]).x(start - 5)).toBe(9);
  });

  it.each([
    [0, ['02:47:00']],
    [3, ['02:47:00', '02:47:01', '02:47:02', '02:47:03']],
    [4 * 3600, ['03:00', '04:00', '05:00', '06:00']],
    [20 * 86_400, ['00:00', '00:00', '00:00', '00:00']],
  ])('of %i s has at most five ticks', (seconds, texts) => {
    const ticks = timeScale(start, start + seconds * 1000, []).ticks.map(({ text }) => text);
    expect(ticks.slice(0, texts.length)).toEqual(texts);
    expect(ticks.length).toBeLessThanOrEqual(5);
  });
});

describe('the scale of numbers', () => {
  it.each([
    [
      [37, 35],
      [0, 20, 40],
    ],
    [
      [0.0023, 0.05],
      [0, 0.02, 0.04],
    ],
    [[398], [0, 200, 400]],
    [[0], [0, 1]],
    [[], [0, 1]],
    [
      [-3, 5],
      [0, 5],
    ],
  ])('over %j has the ticks %j', (values, ticks) => {
    const scale = valueScale(values);
    expect(scale.ticks).toEqual(ticks);
    expect(scale.top).toBeGreaterThan(Math.max(0, ...values));
  });

  it('spans a hundred thousand numbers', () => {
    expect(extent(Array.from({ length: 200_000 }, (_, index) => index))).toEqual({ low: 0, high: 199_999 });
  });
});

describe('the series', () => {
  const chart = (series: Chart['series'], stacked?: true): Chart => ({
    title: 't',
    unit: 'ms',
    series,
    ...(stacked ? { stacked } : {}),
  });

  it('of a stack stand on top of each other at every moment', () => {
    const series = [
      {
        name: 'a',
        points: [
          { at: 2, value: 4 },
          { at: 1, value: 3 },
        ],
      },
      { name: 'b', points: [{ at: 2, value: 1, bad: true as const }] },
    ];
    expect(drawn(sound({ ...chart(series, true), unit: 'connections' })).series).toEqual([
      {
        name: 'a',
        points: [
          { at: 1, base: 0, value: 3 },
          { at: 2, base: 0, value: 4, bad: true },
        ],
      },
      {
        name: 'b',
        points: [
          { at: 1, base: 3, value: 0 },
          { at: 2, base: 4, value: 1, bad: true },
        ],
      },
    ]);
  });

  it('of a stack of times have none where nothing was measured: a step that was not reached took no time', () => {
    const series = [
      {
        name: 'a',
        points: [
          { at: 1, value: 3 },
          { at: 2, value: 4 },
        ],
      },
      { name: 'b', points: [{ at: 1, value: 7 }] },
    ];
    const b = drawn(sound(chart(series, true))).series[1]?.points ?? [];
    expect(b).toEqual([
      { at: 1, base: 3, value: 7 },
      { at: 2, base: 4, value: 0, absent: true },
    ]);
    expect(rangeOf(b)).toEqual({ low: 7, high: 7, last: undefined });
  });

  it('are those that reach highest where there are too many; numbers that are none are left out', () => {
    const many = Array.from({ length: 10 }, (_, index) => ({
      name: `s${index}`,
      points: [{ at: 1, value: 10 - index }],
    }));
    const { series, left } = drawn(sound(chart([...many, { name: 'none', points: [{ at: 1, value: Number.NaN }] }])));
    expect([series.length, left]).toEqual([8, ['s8', 's9']]);
  });

  it('have at most 360 points', () => {
    const points = Array.from({ length: 5000 }, (_, at) => ({ at, value: at % 7 }));
    expect(drawn(chart([{ name: 'a', points }])).series[0]?.points.length).toBeLessThanOrEqual(360);
    expect(drawn(chart([{ name: 'a', points }], true)).series[0]?.points.length).toBeLessThanOrEqual(360);
  });
});

describe('the stages', () => {
  const marks = [
    ['baseline', 8],
    ['deploy-started', 8],
    ['deploy-finished', 10],
    ['rollout-finished', 12],
    ['hold-started', 14],
    ['login-burst', 15],
    ['decision', 25],
    ['rollback-finished', 40],
    ['process', 40],
  ].map(([name, at]) => ({ name: String(name), at: iso(Number(at)) }));
  const sample = (at: number, phase: string): RecordedSample => ({ at: iso(at), ms: 1, phase, seen: 1 });
  const checks = [
    checkOf({
      id: 'a',
      samples: [sample(13, 'warmup'), sample(24, 'last'), sample(30, 'warmup'), sample(32, 'verify')],
    }),
  ];
  const spans = (stages: ReturnType<typeof stagesOf>) =>
    stages.map(({ name, from, to }) => [name, (from - start) / 1000, (to - start) / 1000]);

  it('of a run that was rolled back', () => {
    const record = incidentRecord({ startedAt: iso(0), finishedAt: iso(41), marks, checks });
    expect(spans(stagesOf(record))).toEqual([
      ['baseline', 0, 8],
      ['deploy', 8, 10],
      ['roll-out', 10, 12],
      ['warm-up', 12, 14],
      ['hold', 14, 24],
      ['last look', 24, 25],
      ['rollback', 25, 30],
      ['verification', 30, 40],
    ]);
    expect(eventsOf({ ...record, marks: [...marks, { at: iso(3), name: 'burst', data: 'logins 40' }] })).toEqual([
      { at: start + 15_000, name: 'login-burst', about: '' },
      { at: start + 25_000, name: 'decision', about: 'rollback' },
      { at: start + 3000, name: 'burst', about: 'logins 40' },
    ]);
  });

  it('of a check by hand are the hold alone', () => {
    const only = [
      { name: 'hold-started', at: iso(1) },
      { name: 'decision', at: iso(9) },
    ];
    expect(spans(stagesOf(recordOf({ verb: 'check', startedAt: iso(0), finishedAt: iso(10), marks: only })))).toEqual([
      ['hold', 1, 9],
    ]);
  });

  it('of a rollback that was withheld end with the decision', () => {
    const rollback = rollbackOf({ state: 'WITHHELD' });
    const record = incidentRecord({
      startedAt: iso(0),
      finishedAt: iso(41),
      marks: marks.slice(0, 7),
      checks,
      rollback,
    });
    expect(spans(stagesOf(record)).at(-1)).toEqual(['last look', 24, 25]);
  });

  it('of a run that was interrupted in the deploy end there', () => {
    const record = recordOf({ startedAt: iso(0), finishedAt: iso(9), marks: marks.slice(0, 2), checks: [] });
    expect(spans(stagesOf(record))).toEqual([
      ['baseline', 0, 8],
      ['deploy', 8, 9],
    ]);
    expect(stagesOf(recordOf({ marks: [], checks: [] }))).toEqual([]);
  });
});

describe('samples', () => {
  const same = (text: string): string => text;

  it('are redacted before they are cut', () => {
    const seen = `${'x'.repeat(2395)}hunter2-swordfish`;
    const record = recordOf({ checks: [checkOf({ id: 'a', samples: [{ at: iso(0), ms: 1, phase: 'hold', seen }] })] });
    const [shown] = shownSamples(record, (text) => text.replace('hunter2-swordfish', '[P]'));
    expect(shown?.first[0]?.text).toBe(`${'x'.repeat(2395)}[P]`);
  });

  it.each([
    [{ used: 36, ok: true, name: '', rate: 0.123456789 }, 'used 36, ok true, rate 0.123457'],
    [
      {
        holders: [
          { role: 'a', connections: 6 },
          { role: 'b', connections: 1 },
        ],
      },
      'holders (role a, connections 6), (role b, connections 1)',
    ],
    [{ attempt: { refused: { code: '53300' } }, none: null }, 'attempt (refused (code 53300)), none null'],
    [[1, [2, 3]], '1, (2, 3)'],
    ['text', 'text'],
  ])('of %j in words', (seen, text) => {
    expect(seenText(seen)).toBe(text);
  });

  it('give each thing of a list a line of its own', () => {
    const steps = [
      { name: 'open', ms: 4, hops: [{ ask: 'GET /', status: 200 }] },
      { name: 'sign in', ms: 9, note: '', hops: [] },
    ];
    expect(seenLines({ steps, total: 13, codes: [200, 302] })).toEqual([
      'total 13, codes 200, 302',
      'steps: name open, ms 4, hops (ask GET /, status 200)',
      'steps: name sign in, ms 9',
    ]);
    expect([seenLines('text'), seenLines({ steps: [{ ms: 1 }] }), seenLines([])]).toEqual([
      ['text'],
      ['steps: ms 1'],
      [''],
    ]);
  });

  it('are bounded by rows and by characters', () => {
    const many = Array.from(
      { length: 1000 },
      (_, at): RecordedSample => ({ at: iso(at), ms: 1, phase: 'hold', seen: 'x'.repeat(3000) }),
    );
    const missed = { at: iso(2000), ms: 1, phase: 'hold', missed: { by: 'target', reason: 'r', because: 'b' } };
    const one = recordOf({ checks: [checkOf({ id: 'a', samples: [...many, missed] })] });
    const [shown] = shownSamples(one, same);
    expect([shown?.first.length, shown?.last.length, shown?.left, shown?.looked, shown?.missed]).toEqual([
      100,
      200,
      701,
      1001,
      [start + 2_000_000],
    ]);
    expect(shown?.first[0]?.text.length).toBe(2402);
    const checks = Array.from({ length: 100 }, (_, index) => checkOf({ id: `c${index}`, samples: many }));
    expect(shownSamples(recordOf({ checks }), same).map(({ first, last }) => first.length + last.length)).toEqual(
      checks.map(() => 40),
    );
    expect(shownSamples(recordOf({ checks }), same)[0]?.first[0]?.text.length).toBe(402);
  });
});

describe('words', () => {
  it.each([
    ['all of 8.24 % and 1,200 ms', 'all of <span class="whole">8.24 %</span> and <span class="whole">1,200 ms</span>'],
    ['again with `holdpoint check`', 'again with <code>holdpoint check</code>'],
    ['v1.5 service, 3 hours, 5 h', 'v1.5 service, 3 hours, <span class="whole">5 h</span>'],
    ['<b> `', '&lt;b&gt; `'],
    [`${'1'.repeat(99)} % --${'x'.repeat(99)} y`, `${'1'.repeat(99)} % --${'x'.repeat(99)} y`],
    ['curl -X POST a-b --json x', 'curl <span class="whole">-X</span> POST a-b <span class="whole">--json</span> x'],
  ])('%s', (text, markup) => {
    expect(html`${sentence(text)}`.markup).toBe(markup);
  });

  it.each([
    [0.0541, 'ms', '0.054 ms', '0.054 ms'],
    [0, 'ms', '0 ms', '0 ms'],
    [1250, 'ms', '1.3 s', '1.3 s'],
    [0.05, 'share', '5 %', '5 %'],
    [37, 'connections', '37', '37'],
    [3, 'callers', '3 callers', '3'],
  ])('%f %s', (value, unit, text, axis) => {
    expect([valueText(value, unit), axisText(value, unit)]).toEqual([text, axis]);
  });

  it('tell the day where it is another one', () => {
    expect(moment('2026-11-22T02:47:00.123Z', iso(0))).toBe('02:47:00.123');
    expect(moment('2026-11-21T02:47:00.123Z', iso(0))).toBe('2026-11-21 02:47:00.123');
  });

  it('stand where there is room for them', () => {
    expect([roomFor('hold', 20), roomFor('hold', 5), roomFor('hold', 1)]).toEqual(['always', 'wide', 'never']);
  });
});
