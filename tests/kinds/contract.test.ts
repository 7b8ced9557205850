// Every built-in kind keeps the contract and has a shipped check.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { kinds } from '../../src/kinds/index.ts';
import { sources } from '../../src/sources/index.ts';

const checksFolder = join(import.meta.dirname, '../../checks');

describe.each(Object.entries(kinds).map(([name, make]) => [name, make()] as const))('the kind %s', (name, kind) => {
  test('is listed under its own name', () => {
    expect(kind.name).toBe(name);
  });

  test('is tested against the contract', () => {
    const text = readFileSync(join(import.meta.dirname, `${name}.test.ts`), 'utf8');
    expect(text).toContain('kindContract({');
  });

  test('has a shipped check of its name that says title, why and next', () => {
    const check = parse(readFileSync(join(checksFolder, `${name}.yaml`), 'utf8')) as Record<string, unknown>;
    expect(check).toMatchObject({ kind: name, title: expect.any(String), why: expect.any(String) });
    expect(check['next']).toEqual(expect.any(String));
    expect(kind.layer).not.toBe('');
  });
});

test('every source is listed under its own name', () => {
  expect(Object.values(sources).map((make) => make().name)).toEqual(Object.keys(sources));
});

test('every shipped check is of a built-in kind', () => {
  const names = Object.keys(kinds);
  for (const file of readdirSync(checksFolder)) {
    const check = parse(readFileSync(join(checksFolder, file), 'utf8')) as Record<string, unknown>;
    expect(names).toContain(check['kind']);
  }
});
