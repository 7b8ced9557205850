// Own steps of a login: what they capture, what they expect, and the mailbox that is asked for a code or a link.
import { describe, expect, test } from 'vitest';
import { login } from '../../src/kinds/login/index.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { type App, routes } from '../helpers/flow-apps.ts';
import { type OpenedLogin, openLogin, stepsOf, wordsOf } from '../helpers/login.ts';

const kept = closedAfterEach();

const specOf = (target: string, steps: object[], more: object = {}) => ({
  target,
  account,
  login: { steps },
  session: { header: { authorization: 'Key {{key}}' } },
  probe: { get: '/me', granted: { contains: 'smoke' } },
  ...more,
});

const open = async (target: string, steps: object[], more: object = {}): Promise<OpenedLogin> =>
  kept(await openLogin(specOf(target, steps, more)));

const page = `<html><head><meta name="csrf" content="from-the-meta"></head>
  <form><input name="t" value="from-an-input"></form><a id="go" href="/from-a-link" data-key="from-an-attribute">x</a>
  <p class="code">from-the-text</p> your code is 123456.</html>`;

/** Takes any of the values that the page shows. */
const app = async (): Promise<App> =>
  kept(
    await routes({
      'GET /page': ({ response }) =>
        void response.writeHead(200, { 'x-key': 'from-a-header', 'set-cookie': 'sid=from-a-cookie; Path=/' }).end(page),
      'GET /doc': ({ response }) => void response.end('{"a":{"b":["from-a-path"]},"text":"id=77;"}'),
      'GET /away': ({ response }) => void response.writeHead(302, { location: '/page?ticket=from-the-url' }).end(),
      'GET /me': ({ request, response }) => void response.end(`smoke ${request.headers.authorization}`),
    }),
  );

describe('a capture', () => {
  test.each<[string, string, unknown, string]>([
    ['a path', '/doc', '$.a.b[0]', 'from-a-path'],
    ['a pointer', '/doc', '/a/b/0', 'from-a-path'],
    ['a path and a pattern', '/doc', { json: 'text', regex: 'id=(\\d+)' }, '77'],
    ['a header', '/page', { header: 'X-Key' }, 'from-a-header'],
    ['a cookie', '/page', { cookie: 'sid' }, 'from-a-cookie'],
    ['a meta element', '/page', { meta: 'csrf' }, 'from-the-meta'],
    ['an input by a selector', '/page', { css: 'input[name=t]' }, 'from-an-input'],
    ['a link by a selector', '/page', { css: '#go' }, '/from-a-link'],
    ['an attribute', '/page', { css: '#go', attribute: 'data-key' }, 'from-an-attribute'],
    ['a text', '/page', { css: '.code' }, 'from-the-text'],
    ['a pattern', '/page', { regex: 'code is (\\d{6})' }, '123456'],
    ['a pattern without a group', '/page', { regex: '\\d{6}' }, '123456'],
    ['the final URL', '/away', { url: 'ticket' }, 'from-the-url'],
  ])('by %s', async (_, path, key, value) => {
    const { look, learned } = await open((await app()).url, [{ get: path, capture: { key } }], {
      probe: { get: '/me', granted: { contains: `Key ${value}` } },
    });
    expect(stepsOf(await look('warmup'))).toEqual([`GET ${path}: granted`, 'see /me: granted']);
    expect(learned.filter(([name]) => name === 'key')).toEqual(value.length < 4 ? [] : [['key', value]]);
  });

  test.each<[unknown, string]>([
    ['$.none', '"$.none"'],
    [{ css: 'b' }, '{"css":"b"}'],
    [{ regex: 'nothing' }, '{"regex":"nothing"}'],
  ])('of %j that is not there breaks the step', async (key, place) => {
    const { look, judge } = await open((await app()).url, [{ get: '/page', capture: { key } }]);
    expect(judge(await look('warmup')).because).toBe(
      `login is BROKEN at step 1 of 2 (GET /page → 200): the answer (status 200) has no "key" at ${place}`,
    );
  });

  test('by what is no selector says so', async () => {
    const { look, judge } = await open((await app()).url, [{ get: '/page', capture: { key: { css: '##' } } }]);
    expect(judge(await look('warmup')).because).toBe(
      'login is BROKEN at step 1 of 2 (GET /page → 200): "##" is no CSS selector',
    );
  });

  test('that is optional is left out', async () => {
    const key = { css: 'b', optional: true };
    const { look } = await open((await app()).url, [{ get: '/page', capture: { key } }]);
    expect(stepsOf(await look('warmup'))).toEqual(['GET /page: granted', 'see /me: granted']);
  });
});

test.each([
  ['http://[', 'the form leads to no web address; nothing was sent'],
  ['javascript:void(0)', 'the form leads to no web address; nothing was sent'],
  [
    'http://evil.example.com/',
    'the form is sent to http://evil.example.com, which is not in origins; nothing was sent there',
  ],
])('a form with the action %s is not sent', async (action, because) => {
  const server = kept(
    await routes({
      'GET /page': ({ response }) => void response.end(`<form action="${action}"><input name="a"></form>`),
    }),
  );
  const { look, judge } = await open(server.url, [{ get: '/page' }, { submit: {} }], { session: undefined });
  expect(judge(await look('warmup')).because).toBe(`login is BROKEN at step 2 of 3: ${because}`);
});

