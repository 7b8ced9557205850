// Pages that are made to hold their reader up: each is read in a time that grows with its length, which is bounded.
import { describe, expect, test } from 'vitest';
import { evidenceOf } from '../../src/kinds/http/evidence.ts';
import { wordsOf } from '../../src/kinds/http/words.ts';
import { asksForPassword, findForm, plainLoads, selected } from '../../src/kinds/login/html.ts';
import { redirectQuestion } from '../../src/kinds/login/observe/open-redirect.ts';
import { isBeyondMeasure, withoutOpenComment } from '../../src/kinds/login/page-measure.ts';

const megabyte = (part: string): string => part.repeat(Math.ceil(1_000_000 / part.length));

const pages: [string, string][] = [
  ['beginnings of tags', megabyte('<')],
  ['scripts without an end', megabyte('<script ')],
  ['comments without an end', megabyte('<!--')],
  ['inputs without an end', megabyte('<input name ')],
  ['forms in forms', megabyte('<form>')],
  ['forms', megabyte('<form></form>')],
  ['paragraphs', megabyte('<p>')],
  ['elements in elements', megabyte('<div>')],
  ['names of tokens', megabyte('token')],
  ['beginnings of web tokens', megabyte('-eyJ')],
];

// Before, some of these took minutes; the limit of the test is what would tell.
describe('a megabyte of', () => {
  test.each(pages)('%s', { timeout: 60_000 }, async (_, body) => {
    const answer = {
      status: 200,
      headers: {},
      body,
      truncated: false,
      timings: { firstByte: 1, body: 1, total: 2, reused: false },
    };
    const visit = { method: 'GET', url: 'http://a.test/login' };
    const asking = { ...answer, body: `${body}<input type=password>` };
    expect(asksForPassword(body)).toBe(false);
    expect(await plainLoads(body)).toEqual([]);
    expect(await selected(body, 'h1')).toBeUndefined();
    expect(redirectQuestion([{ visit, answer: asking, cookies: [] }])).toBeUndefined();
    expect(evidenceOf(visit, { answer }, new Map([['a-secret', 'password']])).answer).toMatch(/^200, /);
    expect((await findForm(body, visit.url))?.passwordField).toBeUndefined();
  });
});

test('a page of ordinary size is read as ever', async () => {
  const rows = '<table><tr><td><p>a<li>b</table><ul><li>c</ul><!-- a < b -->'.repeat(60);
  const page = `${rows}<form action="/in"><input name="u"><input type="password" name="p"></form>`;
  expect(isBeyondMeasure(page)).toBe(false);
  expect(await findForm(page, 'http://a.test/login')).toMatchObject({ usernameField: 'u', passwordField: 'p' });
});

test.each<[string, string]>([
  ['a <!-- b --> c', 'a <!-- b --> c'],
  ['a <!-- b --> c <!-- d', 'a <!-- b --> c '],
  ['a <!-- b', 'a '],
  ['a', 'a'],
])('%s without a comment that is open', (page, expected) => {
  expect(withoutOpenComment(page)).toBe(expected);
});

test.each<[string, string]>([
  ['<h1>Bad</h1><script>let a = 1 < 2</script> gateway', ' Bad   gateway'],
  ['<STYLE>p{}</STYLE >x<!-- no -->y</script', ' x y</script'],
  ['a<script>b', 'a '],
  ['{"a":1}', '{"a":1}'],
  ['1 < 2', '1 < 2'],
])('the words of %s', (page, expected) => {
  expect(wordsOf(page)).toBe(expected);
});
