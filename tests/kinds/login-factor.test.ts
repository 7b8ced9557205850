// The second factor and providers behind an application: TOTP codes, SAML's POST binding, forms on two origins.
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/kit/io.ts';
import { login } from '../../src/kinds/login/index.ts';
import { codeOf, openCodes, readSeed, type Seed } from '../../src/kinds/login/flows/totp.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { alarmBy } from '../helpers/alarm.ts';
import { account } from '../helpers/auth-app.ts';
import { rightCode, routes, samlPair, type SamlKnobs, seed, totpApp } from '../helpers/flow-apps.ts';
import { type OpenedLogin, openLogin, stepsOf, wordsOf } from '../helpers/login.ts';

const kept = closedAfterEach();

/** A clock whose time passes in `sleep` only. */
const stillClock = (start: number): Clock & { waits: number[]; pass(ms: number): void } => {
  let now = start;
  const waits: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms);
    now += ms;
  };
  return {
    waits,
    now: () => now,
    monotonic: () => now,
    pass: (ms) => {
      now += ms;
    },
    sleep,
    alarm: alarmBy(sleep),
  };
};

const signal = new AbortController().signal;

describe('codes', () => {
  // RFC 6238, appendix B.
  test.each<[number, string, string, number]>([
    [59, '94287082', 'sha1', 20],
    [1_111_111_109, '07081804', 'sha1', 20],
    [20_000_000_000, '65353130', 'sha1', 20],
    [59, '46119246', 'sha256', 32],
    [59, '90693936', 'sha512', 64],
  ])('at %i s: %s (%s)', (seconds, code, algorithm, length) => {
    const key = new TextEncoder().encode('1234567890'.repeat(7).slice(0, length));
    expect(codeOf({ key, digits: 8, algorithm, period: 30 }, Math.floor(seconds / 30))).toBe(code);
  });

  test.each<[string, Partial<Seed>]>([
    [seed, { digits: 6, algorithm: 'sha1', period: 30 }],
    [seed.toLowerCase().replaceAll(' ', '-'), { digits: 6 }],
    [
      'otpauth://totp/Acme:smoke?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA256&digits=8&period=60',
      { digits: 8, algorithm: 'sha256', period: 60 },
    ],
  ])('a seed is read from %s', (text, expected) => {
    expect(readSeed(text)).toMatchObject(expected);
  });

  test.each(['otpauth://hotp/Acme?secret=GEZDGNBVGY3TQOJQ', 'otpauth://totp/Acme', 'not base32!', '1890'])(
    '%s is no seed',
    (text) => {
      expect(readSeed(text)).toBeUndefined();
    },
  );

  test('wait for the end of a step that is nearly over, and never give a step twice', async () => {
    const clock = stillClock(27_000);
    const codes = openCodes(readSeed(seed) as Seed, clock);
    expect(await codes.take(60_000, signal)).toBe(rightCode(30_000));
    expect(clock.waits).toEqual([3050]);
    expect(await codes.take(60_000, signal)).toBe(rightCode(60_000));
    clock.pass(300_000);
    expect(await codes.take(0, signal)).toBe(rightCode(clock.now()));
    expect(clock.waits).toHaveLength(2);
  });

  test('say so when the look is too short for the next one', async () => {
    const clock = stillClock(30_000);
    const codes = openCodes(readSeed(seed) as Seed, clock);
    await codes.take(0, signal);
    clock.pass(10_000);
    await expect(codes.ready(8000, signal)).rejects.toMatchObject({
      missed: {
        by: 'ours',
        reason: 'code_wait',
        because:
          'the code of this time step was used or is about to end: the next one begins in 20 s, and the look has 8 s left; give the check `timeout: 45s` and `every: 30s` or more',
      },
    });
  });
});