test('a page that shows what was captured is refused to all who captured nothing', async () => {
  const sessions = new Set<string>();
  const server = kept(
    await routes({
      'POST /in': ({ response, body }) => {
        if (!body.includes('Pr0be')) return void response.writeHead(401).end('{}');
        sessions.add('a-session');
        return void response.end('{"key":"a-session","id":"user-77"}');
      },
      'GET /me': ({ request, response }) => {
        const known = sessions.has(String(request.headers.authorization).replace('Key ', ''));
        response.writeHead(known ? 200 : 401).end(known ? `user-77 ${String(request.headers['x-id'])}` : '');
      },
      'POST /out': ({ response }) => {
        sessions.clear();
        response.end();
      },
    }),
  );
  const capture = { key: '$.key', id: '$.id', none: { json: '$.none', optional: true } };
  const steps = [{ post: '/in', json: { u: '{{username}}', p: '{{password}}' }, capture }];
  const { look } = await open(server.url, steps, {
    probe: { get: '/me', headers: { 'x-id': '{{id}}{{none}}' }, granted: { contains: '{{id}} {{id}}' } },
    logout: { post: '/out' },
  });
  expect(stepsOf(await look())).toEqual([
    'a stranger: refused',
    'a wrong password: refused',
    'sign in: granted',
    'see /me: granted',
    'sign out: granted',
    'the session after the logout: refused',
  ]);
});

test('a step that is not as expected says how', async () => {
  const steps = [{ get: '/page', expect: { contains: 'Welcome' }, capture: { key: { meta: 'csrf' } } }];
  const { look, judge } = await open((await app()).url, steps);
  expect(judge(await look('warmup')).because).toMatch(
    /^login is BROKEN at step 1 of 2 \(GET \/page → 200\): the answer \(status 200, \d+ characters\) does not contain "Welcome"$/,
  );
});

describe('a mailbox', () => {
  interface Mail {
    server: App;
    mailbox: App;
  }
  /** The mail comes with the third look into the mailbox. */
  const mail = async (text: (server: string) => string): Promise<Mail> => {
    let looks = 0;
    const server = kept(
      await routes({
        'POST /code': ({ response }) => void response.end('{}'),
        'POST /in': ({ response, body }) => void response.end(body.includes('424242') ? '{"key":"0123456789"}' : '{}'),
        'GET /magic': ({ response }) => void response.end('{"key":"0123456789"}'),
        'GET /me': ({ response }) => void response.end('smoke'),
      }),
    );
    const mailbox = kept(
      await routes({
        'GET /mails': ({ response }) => {
          looks += 1;
          response.end(looks < 3 ? '[]' : JSON.stringify([{ text: text(server.url) }]));
        },
      }),
    );
    return { server, mailbox: { ...mailbox, url: mailbox.url.replace('127.0.0.1', 'localhost') } };
  };
  const poll = (url: string, within = '5s'): object => ({
    get: `${url}/mails`,
    until: { contains: 'text' },
    every: '10ms',
    within,
  });

  test('is asked until the code comes', async () => {
    const { server, mailbox } = await mail(() => 'your code: 424242');
    const { look } = await open(server.url, [
      { post: '/code', json: { user: '{{username}}' } },
      { poll: poll(mailbox.url), capture: { code: { regex: 'code: (\\d+)' } } },
      { post: '/in', json: { code: '{{code}}' }, capture: { key: '$.key' } },
    ]);
    const looks = await look('warmup');
    expect(stepsOf(looks)).toEqual([
      'POST /code: granted',
      `wait for ${mailbox.url}/mails: granted`,
      'POST /in: granted',
      'see /me: granted',
    ]);
    expect(mailbox.asked).toHaveLength(3);
    expect(JSON.stringify(looks)).toContain(`"GET ${mailbox.url}/mails → 200"`);
  });

  test('with a link leads on, where the link leads to a named origin', async () => {
    const { server, mailbox } = await mail((url) => `${url}/magic?token=0123456789`);
    const steps = [
      { poll: poll(mailbox.url), capture: { link: '[0].text' } },
      { get: '{{link}}', capture: { key: '$.key' } },
    ];
    const { look } = await open(server.url, steps);
    expect(stepsOf(await look('warmup'))).toContain('see /me: granted');
    const other = await mail(() => 'http://evil.example.com/magic');
    const away = await open(other.server.url, [{ ...steps[0], poll: poll(other.mailbox.url) }, steps[1] as object]);
    expect(away.judge(await away.look('warmup')).because).toBe(
      'login is BROKEN at step 2 of 3: {{link}} leads to http://evil.example.com, which is not in origins',
    );
  });

  test('that stays empty ends the step in time', async () => {
    const { server, mailbox } = await mail(() => '');
    const steps = [{ poll: poll(mailbox.url, '15ms'), capture: { key: '[0].text' } }];
    const { look, judge } = await open(server.url, steps);
    expect(wordsOf(judge(await look('warmup')))).toBe(
      'login is BROKEN at step 1 of 2 (GET http://localhost:PORT/mails → 200): nothing came within N ms: the answer (status 200, 2 characters) does not contain "text"',
    );
  });
});

test.each<[object, string]>([
  [
    { get: '/a', submit: {} },
    'needs exactly one of get, post, put, patch, delete, head, options, each with a path; or submit; or poll',
  ],
  [
    { get: '/a', capture: { k: { header: 'x', cookie: 'y' } } },
    'may name only one of json, header, cookie, meta, css, url',
  ],
  [{ get: '/a', capture: { k: { optional: true } } }, 'needs one of json, header, cookie, meta, css, url, regex'],
  [{ get: '/a', capture: { k: { regex: '(' } } }, 'must be a regular expression like "code is (\\d{6})"'],
  [{ get: '/a', capture: { k: { header: 'x', attribute: 'y' } } }, 'attribute belongs to css'],
  [{ poll: { get: '/a', until: {} } }, 'needs at least one of status, contains, json, location'],
])('%j is refused', (step, message) => {
  const issues = login.spec.safeParse(specOf('http://a.test', [step], { session: undefined })).error?.issues;
  expect(JSON.stringify(issues)).toContain(JSON.stringify(message).slice(1, -1));
});
