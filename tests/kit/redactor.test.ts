// The redactor: every encoding of a secret is masked, and nothing else.
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/kit/index.ts';

const secret = 'Pr0be+pa/ss "wörd" <x>&y';

const masker = (...secrets: string[]) => {
  const redactor = createRedactor();
  for (const [index, one] of secrets.entries()) redactor.learn(one, index === 0 ? 'password' : `s${index}`);
  return redactor;
};

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const hexEscapes = (text: string, of: (code: string) => string): string =>
  Array.from({ length: text.length }, (_, place) => of(text.charCodeAt(place).toString(16).padStart(4, '0'))).join('');
const url = encodeURIComponent(secret);

describe('one secret', () => {
  it.each([
    ['raw', secret],
    ['URL-encoded', url],
    ['URL-encoded with small hex digits', url.replaceAll(/%../g, (code) => code.toLowerCase())],
    ['as a form', url.replaceAll('%20', '+')],
    ['URL-encoded in every character', [...Buffer.from(secret)].map((byte) => `%${byte.toString(16)}`).join('')],
    ['URL-encoded twice', encodeURIComponent(url)],
    ['JSON-escaped', JSON.stringify(secret).slice(1, -1)],
    ['JSON-escaped twice', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    ['JSON-escaped as PHP does', JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')],
    ['as \\u escapes', hexEscapes(secret, (code) => `\\u${code}`)],
    ['as capital \\u escapes', hexEscapes(secret, (code) => `\\u${code.toUpperCase()}`)],
    [
      'as HTML entities',
      secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    ],
    ['as rare HTML entities', secret.replaceAll('&', '&amp;').replaceAll('+', '&plus;').replaceAll('/', '&sol;')],
    ['as decimal entities', [...secret].map((one) => `&#${one.codePointAt(0)};`).join('')],
    ['as hex entities', [...secret].map((one) => `&#x${one.codePointAt(0)?.toString(16)};`).join('')],
    ['as JSON in a URL', encodeURIComponent(JSON.stringify(secret).slice(1, -1))],
    ['as a URL in HTML in JSON', JSON.stringify(url.replaceAll('%', '&#37;')).slice(1, -1)],
    ['as hex', Buffer.from(secret).toString('hex')],
    ['as capital hex', Buffer.from(secret).toString('hex').toUpperCase()],
  ])('%s', (_, encoded) => {
    expect(masker(secret).text(`before ${encoded} after`)).toBe('before [password] after');
  });

  it.each([
    ['alone', base64(secret), '[password]=='],
    ['one byte later', base64(`a${secret}b`), 'Y[password]i'],
    ['two bytes later', base64(`ab${secret}`), 'YW[password]'],
    ['in Basic authentication', `Basic ${base64(`bob:${secret}`)}`, 'Basic Ym9iO[password]'],
    ['as base64url', Buffer.from(`xy${secret}?>~`).toString('base64url'), 'eH[password]_Pn4'],
    ['URL-encoded', encodeURIComponent(base64(secret)), '[password]%3D%3D'],
  ])('in base64 %s', (_, encoded, expected) => {
    const shown = masker(secret).text(encoded);
    expect(shown.includes('[password]')).toBe(true);
    expect(shown.length).toBeLessThanOrEqual(expected.length + 1);
  });
});

describe('a secret of several lines', () => {
  const first = 'MIIEvQIBADANBgkq+/hkiG9w0BAQEF';
  const last = 'aa"Zz\\9==';
  const key = `-----BEGIN KEY-----\n  ${first}\n${last}\n`;

  it.each([
    ['a line alone', `key: ${first};`, 'key: [key];'],
    ['indented by somebody else', `    ${first}`, '    [key]'],
    ['with the line ends of Windows', key.trim().replaceAll('\n', '\r\n'), '[key]\r\n  [key]\r\n[key]'],
    ['JSON-escaped as a whole', JSON.stringify(key), '"[key]"'],
    ['a line JSON-escaped', `x ${JSON.stringify(last).slice(1, -1)} y`, 'x [key] y'],
    ['a line URL-encoded', `a=${encodeURIComponent(first)}&b`, 'a=[key]&b'],
    ['URL-encoded as a whole', `a=${encodeURIComponent(key)}&b`, 'a=[key]&b'],
    ['a line in base64', base64(first), '[key]'],
    ['a line in base64, one byte later', base64(`"${first}"`), 'I[key]I='],
    ['a line in hex', Buffer.from(first).toString('hex'), '[key]'],
    ['joined into one line', key.replaceAll('\n', ' '), '[key]   [key] [key] '],
  ])('%s', (_, text, expected) => {
    const redactor = createRedactor();
    redactor.learn(key, 'key');
    expect(redactor.text(text)).toBe(expected);
  });

  it.each([76, 64])('in base64 that is broken after %d characters', (width) => {
    const lines = base64(key.repeat(3)).match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    expect(lines.length).toBeGreaterThan(2);
    expect(masker(key.repeat(3)).text(lines.join('\n'))).toBe(lines.map(() => '[password]').join('\n'));
  });

  it('a line end after a short password is no part of it', () => {
    expect(masker('hunter2\n').text('it is hunter2, really')).toBe('it is [password], really');
  });

  it('short lines of a long one stand for other things, too', () => {
    expect(masker(`{\n"type":\n"${'a'.repeat(60)}"\n}`).text('{ "type": 1 }')).toBe('{ "type": 1 }');
  });
});

describe('masking', () => {
  it('takes the longest secret where several overlap', () => {
    expect(masker('abcd', 'abcdefgh').text('x abcdefgh abcd')).toBe('x [s1] [password]');
  });

  it('covers secrets that overlap in part', () => {
    expect(masker('abcdef', 'efghij').text('-abcdefghij-')).toBe('-[password]-');
    expect(masker('abcdef', 'efghijkl').text('-abcdefghijkl-')).toBe('-[s1]-');
  });

  it('does not show a password that is the name of its field, however often it is passed', () => {
    const redactor = createRedactor();
    redactor.learn('postgres', 'postgres');
    const once = redactor.text('no role postgres at db');
    expect([once, redactor.text(once)]).toEqual(['no role [***] at db', 'no role [***] at db']);
  });

  it('begins with what is learned later', () => {
    const redactor = createRedactor();
    expect(redactor.text('tok-en')).toBe('tok-en');
    redactor.learn('tok-en', 'session');
    expect(redactor.text('tok-en')).toBe('[session]');
  });

  it('keeps the first name of a secret', () => {
    const redactor = masker('abcd');
    redactor.learn('abcd', 'other');
    expect(redactor.text('abcd')).toBe('[password]');
  });

  it('does not learn what is shorter than 4 characters', () => {
    expect(masker('abc', '').text('abc')).toBe('abc');
  });

  it('finds a secret that itself looks escaped', () => {
    expect(masker('a%41"b').text(JSON.stringify('a%41"b'))).toBe('"[password]"');
  });

  it('leaves everything else as it is', () => {
    const text = 'C:\\new %41 &amp; \\u0041 100% "a" &unknown; https://host/a@b?x=1';
    expect(masker(secret).text(text)).toBe(text);
  });

  it.each([
    ['postgres://bob:pw@db/x', 'postgres://[userinfo]@db/x'],
    ['see https://tok@host, mail me@host', 'see https://[userinfo]@host, mail me@host'],
    ['a://b:p@ss@c and d://e:f@g', 'a://[userinfo]@c and d://[userinfo]@g'],
    [encodeURIComponent('redis://bob:pw@db'), 'redis%3A%2F%2F[userinfo]%40db'],
    ['https://host/path@2', 'https://host/path@2'],
  ])('the userinfo of %s, never learned', (text, expected) => {
    expect(createRedactor().text(text)).toBe(expected);
  });

  it('goes through plain data, keys too', () => {
    const data = { 'x abcd': ['abcd', { a: 'xabcdx', n: 1, t: true, z: null }] };
    expect(masker('abcd').json(data)).toEqual({
      'x [password]': ['[password]', { a: 'x[password]x', n: 1, t: true, z: null }],
    });
  });
});

/** A generator with a fixed seed (mulberry32). */
const generator = (seed: number) => (): number => {
  let state = (seed += 0x6d2b79f5);
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
};

const encodings: ((text: string) => string)[] = [
  (text) => text,
  encodeURIComponent,
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => [...text].map((one) => `&#${one.codePointAt(0)};`).join(''),
  (text) => hexEscapes(text, (code) => `\\u${code}`),
  (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
];

it('any secret in any two encodings is masked, and its neighbours stay', () => {
  const random = generator(7);
  const alphabet = [...'abcXYZ019 +/=&%"\\<>\'?#:;@é€😀_-.~'];
  const pick = (): string => alphabet[Math.floor(random() * alphabet.length)] ?? '';
  for (let round = 0; round < 2000; round += 1) {
    const made = Array.from({ length: 4 + Math.floor(random() * 12) }, pick).join('');
    const [inner, outer] = [0, 0].map(() => encodings[Math.floor(random() * encodings.length)] ?? String);
    const encoded = (outer as (text: string) => string)((inner as (text: string) => string)(made));
    const shown = masker(made).text(`left|${encoded}|right`);
    expect([made, shown]).toEqual([made, 'left|[password]|right']);
  }
});

it('any secret at any place of a base64 text is masked', () => {
  const random = generator(11);
  const bytes = (length: number): string =>
    Array.from({ length }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('');
  for (let round = 0; round < 500; round += 1) {
    const made = bytes(4 + Math.floor(random() * 20));
    const left = bytes(Math.floor(random() * 9));
    const shown = masker(made).text(
      Buffer.from(left + made + bytes(6)).toString(round % 2 === 0 ? 'base64' : 'base64url'),
    );
    expect(shown).toContain('[password]');
    const rest = shown
      .split('[password]')
      .map((part) => Buffer.from(part, 'base64').toString('latin1'))
      .join('');
    expect(rest).not.toContain(made);
  }
});
