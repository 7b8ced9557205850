// Holds everything that a run wrote against the secrets of the run, in every encoding; shares no code with the redactor.
import { expect } from 'vitest';

const percent = (text: string, encode: (byte: string) => string): string =>
  [...Buffer.from(text)].map((byte) => encode(byte.toString(16).padStart(2, '0'))).join('');

const isPlain = /[A-Za-z0-9]/;

const each = (text: string, encode: (character: string) => string): string =>
  [...text].map((character) => (isPlain.test(character) ? character : encode(character))).join('');

const code = (character: string): number => character.codePointAt(0) ?? 0;
const hex4 = (character: string): string => code(character).toString(16).padStart(4, '0');

/** base64 of the text when one or two bytes stand before it; the characters that its neighbours change are cut off. */
const base64At = (text: string, before: number): string => {
  const encoded = Buffer.from('x'.repeat(before) + text)
    .toString('base64')
    .replaceAll('=', '');
  return encoded.slice(before === 0 ? 0 : before + 1, -2);
};

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');

/** A secret as it may stand in a text. */
const formsOf = (secret: string): string[] => {
  const url = encodeURIComponent(secret);
  const base64 = [0, 1, 2].map((before) => base64At(secret, before));
  return [
    secret,
    url,
    url.toLowerCase(),
    encodeURIComponent(url),
    new URLSearchParams({ a: secret }).toString().slice(2),
    percent(secret, (byte) => `%${byte}`),
    percent(secret, (byte) => byte),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    secret.replaceAll('/', '\\/'),
    each(secret, (character) => `\\u${hex4(character)}`),
    each(secret, (character) => `\\u${hex4(character).toUpperCase()}`),
    each(secret, (character) => `&#${code(character)};`),
    each(secret, (character) => `&#x${code(character).toString(16)};`),
    secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
    ...base64,
    ...base64.map(urlSafe),
  ].filter(({ length }) => length >= 6);
};

/** What of these secrets stands in a text: the secret and the form that was found. */
export const leaksIn = (text: string, secrets: readonly string[]): string[] =>
  secrets.flatMap((secret) => {
    const found = formsOf(secret).find((form) => text.includes(form));
    return found === undefined ? [] : [`${secret} as ${found}`];
  });

/** Nothing of these secrets stands in any of these texts; there must be secrets to look for. */
export const expectNoSecrets = (texts: Readonly<Record<string, string>>, secrets: readonly string[]): void => {
  expect(secrets.length).toBeGreaterThan(0);
  const leaks = Object.entries(texts).flatMap(([name, text]) =>
    leaksIn(text, secrets).map((leak) => `${name}: ${leak}`),
  );
  expect(leaks).toEqual([]);
};
