// The check `login` on Node-RED: a bearer token by password grant, revoked by the logout; a lockout that answers 500.
import { afterEach, describe, expect, it } from 'vitest';
import type { App } from '../helpers/apps.ts';
import { type NodeRedVariant, startNodeRed } from '../helpers/apps-node-red.ts';
import { partsOf, runLogin, verdictOf } from '../helpers/login-project.ts';

const probe = { get: '/settings', granted: { status: 200, json: { 'user.username': '{{username}}' } } };
const client = { id: 'node-red-admin' };
const oauth = { token: '/auth/token', grant: 'password', client, auth: 'post', scope: '*', revoke: '/auth/revoke' };
const spec = { login: { oauth }, probe };

/** The same, written as steps: what to do where no preset fits. */
const inSteps = {
  login: {
    steps: [
      {
        post: '/auth/token',
        form: {
          client_id: 'node-red-admin',
          grant_type: 'password',
          scope: '*',
          username: '{{username}}',
          password: '{{password}}',
        },
        capture: { token: 'access_token' },
      },
    ],
  },
  session: { header: { authorization: 'Bearer {{token}}' } },
  probe,
  logout: { post: '/auth/revoke', json: { token: '{{token}}' } },
};

let app: App | undefined;
const started = async (variant?: NodeRedVariant): Promise<App> => (app = await startNodeRed(variant));
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

const passwordsSent = ({ recording }: App): number =>
  recording.requests().filter((line) => line === 'POST /auth/token').length;

describe('Node-RED', () => {
  it.each([
    ['a preset', spec],
    ['steps of one’s own', inSteps],
  ])('healthy passes with every proof, signed in to by %s', async (_, way) => {
    const looked = await runLogin(await started(), way);
    expect(verdictOf(looked)).toMatchObject({
      exitCode: 0,
      outcome: 'pass',
      reason: 'ok',
      because:
        'signed in and saw /settings in N ms (3 steps); refused, as it should be: a stranger, a wrong password, the session after the logout; 1 warning',
    });
    expect(partsOf(looked)).toEqual(
      expect.arrayContaining([
        'sign in: pass, granted (POST /auth/token → 200)',
        'sign out: pass, granted (POST /auth/revoke → 200)',
        'a stranger: pass, refused (GET /settings → 401)',
        expect.stringMatching(/^a wrong password: pass, refused \(POST \/auth\/token → 403\)/),
        'the session after the logout: pass, refused (GET /settings → 401)',
        'caching: warn, GET /settings is answered without Cache-Control, so browsers and proxies may keep the page; it must say no-store',
      ]),
    );
  });

  it('that locks the account out by a 500 is no broken release: the account is left in peace', async () => {
    const running = await started();
    const wrong = { PROBE_PASSWORD: 'an0ther+pass/word&2' };
    for (const _ of [1, 2]) expect((await runLogin(running, spec, { env: wrong })).check.reason).toBe('login_refused');
    // Five are counted: two wrong ones of each run so far, and the one that the next run begins with.
    const looked = await runLogin(running, spec);
    const sentence = (where: string): string =>
      `could not judge: the account of the probe is held back at "${where}" (POST /auth/token → 500: the answer says "Too many login attempts"); it is not tried again in this run`;
    expect(verdictOf(looked)).toMatchObject({
      exitCode: 11,
      outcome: 'inconclusive',
      reason: 'rate_limited',
      because: sentence('sign in'),
    });
    expect(passwordsSent(running)).toBe(2);
    expect(verdictOf(await runLogin(running, spec))).toMatchObject({ because: sentence('a wrong password') });
    expect(passwordsSent(running)).toBe(1);
  });

  it('whose account is refused all through a run is not locked out by us', async () => {
    const running = await started();
    const hold = { warmup: '2s', for: '4s', every: '1s', failAfter: 3, errorGrace: '5s', deadline: '20s' };
    const looked = await runLogin(
      running,
      { ...spec, every: '1s' },
      {
        profile: { hold, baseline: '20s' },
        args: ['--', '/bin/true'],
        env: { PROBE_PASSWORD: 'an0ther+pass/word&2' },
      },
    );
    expect(verdictOf(looked)).toMatchObject({ exitCode: 12, outcome: 'error', reason: 'account_refused' });
    expect(passwordsSent(running)).toBe(4);
    // The fifth attempt is the last that it takes.
    const negative = { wrongPassword: { off: 'it would be one attempt too many' } };
    expect(verdictOf(await runLogin(running, { ...spec, negative }))).toMatchObject({ exitCode: 0, outcome: 'pass' });
  });

  it('with a default user lets a stranger read its settings', async () => {
    const running = await started('open-door');
    const looked = await runLogin(running, spec);
    expect(verdictOf(looked)).toMatchObject({
      exitCode: 10,
      outcome: 'fail',
      reason: 'login_broken',
      because:
        'a stranger was neither refused nor let in (GET /settings → 200): user.username was absent, expected "smoke"',
    });
    expect(looked.check.next).toBe(
      'if this is how a stranger is turned away, say so in `probe.refused`; else look at what this release changed there',
    );
    const granted = { status: 200, json: { version: true } };
    expect(verdictOf(await runLogin(running, { ...spec, probe: { get: '/settings', granted } }))).toMatchObject({
      reason: 'anonymous_granted',
      because: 'a stranger was GRANTED access (GET /settings → 200): the page is not protected',
    });
  });
});
