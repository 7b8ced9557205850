// The page: what stands on it, that nothing of others becomes markup, and that it stays small.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { RecordedCheck, RecordedSample, RunRecord } from '../../src/kit/index.ts';
import { html } from '../../src/report/html/index.ts';
import { checkOf, incidentRecord, recordOf, rollbackOf } from '../helpers/records.ts';
import { fakeClock, fakeOut, secret, textOf } from './fakes.ts';

const fixture = async (): Promise<RunRecord> =>
  JSON.parse(await readFile(new URL('fixtures/incident.json', import.meta.url), 'utf8')) as RunRecord;

/** What a reader of the text would see: without style, script and tags. */
const wordsOf = (page: string): string =>
  page
    .replace(/<(style|script)>[^]*?<\/\1>/g, '')
    .replace(/<span class="whole">(.*?)<\/span>/g, '$1')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

const start = Date.UTC(2026, 10, 22, 2, 47, 0);
const iso = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

const samplesOf = (count: number): RecordedSample[] =>
  Array.from({ length: count }, (_, index) => ({
    at: new Date(start + index * 1000).toISOString(),
    ms: 5,
    phase: 'hold',
    seen: { used: index, holders: [{ role: 'auth_svc', connections: index }] },
  }));

const chartOf = (count: number): RecordedCheck['charts'][number] => ({
  title: 'connections in use',
  unit: 'connections',
  limit: 35,
  baseline: 8,
  stacked: true,
  series: ['a', 'b', 'c'].map((name) => ({
    name,
    points: Array.from({ length: count }, (_, index) => ({ at: start + index * 1000, value: index % 40 })),
  })),
});

describe('a real run that was rolled back', async () => {
  const page = textOf(html, await fixture(), '.holdpoint/runs/x.json');
  const words = wordsOf(page);

  it.each([
    'ROLLED BACK and verified auth/default runs 77ab0c4 again (was 9f2c1e8)',
    'Diagnosis database 37 of 37 usable slots in use',
    'What to do nothing is urgent: 77ab0c4 is live again',
    'exit code 20: rolled back and verified',
    'baseline 8.1 s what was before the deploy',
    'decision : rollback',
    'verification 7.4 s the failed checks are held again',
    'fail database connections now 37 limit 35 before 8',
    'auth@77ab0c4 8 at the end, 0 to 8',
    'auth@9f2c1e8 0 at the end, 0 to 36',
    '3 bad looks',
    'the true rate, as far as it is proven',
    'see /me 113 ms at the end, 87 ms to 163 ms',
    'profile hash',
    'holdpoint 0.1.0',
    'record .holdpoint/runs/x.json',
  ])('says "%s"', (text) => {
    expect(words).toContain(text);
  });

  it('names each picture, and gives its numbers as a table', () => {
    expect(page.match(/<svg class="plot"/g)?.length).toBe(5);
    expect(words).toContain('connections in use From 18:51:44 to 18:52:10 UTC. Stacked.');
    expect(words).toContain('Limit 35. Before 8.');
    expect(words).toContain('Numbers of “connections in use” time, UTC auth@77ab0c4');
    expect(words).toContain('21 samples of “database connections” time, UTC phase took what was seen');
  });

  it('holds the Markdown report for its button', () => {
    expect(page).toContain(
      '<pre id="markdown" tabindex="0">## ROLLED BACK and verified: auth/default runs 77ab0c4 again',
    );
  });

  it('allows its own style and script by their hashes, and nothing else', () => {
    const hash = (name: string): string => {
      const [, text = ''] = new RegExp(`<${name}>([^]*?)</${name}>`).exec(page) ?? [];
      return createHash('sha256').update(text).digest('base64');
    };
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-${hash('style')}'; script-src 'sha256-${hash('script')}'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page.match(/<(?:style|script|link|img|iframe|object|embed|base|form)\b/g)).toEqual(['<style', '<script']);
    expect(page).not.toMatch(/\sstyle=|\son[a-z]+=/);
  });
});

