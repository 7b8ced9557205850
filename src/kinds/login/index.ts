// The kind `login`: signs a real account in, sees a page that only it may see, and signs it out.
import type { Kind } from '../../kit/kind.ts';
import { noAnswerReasons } from '../http/failure.ts';
import { charts } from './charts.ts';
import { judge } from './judge.ts';
import type { LoginSeen } from './seen.ts';
import { leastEvery, outline } from './outline.ts';
import { openLogin } from './session.ts';
import { type LoginSpec, loginSpec } from './spec.ts';

export const login: Kind<LoginSpec, LoginSeen> = {
  holdpointKind: 1,
  name: 'login',
  layer: 'user',
  about:
    'Signs an account in as a browser or an API client does (form, JSON, GraphQL, OpenID Connect, OAuth, SAML, Basic, Digest, own steps) and proves that the session works. A broken service is told from one that refuses. ' +
    'Once in a run a stranger, one wrong password and the session after the logout must be refused.',
  example: `login:
  target: https://auth.example.com
  account: { username: smoke, password: "\${secret:SMOKE_PASSWORD}" }
  login: { form: { page: /login } }
  probe: { get: /me, granted: { status: 200, contains: smoke } }
  logout: { post: /logout }`,
  spec: loginSpec,
  reasons: {
    ok: 'The login works.',
    wobble: 'A login failed, but not often enough in a row to be confirmed.',
    no_samples: 'Nothing has been looked at yet.',
    login_broken:
      'A step of the login answers with an error. Look into the log of the service for the request that the message names; if a database or pool check fails too, start there.',
    login_refused:
      'The right password is refused. Look at what the release changed in checking passwords, then whether the account still exists.',
    session_refused:
      'The password is accepted, but its session is refused. Look at how sessions are written and read, and at the cookie that the message names.',
    account_refused:
      'The account was refused before the deploy, too: the password in the profile is probably wrong. Sign in by hand with it.',
    anonymous_granted: 'Somebody without a session sees the page. Look at what guards it.',
    wrong_password_granted:
      'A wrong password gets in: authentication is not enforced. Take the release out of service by hand.',
    session_kept:
      'The session id does not change at the login, so that whoever planted one before is signed in, too (session fixation). Look at where the login makes its session.',
    session_survives:
      'The old session works after the logout. Look at how the logout ends it on the server; stateless tokens live on until they expire.',
    too_slow:
      'The login works, but it or one of its steps takes longer than `budgets` say. Look at pool-wait and db-connections, then at locks: a lock shows only as time.',
    burst_failed:
      'One login works, several at once do not. Look at db-connections and pool-wait of the time of the burst: does each login take a connection of its own?',
    burst_slow:
      'Several logins at once take longer than `burst.p95`. Look at pool-wait and db-connections, then at the load of the service.',
    insecure:
      'The login works, but something that the check raises to a failure (under `security` or `tls`) is not as it should be. Look at what the message names.',
    rate_limited:
      'The service holds the account of the probe back, so nothing could be judged. Look at who else uses it; give the check a longer `every`.',
    account_spared:
      'One more refusal could lock the account, so this instance was not looked at. Look at the instances that refuse it, or that hang.',
    code_wait:
      'Each code of the second factor works once in 30 s, and the look ended before the next one. Give the check `every: 30s` and `timeout: 45s`.',
    ...noAnswerReasons,
  },
  baseline: 'look',
  every: 15_000,
  leastEvery,
  outline,
  sufficientAlone: true,
  open: openLogin,
  judge,
  charts,
};
