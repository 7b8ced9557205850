// What answers and pages mean to a login, as tables: outcomes of the probe and of a password, forms as browsers send them.
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/kinds/http/matcher.ts';
import { readPasswordAnswer, readProbe, type Rules } from '../../src/kinds/login/classify.ts';
import { selfSubmittingForm } from '../../src/kinds/login/flows/self-submitting.ts';
import { asksForPassword, findForm, metaContent } from '../../src/kinds/login/html.ts';
import { openCookies } from '../../src/kinds/login/jar.ts';
import { loginSpec } from '../../src/kinds/login/spec.ts';

const rules = (more: object = {}): Rules => ({
  spec: loginSpec.parse({
    target: 'http://a.test',
    account: { username: 'smoke', password: 'secret' },
    login: { form: { page: '/login' } },
    probe: { get: '/me', granted: { status: 200, contains: 'Hello' } },
    ...more,
  }),
  values: { username: 'smoke' },
  loginPage: '/login',
});

const answer = (status: number, body = '', headers: Record<string, string[]> = {}): Answer => ({
  status,
  body,
  headers,
});

const form = '<form method="post"><input name="u"><input type="password" name="p"></form>';

describe('the probe', () => {
  const byStatus = { probe: { get: '/me', granted: { status: 200 } } };
  const named = { probe: { get: '/me', granted: { contains: 'Hello' }, refused: { status: 400 } } };

  test.each<[string, Answer, object, string | undefined]>([
    ['the page', answer(200, 'Hello smoke'), {}, 'granted'],
    ['the page, with a form to change the password', answer(200, `Hello ${form}`), {}, 'granted'],
    ['another page', answer(200, 'Welcome'), {}, 'broken'],
    ['the login page in place of the page', answer(200, form), {}, 'refused'],
    ['the login page where a status is all that is asked for', answer(200, form), byStatus, 'refused'],
    ['401', answer(401), {}, 'refused'],
    ['403', answer(403), {}, 'refused'],
    ['404', answer(404), {}, 'broken'],
    ['500, also with the login page', answer(500, form), {}, 'broken'],
    ['503 with Retry-After', answer(503, '', { 'retry-after': ['5'] }), {}, 'broken'],
    ['429', answer(429), {}, 'throttled'],
    ['a way to the login page', answer(302, '', { location: ['/login?next=/me'] }), {}, 'refused'],
    ['a way to the login page, whole', answer(303, '', { location: ['http://a.test/login/'] }), {}, 'refused'],
    ['a way elsewhere', answer(302, '', { location: ['/en/me'] }), {}, undefined],
    ['what `refused` names', answer(400), named, 'refused'],
    ['401 where `refused` names something else', answer(401), named, 'broken'],
  ])('reads %s', (_, given, more, outcome) => {
    expect(readProbe(given, 'http://a.test/me', rules(more))?.outcome).toBe(outcome);
  });
});

describe('the answer to a password', () => {
  const redirect = answer(302, '', { location: ['/me'] });

  test.each<[string, Answer, Answer, object, string]>([
    ['a way on', redirect, answer(200, 'Hello'), {}, 'granted'],
    ['a way on to a page that fails', redirect, answer(500), {}, 'broken'],
    ['400', answer(400), answer(400), {}, 'refused'],
    ['422', answer(422), answer(422), {}, 'refused'],
    ['404', answer(404), answer(404), {}, 'broken'],
    ['404 that is the refusal', answer(404), answer(404), { refusedLogin: { status: 404 } }, 'refused'],
    ['the form again', answer(200, form), answer(200, form), {}, 'refused'],
    ['the form again, as an error', answer(500, form), answer(500, form), {}, 'broken'],
    ['the form again, locked', answer(200, form), answer(200, `Your account is locked ${form}`), {}, 'throttled'],
    ['401, locked', answer(401), answer(401, 'Rate limit exceeded'), {}, 'throttled'],
    ['a page that speaks of locks to one who is in', redirect, answer(200, 'account locked? no'), {}, 'granted'],
  ])('reads %s', (_, first, last, more, outcome) => {
    // The same object stands for "no redirect was followed".
    const end = first.status === last.status && first.body === last.body ? first : last;
    const answers = { first, last: end, url: 'http://a.test/me', before: form };
    expect(readPasswordAnswer(answers, rules(more)).outcome).toBe(outcome);
  });

  test('is no lock-out when the page said so before', () => {
    const page = `<p>After five attempts your account is locked.</p>${form}`;
    const same = answer(200, page);
    const answers = { first: same, last: same, url: 'http://a.test/login', before: page };
    expect(readPasswordAnswer(answers, rules())).toEqual({ outcome: 'refused', note: 'the login form came back' });
  });
});