describe('texts of others', () => {
  const hostile = [
    '</script><script>alert(1)</script>',
    '</style><img src=x onerror=alert(1)>',
    ']]><!--',
    '"><svg onload=alert(1)>',
    '\u202egnp.exe\u2066',
    '\u0000\u001b[31m\ud800',
    `password=${secret}`,
  ].join(' ');
  const check = checkOf({
    id: hostile,
    title: hostile,
    because: hostile,
    next: hostile,
    why: hostile,
    outcome: 'fail',
    reason: hostile,
    unit: hostile,
    value: 1,
    limit: 2,
    parts: [{ name: hostile, outcome: 'fail', because: hostile }],
    charts: [
      {
        title: hostile,
        unit: hostile,
        limit: 3,
        baseline: 2,
        band: { name: hostile, points: [{ at: start, low: 1, high: 2 }] },
        series: [{ name: hostile, points: [{ at: start, value: 1 }] }],
      },
    ],
    samples: [
      { at: new Date(start).toISOString(), ms: 1, phase: hostile, group: hostile, seen: { [hostile]: hostile } },
      {
        at: new Date(start).toISOString(),
        ms: 1,
        phase: hostile,
        missed: { by: hostile, reason: hostile, because: hostile },
      },
    ],
  });
  const record = incidentRecord({
    service: hostile,
    profile: hostile,
    checks: [check],
    actor: { kind: 'ci', name: hostile, url: `javascript:${hostile}` },
    diagnosis: { layer: 'database', headline: hostile, next: [hostile, `${hostile}2`] },
    marks: [{ at: new Date(start).toISOString(), name: hostile, data: { [hostile]: hostile } }],
    overrides: [hostile],
    rollback: rollbackOf({
      state: 'FAILED',
      because: hostile,
      manual: hostile,
      guards: [{ name: hostile, ok: false, because: hostile }],
      acts: [{ at: new Date(start).toISOString(), argv: [hostile], ms: 1, outTail: hostile }],
    }),
  });
  const page = textOf(html, record, hostile);

  it('become no markup, turn no writing, and hold no secret', () => {
    const plain = textOf(html, incidentRecord({ checks: [] }));
    const names = (text: string): string[] => [
      ...new Set([...text.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name)),
    ];
    expect(names(page).filter((name) => ['img', 'iframe', 'object', 'embed'].includes(name))).toEqual([]);
    expect(page.match(/<script/g)?.length).toBe(plain.match(/<script/g)?.length);
    expect(page.match(/<\/style>/g)?.length).toBe(1);
    expect(page.includes('<!--')).toBe(false);
    expect(page.search(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\ud800/)).toBe(-1);
    expect(page.search(/swordfish|hunter2/)).toBe(-1);
  });

  it('become no link, unless they lead to a page', () => {
    expect(page).not.toContain('href="javascript');
    const linked = textOf(html, recordOf({ actor: { kind: 'ci', name: 'job', url: 'https://ci/7?a="b' } }));
    expect(linked).toContain('<a href="https://ci/7?a=&quot;b" rel="noreferrer">');
  });

  it('a redactor that knows a word of the style still leaves a style that is allowed', () => {
    const out = { ...fakeOut(), redact: (text: string) => text.replaceAll('none', '[WORD]') };
    const written: string[] = [];
    void html.open({ ...out, write: (text) => void written.push(out.redact(text)) }, fakeClock()).end(recordOf());
    const [, css = ''] = /<style>([^]*?)<\/style>/.exec(written.join('')) ?? [];
    expect(written.join('')).toContain(createHash('sha256').update(css).digest('base64'));
  });
});

describe('the size', () => {
  it('is bounded for many checks with thousands of samples, and what is left out is said', () => {
    const checks = Array.from({ length: 20 }, (_, index) =>
      checkOf({ id: `c${index}`, samples: samplesOf(5000), charts: [chartOf(5000)] }),
    );
    const page = textOf(
      html,
      recordOf({
        startedAt: new Date(start).toISOString(),
        finishedAt: new Date(start + 5_000_000).toISOString(),
        checks,
      }),
    );
    expect(page.length).toBeLessThan(3_000_000);
    expect(page).toContain('4,800 samples are left out here; the record has all of them.');
    expect(page).toContain('rows are left out here; the record has all of them.');
  }, 30_000);

  it('of many charts and lines is bounded, too', () => {
    const series = Array.from({ length: 12 }, (_, index) => ({
      name: `replica-${index}`,
      points: [{ at: start, value: index }],
    }));
    const charts = Array.from({ length: 14 }, () => ({ title: 't', unit: 'ms', series }));
    const page = textOf(html, recordOf({ checks: [checkOf({ id: 'a', charts })] }));
    expect(page.match(/<svg class="plot"/g)?.length).toBe(12);
    expect(page).toContain('2 more charts stand in the record.');
    expect(page).toContain(
      'The 8 highest of 12 lines are drawn; not drawn: replica-0, replica-1, replica-2, replica-3.',
    );
  });
});

