// Run-time references: filled in, encoded by the place where they stand.
import { describe, expect, it } from 'vitest';
import { fill, type Place, references } from '../../src/kit/index.ts';

const values = { to: 'r 1&"é', token: '7', 'a.b-c': 'x' };

describe('fill', () => {
  it.each([
    ['text', 'go to {{to}}', 'go to r 1&"é'],
    ['url', '/x?r={{to}}', '/x?r=r%201%26%22%C3%A9'],
    ['form', 'r={{ to }}', 'r=r%201%26%22%C3%A9'],
    ['json', '{"r":"{{to}}"}', '{"r":"r 1&\\"é"}'],
  ] as [Place, string, string][])('in %s', (place, text, expected) => {
    expect(fill(text, values, place)).toBe(expected);
  });

  it('fills names with points and dashes, several times, and nothing else', () => {
    expect(fill('{{a.b-c}}{{token}}{{a.b-c}} {to} {{}} ${x}', values)).toBe('x7x {to} {{}} ${x}');
  });

  it('does not fill what it filled', () => {
    expect(fill('{{a}}', { a: '{{b}}', b: 'no' })).toBe('{{b}}');
  });

  it.each([
    ['{{form}}', values, '{{form}} is not known here; known: a.b-c, to, token'],
    ['{{from}}', {}, '{{from}} is not known here; known: nothing'],
  ])('refuses %s', (text, known, message) => {
    expect(() => fill(text, known)).toThrow(message);
  });

  it.each(['constructor', '__proto__', 'toString'])('does not take {{%s}} from the prototype', (name) => {
    expect(() => fill(`{{${name}}}`, {})).toThrow(`{{${name}}} is not known here; known: nothing`);
  });
});

it('references names all of them in order', () => {
  expect(references('{{ to }} and {{token}}, {{to}}')).toEqual(['to', 'token', 'to']);
});