describe('a form with a second factor', () => {
  const open = async (target: string, clock: Clock, more: object = {}): Promise<OpenedLogin> =>
    kept(
      await openLogin(
        {
          target,
          account: { ...account, totp: seed },
          login: { form: { page: '/login' } },
          probe: { get: '/me', granted: { contains: 'smoke' } },
          ...more,
        },
        { clock },
      ),
    );

  test('sends each code once, and a wrong password without any', async () => {
    const clock = stillClock(Date.UTC(2026, 0, 1));
    const app = kept(await totpApp(clock.now));
    const { look, learned } = await open(app.url, clock);
    expect(stepsOf(await look('hold', 60_000))).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'open /login: granted',
      'sign in: granted',
      'send the code: granted',
      'see /me: granted',
    ]);
    expect(app.codes).toHaveLength(1);
    expect(stepsOf(await look('hold', 60_000))).toContain('see /me: granted');
    expect(new Set(app.codes).size).toBe(2);
    for (const code of app.codes) expect(learned).toContainEqual(['totp', code]);
  });

  test('does not count the wait for a fresh code as time of the login', async () => {
    const clock = stillClock(Date.UTC(2026, 0, 1) + 27_000);
    const { look } = await open(kept(await totpApp(clock.now)).url, clock);
    const [first] = await look('warmup', 60_000);
    expect(clock.waits).toEqual([3050]);
    expect(first && 'seen' in first && first.seen.ms).toBe(0);
  });

  test('is told when its code is refused', async () => {
    const clock = stillClock(Date.UTC(2026, 0, 1));
    const { look, judge } = await open(kept(await totpApp(() => 0)).url, clock);
    expect(wordsOf(judge(await look('warmup', 60_000)))).toBe(
      'login REFUSED the right password at step 3 of 4 (POST /code → 200): the code of the second factor was refused: compare the clocks, and look whether another run uses the account',
    );
  });

  test('with password and code in one request, the wrong password comes with a made-up code', async () => {
    const clock = stillClock(Date.UTC(2026, 0, 1));
    const sent: { password: string; otp: string }[] = [];
    const app = kept(
      await routes({
        'POST /in': ({ response, body }) => {
          const got = JSON.parse(body) as { password: string; otp: string };
          sent.push(got);
          const right = got.password === account.password && got.otp === rightCode(clock.now());
          response.writeHead(right ? 200 : 401).end('{"token":"0123456789"}');
        },
        'GET /me': ({ request, response }) =>
          void response.writeHead(request.headers.authorization ? 200 : 401).end('Hello smoke'),
      }),
    );
    const body = { password: '{{password}}', otp: '{{totp}}' };
    const { look } = await open(app.url, clock, { login: { json: { post: '/in', body, token: 'token' } } });
    expect(stepsOf(await look('hold', 60_000))).toContain('a wrong password: refused');
    expect(sent.map(({ otp }) => /^\d{6}$/.test(otp))).toEqual([true, true]);
    expect(sent[0]?.otp).not.toBe(sent[1]?.otp);
  });
});