describe('the labels of limit and baseline', () => {
  const labels = (limit: number, baseline: number): string[] => {
    const chart = {
      title: 't',
      unit: 'connections',
      limit,
      baseline,
      series: [{ name: 'a', points: [{ at: start, value: 40 }] }],
    };
    const page = textOf(html, recordOf({ checks: [checkOf({ id: 'a', charts: [chart] })] }));
    return [...page.matchAll(/<text class="(?:limit|before)"[^>]*dx="(-?\d+)"[^>]*>([^<]*)/g)].map(
      ([, shift, text]) => `${text} ${shift}`,
    );
  };

  it('stand above their lines, side by side when these are close', () => {
    expect(labels(35, 8)).toEqual(['before 8 0', 'limit 35 0']);
    expect(labels(35, 34)).toEqual(['before 34 -58', 'limit 35 0']);
  });
});

describe('odd records', () => {
  it('numbers that are none and charts without points draw nothing that is broken', () => {
    const charts = [
      { title: 'none', unit: 'ms', series: [] },
      {
        title: 'nan',
        unit: 'ms',
        limit: Number.NaN,
        series: [{ name: 'a', points: [{ at: start, value: Number.NaN }] }],
      },
      { title: 'one', unit: 'ms', series: [{ name: 'a', points: [{ at: start, value: 0 }] }] },
    ];
    const page = textOf(html, recordOf({ checks: [checkOf({ id: 'a', value: Number.NaN, charts })] }));
    expect(page.match(/="[^"]*(?:NaN|Infinity|undefined)[^"]*/)).toBeNull();
  });

  it('a check by hand says whether the service has recovered', () => {
    const words = wordsOf(textOf(html, recordOf({ verb: 'check' })));
    expect(words).toContain('RECOVERED all 4 checks passing (auth/production)');
    expect(words).not.toContain('Rollback');
  });

  it('a check by hand is of what is live, and a run that nobody has named has no name', () => {
    const release = { label: 'unnamed' };
    const check = wordsOf(textOf(html, recordOf({ verb: 'check', release })));
    expect(check).toContain('auth/production · check of what is live now RECOVERED');
    expect(check).toContain('release not named');
    const numbers = checkOf({ id: 'a', value: 12, unit: 'ms', baseline: { from: 'captured', value: 13, samples: [] } });
    expect(wordsOf(textOf(html, recordOf({ verb: 'check', checks: [numbers] })))).toContain(
      'now 12 ms last good run 13 ms',
    );
    const run = wordsOf(textOf(html, recordOf({ release })));
    expect(run).toContain('auth/production · run PASSED auth/production, 4 checks green');
    expect(run).not.toContain('unnamed');
  });

  it('a run in which nothing is wrong needs no diagnosis', () => {
    const diagnosis = { layer: 'none' as const, headline: '4 checks passed; nothing points to a fault.', next: [] };
    expect(wordsOf(textOf(html, recordOf({ diagnosis })))).not.toContain('nothing points to a fault');
  });

  it('a rollback that did not arrive says what else helps, and what was kept before acting', () => {
    const command = { at: iso(1), argv: ['./heap.sh'], exit: 0, ms: 40, outTail: 'heap: 3 GB' };
    const evidence = { at: iso(1), live: 'rs/5c41 is live', checks: {}, commands: [command], missing: ['no threads'] };
    const rollback = rollbackOf({ state: 'FAILED', reason: 'act_failed', mitigations: ['close the door'], evidence });
    const words = wordsOf(textOf(html, incidentRecord({ rollback })));
    expect(words).toContain('instead close the door by hand ln -sfn releases/rs-7d9f current');
    expect(words).toContain('Kept before acting rs/5c41 is live');
    expect(words).toMatch(/\.\/heap\.sh exit code 0 after 40 ms heap: 3 GB no threads/);
  });

  it('a rollback that was withheld says why, and how to go back by hand', () => {
    const decision = { action: 'block' as const, because: [], withheld: 'the control fails, too' };
    const words = wordsOf(
      textOf(
        html,
        incidentRecord({ decision, rollback: rollbackOf({ state: 'WITHHELD', reason: 'rollback_withheld' }) }),
      ),
    );
    expect(words).toContain('A rollback was withheld: the control fails, too');
    expect(words).toContain('by hand ln -sfn releases/rs-7d9f current');
  });
});
