// Texts of others on a screen: no secrets, no control codes, no line breaks.
import { expect, it } from 'vitest';
import { clean, cleanAll } from '../../src/report/clean.ts';

const redact = (text: string): string => text.replaceAll('swordfish', '[pw]').replaceAll('two\nlines', '[key]');

it.each([
  ['plain', 'plain'],
  ['a\nb\r\nc\td', 'a b c d'],
  ['\u001b[2J\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]0;a title\u0007text', 'text'],
  ['\u202eright to left\u2069', 'right to left'],
  ['\u009b31mC1', 'C1'],
  ['bell\u0007', 'bell'],
  ['pw is swordfish', 'pw is [pw]'],
  ['pw is sword\u001b[1mfish', 'pw is [pw]'],
  ['key is two\nlines', 'key is [key]'],
  ['x ::set-output name=verdict::passed', 'x : :set-output name=verdict::passed'],
  [`${'a'.repeat(9)}::error::no`, `${'a'.repeat(9)}: :error::no`],
  ['##[set-output name=verdict;]passed', '# #[set-output name=verdict;]passed'],
  ['##vso[task.complete] ##teamcity[a]', '# #vso[task.complete] # #teamcity[a]'],
  ['std::string at ::1:5432, ::ffff:127.0.0.1, ## [2]', 'std::string at ::1:5432, ::ffff:127.0.0.1, ## [2]'],
])('%j becomes %j', (text, expected) => {
  expect(clean(text, redact)).toBe(expected);
});

it('cleans every text inside plain data and leaves the rest', () => {
  expect(cleanAll({ a: ['swordfish', 1, null, { b: 'x\ny' }], c: true }, redact)).toEqual({
    a: ['[pw]', 1, null, { b: 'x y' }],
    c: true,
  });
});
