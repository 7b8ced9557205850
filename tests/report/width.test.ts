// Widths on a terminal: wide and combining characters, cutting, padding, wrapping.
import { describe, expect, it } from 'vitest';
import { cut, displayWidth, pad, wrap } from '../../src/report/width.ts';

it.each([
  ['', 0],
  ['abc', 3],
  ['Zürich', 6],
  ['Zu\u0308rich', 6],
  ['日本語', 6],
  ['한국어', 6],
  ['データを確認、する', 18],
  ['ｶﾀｶﾅ', 4],
  ['𠮷', 2],
  ['صفحة', 4],
  ['ｆｕｌｌ', 8],
  ['🚀', 2],
  ['👩‍👩‍👧', 2],
  ['❤️', 2],
  ['▁▃█ ✓ ✗ › …', 11],
  ['\u001b[31mred\u001b[39m', 3],
])('%j is %i columns wide', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

it.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['abc def', 5, 'abc…'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
])('cuts %j to %i columns: %j', (text, columns, expected) => {
  expect(cut(text, columns)).toBe(expected);
});

it('pads to exactly the width, on either side', () => {
  expect(pad('日本', 6)).toBe('日本  ');
  expect(pad('97', 5, 'left')).toBe('   97');
  expect(pad('日本語', 4)).toBe('日… ');
});

describe('wrapping', () => {
  it('breaks between words and indents the rest', () => {
    expect(wrap('one two three four', 9, 2)).toEqual(['one two', '  three', '  four']);
  });

  it('never breaks between a number and its unit', () => {
    expect(wrap('green again for 30 s and more', 18)).toEqual(['green again for', '30 s and more']);
    expect(wrap('limit 35 solid', 8)).toEqual(['limit 35', 'solid']);
  });

  it('breaks a word that is wider than the line', () => {
    expect(wrap('see https://host/long', 10, 2)).toEqual(['see', '  https://', '  host/lon', '  g']);
  });

  it('keeps to the width whatever the text', () => {
    for (let columns = 3; columns < 60; columns += 1)
      for (const line of wrap('日本語 terminals 👩‍👩‍👧 draw wide_characters_of_all_sorts in 30 ms', columns, 2))
        expect(displayWidth(line), `${columns}: ${line}`).toBeLessThanOrEqual(Math.max(columns, 4));
  });
});
