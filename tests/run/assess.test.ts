// Missed looks become outcomes in one place; a kind that misbehaves is an error, never a pass.
import { describe, expect, it } from 'vitest';
import type { History, Json, Missed, Phase, Sample, Verdict } from '../../src/kit/index.ts';
import { assess } from '../../src/run/assess.ts';
import { scriptedKind } from '../helpers/fake-kind.ts';

type Entry = number | Missed['by'];

/** One sample a second; a number is seen, a word is who missed it. */
const history = (entries: Entry[], over: { now?: number; phase?: Phase; groups?: string[] } = {}): History<Json> => {
  const samples = entries.map((entry, index): Sample<Json> => {
    const group = over.groups?.[index];
    const stamp = { at: index * 1000, ms: 1, phase: over.phase ?? 'hold', ...(group ? { group } : {}) };
    if (typeof entry === 'number') return { ...stamp, seen: { value: entry } };
    return { ...stamp, missed: { by: entry, reason: `${entry}_reason`, because: `missed by ${entry}` } };
  });
  const plan = { alpha: 0.01, beta: 0.05, units: 10, failAfter: 3, every: 1000, errorGrace: 3000, absolute: false };
  return {
    baseline: { from: 'none', samples: [] },
    samples,
    control: [],
    marks: [],
    plan,
    now: over.now ?? Math.max(0, entries.length - 1) * 1000,
    ended: false,
  };
};

const judge = (entries: Entry[], over: Parameters<typeof history>[1] = {}): Verdict =>
  assess(
    scriptedKind(() => 0),
    {},
    history(entries, over),
  );

const brief = ({ outcome, settled, reason }: Verdict): string => `${outcome} ${settled ? 'settled' : 'open'} ${reason}`;

describe('missed looks', () => {
  it.each([
    ['of the same failure', { outcome: 'fail', settled: true, reason: 'target_reason', next: 'its log' }, 'its log'],
    ['of another failure', { outcome: 'fail', settled: true, reason: 'slow', next: 'its size' }, undefined],
    ['of no failure', { outcome: 'pass', settled: true, reason: 'target_reason', next: 'nothing' }, undefined],
  ] as const)('take from the kind where to look first: what it says %s', (_, says, next) => {
    const kind = { ...scriptedKind(() => 0), judge: (): Verdict => ({ because: 'it says so', ...says }) };
    const verdict = assess(kind, {}, history(['target', 'target', 'target']));
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'target_reason', because: 'missed by target' });
    expect(verdict.next).toBe(next);
  });

  it.each<[string, Entry[], string]>([
    ['nothing yet', [], 'inconclusive open no_samples'],
    ['good', [1, 1, 1], 'pass settled ok'],
    ['few good ones', [1, 1], 'pass open ok'],
    ['one bad', [1, 1, 1, 200], 'pass open wobble'],
    ['bad, then two good', [1, 1, 200, 1, 1], 'pass open wobble'],
    ['bad, then three good', [1, 200, 1, 1, 1], 'pass settled ok'],
    ['three bad in a row', [1, 200, 200, 200], 'fail settled too_high'],
    ['four of the last twenty', [200, 1, 1, 1, 200, 1, 1, 1, 200, 1, 1, 1, 200], 'fail settled too_high'],
    ['three of the last twenty', [200, 1, 1, 1, 200, 1, 1, 1, 200, 1, 1, 1], 'pass settled ok'],
    ['bad and refused mix', [200, 'target', 200], 'fail settled too_high'],
    ['the target refuses twice', ['target', 'target'], 'pass open wobble'],
    ['the target refuses three times', ['target', 'target', 'target'], 'fail settled target_reason'],
    ['the instrument fails for 2 s', [1, 1, 1, 'instrument', 'instrument', 'instrument'], 'pass open ok'],
    [
      'the instrument fails for 3 s',
      [1, 1, 1, 'instrument', 'instrument', 'instrument', 'instrument'],
      'error settled instrument_reason',
    ],
    ['the instrument comes back', [1, 1, 'instrument', 'instrument', 'instrument', 'instrument', 1], 'pass settled ok'],
    ['the instrument never hides a failure for good', ['instrument', 200, 200, 200], 'fail settled too_high'],
    ['we are throttled', [1, 1, 1, 'throttle'], 'inconclusive settled throttle_reason'],
    ['our own fault', [1, 1, 1, 'ours'], 'error settled ours_reason'],
    ['our own fault is over', [1, 1, 'ours', 1], 'pass settled ok'],
  ])('%s', (_, entries, expected) => {
    expect(brief(judge(entries))).toBe(expected);
  });

  it('counts time, not only samples, for the instrument', () => {
    expect(brief(judge(['instrument'], { now: 2999 }))).toBe('inconclusive open no_samples');
    expect(brief(judge(['instrument'], { now: 3000 }))).toBe('error settled instrument_reason');
  });

  it('judges nothing in the warm-up', () => {
    expect(brief(judge([200, 200, 200], { phase: 'warmup' }))).toBe('inconclusive open no_samples');
    expect(brief(judge(['target', 'target', 'target'], { phase: 'rollout' }))).toBe('inconclusive open no_samples');
  });

  it('names the bad one of several groups', () => {
    const groups = ['a', 'b', 'a', 'b', 'a', 'b'];
    expect(judge([1, 200, 1, 200, 1, 200], { groups }).because).toBe('b: 200 is above 100');
    expect(judge([1, 'target', 1, 'target', 1, 'target'], { groups }).because).toBe('b: missed by target');
  });
});

