// The check `login` on oidc-provider: authorization code with PKCE, refresh, logout; and what goes wrong at providers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../helpers/apps.ts';
import { oidcClient, type OidcVariant, startOidcProvider } from '../helpers/apps-oidc.ts';
import { type Looked, runLogin, steady } from '../helpers/login-project.ts';

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

const verdict = ({ exitCode, check: { outcome, reason, because } }: Looked): object => ({
  exitCode,
  outcome,
  reason,
  because: steady(because),
});
const parts = ({ check }: Looked): string[] => check.parts.map(({ name, because }) => `${name}: ${steady(because)}`);

const proven = 'refused, as it should be: a stranger, a wrong password, the session after the logout';
const page = '/interaction/[cookie _interaction]';

describe('oidc-provider', () => {
  let app: App;
  beforeAll(async () => {
    app = await startOidcProvider();
  });
  afterAll(() => app.stop());

  it('passes with every proof, through its own login page and consent', async () => {
    const looked = await look(app, spec());
    expect(verdict(looked)).toEqual({
      exitCode: 0,
      outcome: 'pass',
      reason: 'ok',
      because: `signed in and saw /me in N ms (8 steps); ${proven}`,
    });
    expect(parts(looked)).toEqual(
      expect.arrayContaining([
        `open the provider's login page: granted (GET /auth → 303, then GET ${page} → 200)`,
        'redeem the code: granted (POST /token → 200, then GET /jwks → 200): signature, issuer, audience, nonce and time of the ID token are right',
        'sign out: granted (POST /session/end/confirm → 303)',
        `a wrong password: refused (POST ${page}/login → 200): the login form came back`,
        'the session after the logout: refused (GET /me → 401): the answer is what `probe.refused` describes',
      ]),
    );
    const passwords = app.recording.requests().filter((line) => line.endsWith('/login'));
    expect(passwords).toHaveLength(2);
  });

  it('renews the token once, and a revocation ends it', async () => {
    const looked = await look(app, spec({ ...offline, logout: 'revoke' }));
    expect(verdict(looked)).toMatchObject({
      exitCode: 0,
      because: `signed in and saw /me in N ms (8 steps); ${proven}`,
    });
    expect(parts(looked)).toContain('refresh the token: granted (POST /token → 200): the refresh token was rotated');
  });

  it('keeps tokens of offline access alive after its logout, which is told', async () => {
    expect(verdict(await look(app, spec(offline)))).toEqual({
      exitCode: 10,
      outcome: 'fail',
      reason: 'session_survives',
      because: 'the session survives the logout: replayed, it is still GRANTED access (GET /me → 200)',
    });
  });

  it('refuses the wrong password of a profile', async () => {
    expect(verdict(await look(app, spec(), { PROBE_PASSWORD: 'an0ther+pass/word&2' }))).toEqual({
      exitCode: 10,
      outcome: 'fail',
      reason: 'login_refused',
      because: `login REFUSED the right password at step 3 of 8 (POST ${page}/login → 200): the login form came back`,
    });
  });

  it('refuses the wrong secret of a client, which is told as that', async () => {
    expect(verdict(await look(app, spec(), { CLIENT_SECRET: 'an0ther/secret' }))).toMatchObject({
      exitCode: 10,
      because:
        'login is BROKEN at step 5 of 8 (POST /token → 401): the token endpoint answered 401: it does not know the client, or not by this secret',
    });
  });

  it('answers strangers with 400, which the check has to be told', async () => {
    const granted = { status: 200, json: { email: true } };
    const looked = await look(app, { ...spec(), probe: { get: '/me', granted } });
    expect(verdict(looked)).toMatchObject({
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
      expect(verdict(await look(app, spec()))).toEqual({ exitCode: 10, outcome: 'fail', reason, because });
    } finally {
      await app.stop();
    }
  });
});
