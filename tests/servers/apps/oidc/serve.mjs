// oidc-provider with a login page of its own: one account, one client, PKCE required.
// Arguments: the port and the issuer. The environment: ACCOUNT_NAME, ACCOUNT_PASSWORD, CLIENT_SECRET, REDIRECT_URI, and VARIANT, which
// breaks one thing: `any-password` keeps the development pages of the library, which let everybody in; `javascript`
// draws the login page by a script; `broken-tokens` answers 500 where codes are redeemed; `forgetful` forgets the
// login, so that the provider comes back with an error.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const [port, issuer] = process.argv.slice(2);
const { ACCOUNT_NAME, ACCOUNT_PASSWORD, CLIENT_SECRET, REDIRECT_URI, VARIANT } = process.env;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'probe',
      client_secret: CLIENT_SECRET,
      redirect_uris: [REDIRECT_URI],
      post_logout_redirect_uris: ['http://127.0.0.1:9/bye'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  claims: { openid: ['sub'], email: ['email'] },
  cookies: { keys: ['only-for-tests'] },
  features: {
    devInteractions: { enabled: VARIANT === 'any-password' },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@example.test` }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  rotateRefreshToken: true,
  pkce: { required: () => true, methods: ['S256'] },
});

const page = (body) => `<!doctype html><title>Sign in</title>${body}`;
const loginForm = (uid, says = '') => `<p>${says}</p><form method="post" action="/interaction/${uid}/login">
  <input name="login" autocomplete="username"><input type="password" name="password"><button>Sign in</button></form>`;
const consentForm = (uid) =>
  `<form method="post" action="/interaction/${uid}/confirm"><button>Continue</button></form>`;
const script = '<div id="root"></div><script src="/assets/app.js"></script>';

const bodyOf = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
};

const granted = async ({ params, session }) => {
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return { consent: { grantId: await grant.save() } };
};

/** The pages of a person: what is asked for, and the answers. */
const interact = async (request, response) => {
  const details = await provider.interactionDetails(request, response);
  const { uid, prompt } = details;
  const show = (status, body) => response.writeHead(status, { 'content-type': 'text/html' }).end(page(body));
  const finish = (result) => provider.interactionFinished(request, response, result);
  if (request.method === 'GET' && VARIANT === 'javascript') return show(200, script);
  if (request.method === 'GET') return show(200, prompt.name === 'login' ? loginForm(uid) : consentForm(uid));
  if (prompt.name === 'consent') return finish(await granted(details));
  const fields = await bodyOf(request);
  if (VARIANT === 'forgetful') return finish({ error: 'access_denied', error_description: 'the account is gone' });
  const isRight = fields.get('login') === ACCOUNT_NAME && fields.get('password') === ACCOUNT_PASSWORD;
  return isRight ? finish({ login: { accountId: ACCOUNT_NAME } }) : show(200, loginForm(uid, 'Wrong name or password'));
};

const handle = provider.callback();
const fail = (response) =>
  response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal Server Error</h1>');
const route = ({ url }) => {
  if (VARIANT === 'broken-tokens' && url === '/token') return (_, response) => fail(response);
  return VARIANT !== 'any-password' && url.startsWith('/interaction/') ? interact : handle;
};
createServer((request, response) => {
  void (async () => route(request)(request, response))().catch((error) => response.writeHead(400).end(String(error)));
}).listen(Number(port), '127.0.0.1', () => console.log('oidc-provider is ready'));
