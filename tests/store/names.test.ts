// Names as file names: reversible, never a path, never hidden, never too long.
import { describe, expect, it } from 'vitest';
import { safeName, scopeName, textOf } from '../../src/store/names.ts';

describe('safeName', () => {
  it.each([
    ['auth', 'auth'],
    ['v1.2.3', 'v1.2.3'],
    ['rb:auth/production:9f3c', 'rb%3Aauth%2Fproduction%3A9f3c'],
    ['..', '%2E.'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
    ['.hidden', '%2Ehidden'],
    ['a_b', 'a%5Fb'],
    ['a*b\nc', 'a%2Ab%0Ac'],
    ['100%', '100%25'],
    ['größe', 'gr%C3%B6%C3%9Fe'],
  ])('%s → %s and back', (text, name) => {
    expect(safeName(text)).toBe(name);
    expect(textOf(name)).toBe(text);
  });

  it('refuses what no file name can hold', () => {
    expect(() => safeName('')).toThrow('a service, environment or release without a name cannot be stored');
    expect(() => safeName('x'.repeat(201))).toThrow(
      `"${'x'.repeat(40)}…" is too long to be stored: 201 characters as a file name, at most 200`,
    );
  });
});

it.each(['%zz', 'a%2fb', 'a b', '.hidden', ''])('textOf(%j) is undefined: it is none of ours', (name) => {
  expect(textOf(name)).toBeUndefined();
});

it('scopes never collide', () => {
  expect(scopeName('auth', 'prod.eu')).toBe('auth.prod.eu');
  expect(scopeName('auth.prod', 'eu')).toBe('auth%2Eprod.eu');
});
