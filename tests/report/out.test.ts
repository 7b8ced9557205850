// The output over a stream: width, colour, terminals, readers that go away.
import { describe, expect, it } from 'vitest';
import { createOut, type TextStream } from '../../src/report/index.ts';

const streamOf = (fields: Partial<TextStream> = {}) => {
  const written: string[] = [];
  const listeners: ((error: Error) => void)[] = [];
  const stream: TextStream = {
    write: (text) => written.push(text),
    on: (_, listener) => listeners.push(listener),
    ...fields,
  };
  const fail = (code: string): void => {
    for (const listener of listeners) listener(Object.assign(new Error(code), { code }));
  };
  return { stream, written, fail };
};

const outOf = (stream: TextStream, env: Record<string, string> = {}, onError?: (error: Error) => void) =>
  createOut(stream, {
    redact: (text) => text.replaceAll('swordfish', '[pw]'),
    env: (name) => env[name],
    ...(onError ? { onError } : {}),
  });

it('redacts what is written, and a text that will be cut', () => {
  const { stream, written } = streamOf();
  const out = outOf(stream);
  out.write('a swordfish\n');
  expect(written).toEqual(['a [pw]\n']);
  expect(out.redact('swordfish')).toBe('[pw]');
});

it('asks the stream for its size each time; 0 and undefined are unknown', () => {
  const { stream } = streamOf();
  const out = outOf(stream);
  expect([out.columns(), out.rows()]).toEqual([100, 24]);
  Object.assign(stream, { columns: 200, rows: 50 });
  expect([out.columns(), out.rows()]).toEqual([200, 50]);
  Object.assign(stream, { columns: 0, rows: 0 });
  expect([out.columns(), out.rows()]).toEqual([100, 24]);
});

describe('terminal and colour', () => {
  it.each([
    ['a terminal', true, {}, true, true],
    ['a pipe', false, {}, false, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR on a pipe', false, { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, true, false],
    ['FORCE_COLOR outranks NO_COLOR', false, { FORCE_COLOR: '', NO_COLOR: '1' }, false, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false, false],
    ['a terminal in CI', true, { CI: 'true' }, false, true],
    ['CI=false', true, { CI: 'false' }, true, true],
  ])('%s', (_, isTTY, env, terminal, colour) => {
    const out = outOf(streamOf({ isTTY }).stream, env);
    expect([out.terminal, out.colour]).toEqual([terminal, colour]);
  });
});

describe('a stream that fails', () => {
  it.each(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'])('%s: silent from then on, nobody is told', (code) => {
    const { stream, written, fail } = streamOf();
    const errors: Error[] = [];
    const out = outOf(stream, {}, (error) => errors.push(error));
    out.write('one');
    fail(code);
    fail(code);
    out.write('two');
    expect(written).toEqual(['one']);
    expect(errors).toEqual([]);
  });

  it('a full disk is told once', () => {
    const { stream, fail } = streamOf();
    const errors: string[] = [];
    outOf(stream, {}, (error) => errors.push(error.message));
    fail('ENOSPC');
    fail('ENOSPC');
    expect(errors).toEqual(['ENOSPC']);
  });

  it('a write that throws is the same as one that fails later', () => {
    const write = (): never => {
      throw Object.assign(new Error('gone'), { code: 'EPIPE' });
    };
    const out = outOf(streamOf({ write }).stream);
    expect(() => out.write('one')).not.toThrow();
  });
});