describe('a provider behind the application', () => {
  const pair = async (knobs: SamlKnobs = {}) => kept(await samlPair(knobs));
  const open = async (sp: string, idp: string, more: object = {}): Promise<OpenedLogin> =>
    kept(
      await openLogin({
        target: sp,
        account,
        login: { saml: { page: '/login', at: idp } },
        probe: { get: '/me', granted: { contains: 'smoke' } },
        ...more,
      }),
    );

  test('signs in over SAML, both ways by forms that send themselves', async () => {
    const { sp, idp } = await pair();
    const { look, learned } = await open(sp.url, idp.url);
    expect(stepsOf(await look())).toEqual([
      'a stranger: refused',
      'a wrong password: refused',
      'open /login: granted',
      'sign in: granted',
      'consent: granted',
      'see /me: granted',
    ]);
    expect(sp.asked).toContain('POST /acs');
    const names = learned.map(([name]) => name);
    expect(names).toContain('form field SAMLRequest');
    expect(names).toContain('form field SAMLResponse');
  });

  test('that sends no answer is named', async () => {
    const { sp, idp } = await pair({ noAnswer: true });
    const { look, judge } = await open(sp.url, idp.url);
    expect(wordsOf(judge(await look('warmup')))).toBe(
      'login is BROKEN at step 3 of 4: the provider sent no SAMLResponse: the sign-in ended on /login (status 200)',
    );
  });

  test('that sends its answer to an origin that is not named is not followed', async () => {
    const { sp, idp } = await pair({ acs: 'http://evil.example.com/acs' });
    const { look, judge } = await open(sp.url, idp.url);
    const looks = await look('warmup');
    expect(JSON.stringify(looks)).toContain(
      'the form to http://evil.example.com was not followed: it is not in origins',
    );
    expect(wordsOf(judge(looks))).toBe(
      'login is BROKEN at step 3 of 4: the form is sent to http://evil.example.com, which is not in origins; nothing was sent there',
    );
  });

  test('may ask for consent; the forms of the application are left alone', async () => {
    const { sp, idp } = await pair({ consent: true });
    const { look } = await open(sp.url, idp.url, { login: { form: { page: '/login', at: idp.url } } });
    const looks = await look('warmup');
    expect(stepsOf(looks)).toEqual([
      'open /login: granted',
      'sign in: granted',
      'consent: granted',
      'see /me: granted',
    ]);
    expect(idp.asked).toContain('POST /consent');
    const plain = await pair();
    const { look: without } = await open(plain.sp.url, plain.idp.url);
    await without('warmup');
    expect(plain.sp.asked).not.toContain('POST /logout');
  });

  test('gets the password of a form only where `at` names it', async () => {
    const { sp, idp } = await pair();
    const named = await open(sp.url, idp.url, { login: { form: { page: '/login', at: idp.url } } });
    expect(stepsOf(await named.look('warmup'))).toContain('see /me: granted');
    const unnamed = await open(sp.url, idp.url, { login: { form: { page: '/login' } }, origins: [idp.url] });
    expect(wordsOf(unnamed.judge(await unnamed.look('warmup')))).toBe(
      'login is BROKEN at step 2 of 3: the password would go to http://localhost:PORT, not to http://127.0.0.1:PORT',
    );
  });

  test('a form that sends itself does not take the password along', async () => {
    const elsewhere = kept(await routes({ 'POST /in': ({ response }) => void response.end('thanks') }));
    const there = elsewhere.url.replace('127.0.0.1', 'localhost');
    const app = kept(
      await routes({
        'GET /login': ({ response }) =>
          void response.end('<form method="post"><input name="u"><input type="password" name="p"></form>'),
        'POST /login': ({ response, fields }) =>
          void response.end(
            `<form method="post" action="${there}/in"><input type="hidden" name="code" value="${fields.get('p')}"></form>`,
          ),
      }),
    );
    const { look } = await open(app.url, there, { login: { form: { page: '/login' } }, origins: [there] });
    expect(JSON.stringify(await look('warmup'))).toContain(
      `the form to ${there} was not followed: it would take the password along`,
    );
    expect(elsewhere.asked).toEqual([]);
  });
});

describe('the keys of the second factor', () => {
  const issues = (totp: string, more: object = {}): string[] =>
    login.spec
      .safeParse({
        target: 'http://a.test',
        account: { ...account, totp },
        login: { form: { page: '/' } },
        probe: { get: '/me', granted: { contains: 'x' } },
        ...more,
      })
      .error?.issues.map(({ message }) => message) ?? [];

  test.each<[string, object, string]>([
    ['not a seed!', {}, 'must be the base32 seed of the second factor, or its otpauth://totp/… URI'],
    [seed, { login: { json: { post: '/in' } } }, 'is sent by no step: write {{totp}} where the code goes'],
    [
      seed,
      { target: undefined, instances: ['http://a.test'] },
      'cannot be used together with account.totp: each code works once, so one look signs in once',
    ],
  ])('%s %j', (totp, more, message) => {
    expect(issues(totp, more)).toEqual([message]);
  });
});
