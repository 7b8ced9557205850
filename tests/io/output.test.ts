// Bounded output: whole characters, the tail only, lines as they come.
import { describe, expect, it } from 'vitest';
import { createOutput } from '../../src/io/output.ts';

const collect = (maxBytes: number, chunks: (string | Buffer)[]) => {
  const lines: string[] = [];
  const output = createOutput(maxBytes, (line) => lines.push(line));
  for (const chunk of chunks) output.push(Buffer.from(chunk));
  output.end();
  return { lines, tail: output.tail() };
};

describe('lines', () => {
  it.each([
    ['across chunks', ['one\ntw', 'o\nthree'], ['one', 'two', 'three']],
    ['with carriage returns', ['one\r\ntwo\r\n'], ['one', 'two']],
    ['empty ones', ['\n\na\n'], ['', '', 'a']],
    ['characters cut in two', [Buffer.from([0xc3]), Buffer.from([0xa4, 0x0a])], ['ä']],
  ])('%s', (_, chunks, expected) => {
    expect(collect(1000, chunks).lines).toEqual(expected);
  });

  it('come in pieces when there is no line break', () => {
    const { lines } = collect(
      10,
      Array.from({ length: 5 }, () => 'x'.repeat(40_000)),
    );
    expect(lines.map((line) => line.length)).toEqual([80_000, 80_000, 40_000]);
  });
});

describe('the tail', () => {
  it.each([
    [4, ['abcdefgh'], 'efgh'],
    [100, ['abc', 'def'], 'abcdef'],
    [0, ['abc'], ''],
    [3, ['xää'], 'ä'],
  ])('of %i bytes', (maxBytes, chunks, expected) => {
    expect(collect(maxBytes, chunks).tail).toBe(expected);
  });

  it('stays right over many chunks', () => {
    const chunks = Array.from({ length: 5000 }, (_, n) => `${n} `.padEnd(100, '.'));
    expect(collect(250, chunks).tail).toBe(chunks.join('').slice(-250));
  });
});
