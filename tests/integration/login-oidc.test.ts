// The check `login` on oidc-provider: authorization code with PKCE, refresh, logout; and what goes wrong at providers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../helpers/apps.ts';
import { oidcClient, type OidcVariant, startOidcProvider } from '../helpers/apps-oidc.ts';
import { type Looked, partsOf, runLogin, verdictOf, warningsOf } from '../helpers/login-project.ts';

const { id, secret, redirectUri, postLogoutRedirectUri } = oidcClient;
const client = { id, secret: '${secret:CLIENT_SECRET}' };
const offline = { scope: 'openid email offline_access', params: { prompt: 'consent' }, refresh: true };

const spec = (oidc: object = {}): object => ({
  login: { oidc: { client, redirectUri, scope: 'openid email', logout: 'endSession', postLogoutRedirectUri, ...oidc } },
  probe: {
    get: '/me',
    granted: { status: 200, json: { email: '{{username}}@example.test' } },
    // A request without any token is answered 400 by this provider.
    refused: { status: [400, 401] },
  },
});

const look = (app: App, one: object, env: Record<string, string> = {}): Promise<Looked> =>
  runLogin(app, one, { env: { CLIENT_SECRET: secret, ...env } });

const proven = 'refused, as it should be: a stranger, a wrong password, the session after the logout; 4 warnings';
const page = '/interaction/[cookie _interaction]';

describe('oidc-provider', () => {
  let app: App;
  beforeAll(async () => {
    app = await startOidcProvider();
  });
  afterAll(() => app.stop());

  it('passes with every proof, through its own login page and consent', async () => {
    const looked = await look(app, spec());
    expect(verdictOf(looked)).toMatchObject({
      exitCode: 0,
      outcome: 'pass',
      reason: 'ok',
      because: `signed in and saw /me in N ms (8 steps); ${proven}`,
    });
    expect(partsOf(looked)).toEqual(
      expect.arrayContaining([
        `open the provider's login page: pass, granted (GET /auth → 303, then GET ${page} → 200)`,
        'redeem the code: pass, granted (POST /token → 200, then GET /jwks → 200): signature, issuer, audience, nonce and time of the ID token are right',
        'sign out: pass, granted (POST /session/end/confirm → 303)',
        `a wrong password: pass, refused (POST ${page}/login → 200): the login form came back`,
        'the session after the logout: pass, refused (GET /me → 401): the answer is what `probe.refused` describes',
      ]),
    );
    expect(warningsOf(looked)).toEqual([
      'cookie _session: warn, SameSite=None needs Secure: browsers drop it',
      'cookie _session.sig: warn, SameSite=None needs Secure: browsers drop it',
      'cookie _session.legacy: warn, it has no SameSite',
      'cookie _session.legacy.sig: warn, it has no SameSite',
    ]);
    const passwords = app.recording.requests().filter((line) => line.endsWith('/login'));
    expect(passwords).toHaveLength(2);
  });

  it('renews the token once, and a revocation ends it', async () => {
    const looked = await look(app, spec({ ...offline, logout: 'revoke' }));
    expect(verdictOf(looked)).toMatchObject({
      exitCode: 0,
      because: `signed in and saw /me in N ms (8 steps); ${proven}`,
    });
    expect(partsOf(looked)).toContain(
      'refresh the token: pass, granted (POST /token → 200): the refresh token was rotated',
    );
  });

  it('keeps tokens of offline access alive after its logout, which is told', async () => {
    expect(verdictOf(await look(app, spec(offline)))).toMatchObject({
      exitCode: 10,
      outcome: 'fail',
      reason: 'session_survives',
      because: 'the session survives the logout: replayed, it is still GRANTED access (GET /me → 200)',
    });
  });

  it('refuses the wrong password of a profile', async () => {
    expect(verdictOf(await look(app, spec(), { PROBE_PASSWORD: 'an0ther+pass/word&2' }))).toMatchObject({
      exitCode: 10,
      outcome: 'fail',
      reason: 'login_refused',
      because: `login REFUSED the right password at step 3 of 8 (POST ${page}/login → 200): the login form came back`,
    });
  });

  it('refuses the wrong secret of a client, which is told as that', async () => {
    expect(verdictOf(await look(app, spec(), { CLIENT_SECRET: 'an0ther/secret' }))).toMatchObject({
      exitCode: 10,
      because:
        'login is BROKEN at step 5 of 8 (POST /token → 401): the token endpoint answered 401: it does not know the client, or not by this secret',
    });
  });

  it('answers strangers with 400, which the check has to be told', async () => {
    const granted = { status: 200, json: { email: true } };
    const looked = await look(app, { ...spec(), probe: { get: '/me', granted } });
    expect(verdictOf(looked)).toMatchObject({
      exitCode: 10,
      because: 'a stranger was neither refused nor let in (GET /me → 400): the status was 400, expected 200',
    });
  });
});

describe('a provider', () => {
  const cases: [what: string, variant: OidcVariant, reason: string, because: string][] = [
    [
      'that lets everybody in',
      'any-password',
      'wrong_password_granted',
      `a wrong password was GRANTED access (POST ${page} → 303, then GET /auth/[cookie _interaction] → 303, then GET ${page} → 200, then POST ${page} → 303, then GET /auth/[cookie _interaction] → 303, then POST /token → 200, then GET /jwks → 200, then GET /me → 200): authentication is not enforced`,
    ],
    [
      'whose login page JavaScript draws',
      'javascript',
      'login_broken',
      `login is BROKEN at step 3 of 8: no <form> on ${page} (status 200); a page that is drawn by JavaScript needs \`signIn\` with the API that it calls`,
    ],
    [
      'that cannot redeem its own codes',
      'broken-tokens',
      'login_broken',
      'login is BROKEN at step 5 of 8 (POST /token → 500): the token endpoint answered status 500',
    ],
    [
      'that sends the browser back with an error',
      'forgetful',
      'login_refused',
      'login REFUSED the right password at step 5 of 8: the provider sent the browser back with "access_denied" (the account is gone)',
    ],
  ];
  it.each(cases)('%s is told as that', async (_, variant, reason, because) => {
    const app = await startOidcProvider(variant);
    try {
      expect(verdictOf(await look(app, spec()))).toMatchObject({ exitCode: 10, outcome: 'fail', reason, because });
    } finally {
      await app.stop();
    }
  });
});
