// What a judge of another package may say, and what is told when it says something else.
import { describe, expect, it } from 'vitest';
import { checkedVerdict } from '../../src/run/checked-verdict.ts';

const good = { outcome: 'pass', settled: true, reason: 'ok', because: 'it answered' };

describe('a verdict that is well formed', () => {
  it.each([
    ['the least', {}],
    ['with numbers', { value: 3, limit: 10, unit: 'ms', needs: { requests: 40 } }],
    ['with parts', { parts: [{ name: 'login', outcome: 'skipped', because: '' }] }],
    ['with fields left undefined', { next: undefined, asks: undefined, parts: undefined }],
  ])('%s is handed on as it is', (_, more) => {
    const verdict = { ...good, ...more };
    expect(checkedVerdict('x', verdict)).toBe(verdict);
  });
});

describe('a verdict that is not', () => {
  it.each<[string, unknown]>([
    ['it is no object', null],
    ['outcome must be one of pass, fail, inconclusive, error', { ...good, outcome: 'fine' }],
    ['settled must be true or false', { ...good, settled: 'yes' }],
    ['asks must be one of block, warn', { ...good, asks: 'rollback' }],
    ['because must be a text that is not empty', { ...good, because: '' }],
    ['value must be a finite number', { ...good, value: Number.NaN }],
    ['limit must be a finite number', { ...good, limit: '10' }],
    ['needs must be a map of requests, seconds', { ...good, needs: { seconds: 3 } }],
    ['parts must be a list, each item a map of name, outcome, because, evidence, ms', { ...good, parts: [{}] }],
  ])('is an error: %s', (wrong, said) => {
    expect(checkedVerdict('x', said)).toEqual({
      outcome: 'error',
      settled: true,
      reason: 'bad_verdict',
      because: `kind x gave a verdict that cannot be used: ${wrong}`,
    });
  });
});
