// The check `login` on Django's admin and a real Postgres: healthy, and broken in the ways that take logins down.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../helpers/apps.ts';
import {
  type DjangoDatabase,
  djangoRole,
  type DjangoVariant,
  startDjango,
  startDjangoDatabase,
} from '../helpers/apps-django.ts';
import { type Looked, partsOf, runLogin, verdictOf, warningsOf } from '../helpers/login-project.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';

const spec = {
  login: { form: { page: '/admin/login/' } },
  session: { cookie: 'sessionid' },
  probe: { get: '/admin/', granted: { status: 200, contains: ['Log out', '{{username}}'] } },
  logout: { get: '/admin/logout/' },
};

describe.skipIf(!isServerPlatform)('login on Django', () => {
  let database: DjangoDatabase;
  let app: App;

  beforeAll(async () => {
    database = await startDjangoDatabase();
    app = await startDjango(database);
  });
  afterAll(async () => {
    await app.stop();
    await database.stop();
  });

  const limitConnections = (limit: number): Promise<void> =>
    database.sql(`ALTER ROLE ${djangoRole} CONNECTION LIMIT ${limit}`);

  describe('a healthy admin', () => {
    it('passes with every proof, and sends one wrong password', async () => {
      const looked = await runLogin(app, spec);
      expect(verdictOf(looked)).toEqual({
        exitCode: 0,
        outcome: 'pass',
        reason: 'ok',
        because:
          'signed in and saw /admin/ in N ms (4 steps); refused, as it should be: a stranger, a wrong password, the session from before the login, the session after the logout',
      });
      expect(partsOf(looked)).toEqual(
        expect.arrayContaining([
          'open /admin/login/: pass, granted (GET /admin/login/ → 200)',
          'sign in: pass, granted (POST /admin/login/ → 302, then GET /admin/ → 200)',
          'see /admin/: pass, granted (GET /admin/ → 200)',
          'sign out: pass, granted (GET /admin/logout/ → 200)',
          'a stranger: pass, refused (GET /admin/ → 302): it leads to the login page',
          'a wrong password: pass, refused (POST /admin/login/ → 200): the login form came back',
          'the session from before the login: pass, refused (GET /admin/ → 302): it leads to the login page',
          'the session after the logout: pass, refused (GET /admin/ → 302): it leads to the login page',
        ]),
      );
      expect(warningsOf(looked)).toEqual([]);
      expect(app.recording.requests().filter((line) => line === 'POST /admin/login/')).toHaveLength(2);
    });

    it('refuses the wrong password of a profile, and says that it did', async () => {
      const looked = await runLogin(app, spec, { env: { PROBE_PASSWORD: 'an0ther+pass/word&2' } });
      expect(verdictOf(looked)).toEqual({
        exitCode: 10,
        outcome: 'fail',
        reason: 'login_refused',
        because: 'login REFUSED the right password at step 2 of 4 (POST /admin/login/ → 200): the login form came back',
        next: 'look at what this release changed in checking passwords and sessions and at the accounts table; then whether the account in the profile still exists',
      });
    });
  });

  describe('a password in the profile that was wrong before the deploy, too', () => {
    it('is our mistake and no failure of the release', async () => {
      const before = { profile: { baseline: '20s' }, args: ['--', '/bin/true'] };
      const looked = await runLogin(app, spec, { ...before, env: { PROBE_PASSWORD: 'an0ther+pass/word&2' } });
      expect(verdictOf(looked)).toEqual({
        exitCode: 12,
        outcome: 'error',
        reason: 'account_refused',
        because:
          'login REFUSED the right password at step 2 of 4 (POST /admin/login/ → 200): the login form came back; it was refused before the deploy, too: the password of smoke in the profile is probably wrong',
      });
      expect(looked.record.diagnosis.next[0]).toBe('sign in by hand with the account of the profile');
    });
  });

  describe('a database that refuses the service', () => {
    afterAll(() => limitConnections(-1));

    it('is a broken login, though the login page and the refusals look healthy', async () => {
      await limitConnections(0);
      const looked = await runLogin(app, spec);
      expect(verdictOf(looked)).toEqual({
        exitCode: 10,
        outcome: 'fail',
        reason: 'login_broken',
        because: 'login is BROKEN at step 2 of 4 (POST /admin/login/ → 500)',
        next: 'look at the log of the service for POST /admin/login/ first; if db-connections or pool-wait fail too, start there',
      });
      expect(partsOf(looked)).toEqual(
        expect.arrayContaining([
          'a stranger: pass, refused (GET /admin/ → 302): it leads to the login page',
          'a wrong password: inconclusive, broken (POST /admin/login/ → 500)',
          'open /admin/login/: pass, granted (GET /admin/login/ → 200)',
        ]),
      );
    });

    it('after the password was accepted, is told as the page behind the login', async () => {
      await limitConnections(-1);
      // The login itself uses up what the role may have: from its commit on, every new connection is refused.
      await database.sql(`
      CREATE FUNCTION use_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
        $$ BEGIN ALTER ROLE ${djangoRole} CONNECTION LIMIT 0; RETURN NEW; END $$;
      CREATE TRIGGER use_up AFTER UPDATE OF last_login ON auth_user FOR EACH ROW EXECUTE FUNCTION use_up()`);
      const looked = await runLogin(app, spec);
      await database.sql('DROP FUNCTION use_up() CASCADE');
      expect(verdictOf(looked)).toEqual({
        exitCode: 10,
        outcome: 'fail',
        reason: 'login_broken',
        because:
          'login is BROKEN at step 2 of 4 (POST /admin/login/ → 302, then GET /admin/ → 500): the password was accepted; the page behind it fails',
        next: 'the session was written, the next request could not be served: look at db-connections and pool-wait first, then at the log of the service for GET /admin/',
      });
    });
  });

  describe('a lock on the table of sessions', () => {
    const off = { off: 'only the login shall meet the lock' };
    const alone = { ...spec, negative: { anonymous: off, wrongPassword: off, rotated: off, deadSession: off } };

    it('that stays is a login that hangs', async () => {
      const unlock = await database.lockSessions();
      const looked = await runLogin(app, { ...alone, timeout: '5s' });
      await unlock();
      expect(verdictOf(looked)).toEqual({
        exitCode: 10,
        outcome: 'fail',
        reason: 'target_timeout',
        because:
          'login is BROKEN at step 2 of 4 (POST /admin/login/ → no answer): 127.0.0.1:PORT: connected, but no answer came within N ms',
        next: 'requests hang: look at pool-wait and db-connections first, then at locks and the load of the service',
      });
    });

    it('that goes by shows only in the time', async () => {
      const unlock = await database.lockSessions();
      const slow = runLogin(app, { ...alone, timeout: '30s', budgets: { login: '500ms' } });
      await expect.poll(() => app.recording.requests(), { timeout: 20_000 }).toContain('POST /admin/login/');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await unlock();
      expect(verdictOf(await slow)).toEqual({
        exitCode: 10,
        outcome: 'fail',
        reason: 'too_slow',
        because: 'the login works but took N ms, limit N ms: most of it was its step "sign in", N ms',
        next: 'look at pool-wait and db-connections first, then at locks and the load of the service',
      });
    });
  });

  describe('a project that got something wrong', () => {
    const looksAt = async (variant: DjangoVariant): Promise<Looked> => {
      const other = await startDjango(database, variant);
      try {
        return await runLogin(other, spec);
      } finally {
        await other.stop();
      }
    };

    it('with sessions in signed cookies: the old one survives the logout', async () => {
      expect(verdictOf(await looksAt('signed-cookies'))).toEqual({
        exitCode: 10,
        outcome: 'fail',
        reason: 'session_survives',
        because: 'the session survives the logout: replayed, it is still GRANTED access (GET /admin/ → 200)',
        next: 'look at how the logout ends the session on the server; a stateless token lives on until it expires',
      });
    });

    it('with a left-over that signs everybody in: the stranger is let in', async () => {
      expect(verdictOf(await looksAt('open-door'))).toEqual({
        exitCode: 10,
        outcome: 'fail',
        reason: 'anonymous_granted',
        because: 'a stranger was GRANTED access (GET /admin/ → 200): the page is not protected',
        next: 'look at what guards the page in this release; check that `probe.granted` names something only the account sees',
      });
    });
  });
});
