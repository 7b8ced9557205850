// The check `login` on ungit: a cookie session behind a page that JavaScript draws, and a logout that is really broken.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../helpers/apps.ts';
import { startUngit } from '../helpers/apps-ungit.ts';
import { runLogin, verdictOf, warningsOf } from '../helpers/login-project.ts';

// The page shows the settings of the user, the password among them: it must be masked like the one that we sent.
const probe = { get: '/api/userconfig', granted: { status: 200, json: { authentication: true } } };
const spec = { login: { json: { post: '/api/login' } }, session: { cookie: 'connect.sid' }, probe };

let app: App;
beforeAll(async () => {
  app = await startUngit();
});
afterAll(() => app.stop());

it('passes when it is healthy, and says which proof is missing', async () => {
  const looked = await runLogin(app, spec);
  expect(verdictOf(looked)).toEqual({
    exitCode: 0,
    outcome: 'pass',
    reason: 'ok',
    because:
      'signed in and saw /api/userconfig in N ms (2 steps); refused, as it should be: a stranger, a wrong password; 1 warning',
  });
  expect(warningsOf(looked)).toEqual(['cookie connect.sid: warn, it has no SameSite']);
  expect(looked.check.parts).toContainEqual({
    name: 'the session after the logout',
    outcome: 'skipped',
    because: 'no logout is named in the check',
  });
});

it('with a wrong password in the profile is refused', async () => {
  expect(verdictOf(await runLogin(app, spec, { env: { PROBE_PASSWORD: 'an0ther+pass/word&2' } }))).toMatchObject({
    exitCode: 10,
    reason: 'login_refused',
    because: 'login REFUSED the right password at step 1 of 2 (POST /api/login → 401)',
  });
});

it('shows its password on a page, and a sentence that quotes the page does not', async () => {
  const quoting = { get: '/api/userconfig', granted: { json: { 'users.smoke': 'another one' } } };
  expect(verdictOf(await runLogin(app, { ...spec, probe: quoting }))).toMatchObject({
    exitCode: 10,
    because:
      'login is BROKEN at step 2 of 2 (GET /api/userconfig → 200): users.smoke was "[PROBE_PASSWORD]", expected "another one"',
  });
});

// ungit 1.5.30 calls `req.logout()` without the callback that its passport demands.
it('has a logout that ends in an error, and is told as that step', async () => {
  expect(verdictOf(await runLogin(app, { ...spec, logout: { get: '/api/logout' } }))).toEqual({
    exitCode: 10,
    outcome: 'fail',
    reason: 'login_broken',
    because: 'login is BROKEN at step 3 of 3 (GET /api/logout → 500)',
    next: 'look at the log of the service for GET /api/logout first; if db-connections or pool-wait fail too, start there',
  });
});

it('answers strangers with 200 on one page: `probe.refused` says how to read it', async () => {
  const signedIn = { get: '/api/loggedin', granted: { json: { loggedIn: true } } };
  expect(verdictOf(await runLogin(app, { ...spec, probe: signedIn }))).toEqual({
    exitCode: 10,
    outcome: 'fail',
    reason: 'login_broken',
    because:
      'a stranger was neither refused nor let in (GET /api/loggedin → 200): loggedIn was false, expected a value',
    next: 'if this is how a stranger is turned away, say so in `probe.refused`; else look at what this release changed there',
  });
  const told = { ...signedIn, refused: { json: { loggedIn: false } } };
  expect(verdictOf(await runLogin(app, { ...spec, probe: told }))).toMatchObject({ exitCode: 0, outcome: 'pass' });
});

it('has a page without a form, and the sentence says what to write instead', async () => {
  expect(verdictOf(await runLogin(app, { ...spec, login: { form: { page: '/' } } }))).toEqual({
    exitCode: 10,
    outcome: 'fail',
    reason: 'login_broken',
    because:
      'login is BROKEN at step 2 of 3: no <form> on / (status 200); a page that is drawn by JavaScript needs `steps` with the API that it calls',
    next: 'open the page by hand; if it changed on purpose, change `login` in the profile',
  });
});