describe('looks at several groups that were missed as a whole, or at groups that are gone', () => {
  /** Looks one second apart: what each group gave, or who missed all of them. */
  const grouped = (looks: (Record<string, Entry> | Missed['by'])[]): History<Json> => {
    const samples = looks.flatMap((one, index): Sample<Json>[] => {
      const entries: [string, Entry][] = typeof one === 'string' ? [['', one]] : Object.entries(one);
      return entries.flatMap(([group, entry]) =>
        history([entry], { groups: [group] }).samples.map((sample) => ({ ...sample, at: index * 1000 })),
      );
    });
    return { ...history([]), samples, now: Math.max(0, looks.length - 1) * 1000 };
  };
  const both = { a: 1, b: 1 };
  const all = 'instrument';

  it.each<[string, Parameters<typeof grouped>[0], string]>([
    ['our own fault is over with the next look', [both, both, 'ours', both, both, both], 'pass settled ok'],
    ['it is not over before', [both, both, both, 'ours'], 'error settled ours_reason'],
    ['a short failure of the instrument is over', [both, all, both, both, both], 'pass settled ok'],
    ['while it lasts the pass is open', [both, both, both, all], 'pass open ok'],
    ['a long one is an error', [both, both, both, all, all, all, all], 'error settled instrument_reason'],
    ['a throttle is over', [both, both, 'throttle', both, both, both], 'pass settled ok'],
    ['a group that is gone is over', [{ a: 'ours', b: 1 }, { b: 1 }, { b: 1 }, { b: 1 }], 'pass settled ok'],
    ['one that is there is not', [{ b: 1 }, { b: 1 }, { a: 'ours', b: 1 }], 'error settled ours_reason'],
    [
      'the one of two that refuses',
      ['target', 'target', 'target'].map((by) => ({ a: by as Entry, b: 1 })),
      'fail settled target_reason',
    ],
  ])('%s', (_, looks, expected) => {
    const kind = scriptedKind(() => 0);
    expect(brief(assess(kind, {}, grouped(looks)))).toBe(expected);
  });
});

describe('a kind that misbehaves', () => {
  it.each<[string, () => Verdict, string]>([
    [
      'throws',
      () => {
        throw new Error('oops');
      },
      'the judge of kind scripted failed: oops',
    ],
    ['says nothing', () => undefined as unknown as Verdict, 'kind scripted gave a verdict that cannot be used:'],
    [
      'says NaN',
      () => ({ outcome: 'pass', settled: true, reason: 'ok', because: 'ok', value: Number.NaN }),
      'kind scripted gave a verdict that cannot be used:',
    ],
    [
      'invents an outcome',
      () => ({ outcome: 'great' as 'pass', settled: true, reason: 'ok', because: 'ok' }),
      'kind scripted gave a verdict that cannot be used:',
    ],
    [
      'gives no reason',
      () => ({ outcome: 'pass', settled: true, reason: '', because: 'ok' }),
      'kind scripted gave a verdict that cannot be used:',
    ],
  ])('%s', (_, said, because) => {
    const verdict = assess(
      scriptedKind(() => 0, { judge: said }),
      {},
      history([1, 1, 1]),
    );
    expect([verdict.outcome, verdict.settled]).toEqual(['error', true]);
    expect(verdict.because).toContain(because);
  });
});

describe('a kind that is content without a sample', () => {
  const content: Verdict = { outcome: 'pass', settled: true, reason: 'ok', because: 'fine' };
  const kind = scriptedKind(() => 0, { judge: () => content });

  it.each<[string, Entry[], string]>([
    ['nothing was seen', [], 'inconclusive open no_samples'],
    ['every look was missed', ['target', 'target'], 'inconclusive open no_samples'],
    ['one was seen', [1], 'pass settled ok'],
  ])('%s', (_, entries, expected) => expect(brief(assess(kind, {}, history(entries)))).toBe(expected));
});