describe('a form', () => {
  const page = (html: string, selector?: string) => findForm(html, 'http://a.test/dir/login?x=1', selector);

  test('is sent as a browser would', async () => {
    const found = await page(`
      <form action="search"><input name="q"></form>
      <form action="/in" method="POST" id="f">
        <input type="hidden" name="csrf" value="a&amp;b"><input type="hidden" value="nameless">
        <input name="tenant" value="main" disabled>
        <input name="mail" type="email"><input type="password" name="pw">
        <input type="checkbox" name="keep" checked><input type="checkbox" name="not">
        <input type="radio" name="r" value="1"><input type="radio" name="r" value="2" checked>
        <select name="lang"><option value="en">E</option><option value="de" selected>D</option></select>
        <textarea name="note">hi</textarea><input type="reset" name="reset"><button name="go" value="now">Go</button>
      </form><input name="far" value="away" form="f"><input name="other" form="g">`);
    expect(found).toEqual({
      action: 'http://a.test/in',
      method: 'POST',
      fields: [
        ['csrf', 'a&b'],
        ['mail', ''],
        ['pw', ''],
        ['keep', 'on'],
        ['r', '2'],
        ['lang', 'de'],
        ['note', 'hi'],
        ['far', 'away'],
        ['go', 'now'],
      ],
      hidden: ['csrf'],
      usernameField: 'mail',
      passwordField: 'pw',
    });
  });

  test('without an action goes to its own page, with a base to there', async () => {
    expect((await page(form))?.action).toBe('http://a.test/dir/login?x=1');
    expect((await page(`<base href="/other/">${form.replace('<form', '<form action="in"')}`))?.action).toBe(
      'http://a.test/other/in',
    );
  });

  test('is found in a table, in noscript and by a selector; its name field by autocomplete', async () => {
    expect((await page(`<table>${form}</table>`))?.passwordField).toBe('p');
    expect((await page(`<noscript>${form}</noscript>`))?.passwordField).toBe('p');
    expect((await page(`${form}<form id="b" action="/b"><input name="c"></form>`, '#b'))?.action).toBe(
      'http://a.test/b',
    );
    const told = form.replace('<input name="u">', '<input name="u" autocomplete="username"><input name="domain">');
    expect((await page(told))?.usernameField).toBe('u');
  });

  test('is not found where there is none', async () => {
    expect(await page('<div id="app"></div><script>"<form>"</script>')).toBeUndefined();
  });
});

describe('a form that sends itself', () => {
  const hidden = '<input type="hidden" name="x" value="1">';
  const formOf = (fields: string): string => `<form method="post" action="/in">${fields}</form>`;
  const script = '<script>document.forms[0].submit()</script>';

  test.each<[string, string, boolean]>([
    ['by its script', `${formOf(hidden)}${script}`, true],
    ['as its page is loaded', `<body onload="document.forms[0].submit()">${formOf(hidden)}</body>`, true],
    [
      'with a button for those without scripts',
      `${formOf(`${hidden}<noscript><button>Go</button></noscript>`)}${script}`,
      true,
    ],
    ['as the answer of a provider', formOf('<input type="hidden" name="SAMLResponse" value="1">'), true],
    ['not with a field to fill in', `${formOf(`${hidden}<input name="q">`)}${script}`, false],
    ['not without a script', formOf(hidden), false],
    [
      'not beside a link, which sends it when it is clicked',
      `<a href="#">Sign out</a>${formOf(hidden)}${script}`,
      false,
    ],
    ['not beside a button', `<button onclick="document.forms[0].submit()">Sign out</button>${formOf(hidden)}`, false],
    ['not beside a button and a script', `<button>Sign out</button>${formOf(hidden)}${script}`, false],
    ['not beside another form', `${formOf(hidden)}${formOf('<input name="q">')}${script}`, false],
  ])('%s', async (_, html, sends) => {
    expect((await selfSubmittingForm(html, 'http://a.test/'))?.action).toBe(sends ? 'http://a.test/in' : undefined);
  });
});

test('a meta element is read by its name', async () => {
  expect(await metaContent('<meta name="csrf-token" content="abc">', 'csrf-token')).toBe('abc');
  expect(await metaContent('<p>', 'csrf-token')).toBeUndefined();
});

test.each([
  ['<input type="password">', true],
  ["<INPUT name=a TYPE = 'password'>", true],
  ['<input type=password>', true],
  ['<input name="password">', false],
  ['type="password"', false],
])('%s asks for a password: %s', (html, asks) => {
  expect(asksForPassword(html)).toBe(asks);
});

test('a cookie that a browser would drop is named with the reason', async () => {
  const cookies = await openCookies();
  const taken = await cookies.take(
    ['sid=12345678; Secure', 'a=1; Domain=other.test', 'b=2; Path=/'],
    'http://auth.internal/login',
  );
  expect(taken.map(({ name, dropped }) => [name, dropped])).toEqual([
    ['sid', 'it is Secure but the target is http://auth.internal'],
    ['a', "Cookie not in this host's domain. Cookie:other.test Request:auth.internal"],
    ['b', undefined],
  ]);
  expect(await cookies.header('http://auth.internal/me')).toBe('b=2');
});
