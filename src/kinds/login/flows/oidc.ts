// A login over OpenID Connect, step by step: authorization code with PKCE, the check being the client.
import { fill } from '../../../kit/fill.ts';
import type { Answer } from '../../http/matcher.ts';
import { readPlain } from '../classify.ts';
import { StepProblem, type StepFinding, type Walk } from '../visits.ts';
import type { OidcAct } from './flow-step.ts';
import type { OidcKeys } from './oidc-keys.ts';
import { discover, guardEndpoint, issuerOf, openProvider, type Provider, saying } from './oidc-provider.ts';
import type { OidcState } from './oidc-state.ts';

const granted = (walk: Walk, note = ''): StepFinding => ({
  outcome: 'granted',
  note,
  status: walk.page?.last.status ?? null,
});

const stateOf = ({ oidc }: Walk): OidcState => {
  if (oidc) return oidc;
  throw new StepProblem('the discovery document was not read before');
};

const learnAll = (values: Record<string, string>, walk: Walk): void => {
  for (const [name, value] of Object.entries(values)) walk.around.learn(value, name);
};

const isOpenId = ({ scope }: OidcKeys): boolean => scope.split(' ').includes('openid');

const authorizationUrl = (endpoint: string | undefined, params: Record<string, string>): string => {
  if (endpoint === undefined || !URL.canParse(endpoint))
    throw new StepProblem('the discovery document has no authorization_endpoint');
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url.href;
};

const filledParams = ({ params }: OidcKeys, walk: Walk): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, text]) => [name, fill(text, walk.values)]));

const authorize = async (oidc: OidcKeys, walk: Walk): Promise<StepFinding> => {
  const { library, issuer } = await openProvider(oidc, walk);
  const known = stateOf(walk);
  const verifier = library.generateRandomCodeVerifier();
  const state = library.generateRandomState();
  const nonce = library.generateRandomNonce();
  const challenge = await library.calculatePKCECodeChallenge(verifier);
  learnAll({ verifier, state, nonce, challenge }, walk);
  walk.oidc = { ...known, verifier, state, nonce };
  const url = authorizationUrl(known.server.authorization_endpoint, {
    response_type: 'code',
    client_id: oidc.client.id,
    redirect_uri: oidc.redirectUri,
    scope: oidc.scope,
    state,
    ...(isOpenId(oidc) ? { nonce } : {}),
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...filledParams(oidc, walk),
  });
  walk.values['authorizeUrl'] = url;
  walk.visitor.catches = oidc.redirectUri;
  const finding = await openPage(url, issuer, walk);
  const { caught } = walk.page ?? {};
  // Sent back before anybody could sign in: that is an error, and the redirect says which.
  if (caught?.has('error'))
    await saying('the provider', () =>
      library.validateAuthResponse(known.server, { client_id: oidc.client.id }, caught, state),
    );
  return finding;
};

/** Errors that providers show on a page instead of sending them back: the client or its redirectUri is not theirs. */
const pageErrors =
  /\b(?:invalid_client|invalid_redirect_uri|redirect_uri_mismatch|unauthorized_client|invalid_request)\b/;

const errorNames = ({ status, body }: Answer): string[] => {
  const name = status >= 400 ? pageErrors.exec(body)?.[0] : undefined;
  return name === undefined ? [] : [`the page names ${name}`];
};

const openPage = async (url: string, issuer: URL, walk: Walk): Promise<StepFinding> => {
  guardEndpoint(url, issuer, walk);
  const arrival = await walk.visitor.follow(await walk.visitor.visit({ method: 'GET', url, bare: true }));
  walk.page = arrival;
  const { outcome, note } = readPlain(arrival.last, walk.rules);
  const notes = [note, ...errorNames(arrival.last), ...arrival.notes];
  return { outcome, note: notes.filter(Boolean).join('; '), status: arrival.last.status };
};

/** Where the sign-in ended when the provider did not come back. */
const astray = ({ page }: Walk, { redirectUri }: OidcKeys): StepProblem => {
  const where = page ? `${new URL(page.url).pathname} (status ${page.last.status})` : 'no page';
  return new StepProblem(`the provider did not come back to ${redirectUri}: the sign-in ended on ${where}`);
};

interface Tokens {
  access_token: string;
  refresh_token?: string | undefined;
  id_token?: string | undefined;
}

const keep = ({ access_token: token, refresh_token: refresh, id_token: idToken }: Tokens, walk: Walk): void => {
  const given = { token, refresh, idToken };
  const known = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  learnAll(Object.fromEntries(known), walk);
  Object.assign(walk.values, Object.fromEntries(known));
};

const signatureOf = async ({ library, options }: Provider, server: OidcState['server'], response: Response) =>
  saying("the provider's jwks_uri", () => library.validateApplicationLevelSignature(server, response, options));

const redeem = async (oidc: OidcKeys, walk: Walk): Promise<StepFinding> => {
  const { server, verifier = '', state, nonce = '' } = stateOf(walk);
  const caught = walk.page?.caught;
  if (!caught) throw astray(walk, oidc);
  const code = caught.get('code');
  if (code !== null) walk.around.learn(code, 'code');
  walk.visitor.catches = undefined;
  const provider = await openProvider(oidc, walk);
  const { library, client, auth, options } = provider;
  const where = 'the token endpoint';
  const response = await saying(where, async () => {
    const params = library.validateAuthResponse(server, client, caught, state);
    return library.authorizationCodeGrantRequest(server, client, auth, params, oidc.redirectUri, verifier, options);
  });
  const expected = isOpenId(oidc) ? { expectedNonce: nonce, requireIdToken: true } : {};
  const tokens = await saying(where, () =>
    library.processAuthorizationCodeResponse(server, client, response, expected),
  );
  keep(tokens, walk);
  if (tokens.id_token !== undefined) await signatureOf(provider, server, response);
  return granted(walk, isOpenId(oidc) ? 'signature, issuer, audience, nonce and time of the ID token are right' : '');
};

const refresh = async (oidc: OidcKeys, walk: Walk): Promise<StepFinding> => {
  const { server } = stateOf(walk);
  const { library, client, auth, options } = await openProvider(oidc, walk);
  const { refresh: token } = walk.values;
  if (token === undefined)
    throw new StepProblem('the provider gave no refresh token; most want the scope offline_access and prompt=consent');
  const response = await saying('the token endpoint', () =>
    library.refreshTokenGrantRequest(server, client, auth, token, options),
  );
  keep(await saying('the token endpoint', () => library.processRefreshTokenResponse(server, client, response)), walk);
  const rotated = walk.values['refresh'] !== token;
  return granted(walk, rotated ? 'the refresh token was rotated' : 'the refresh token stays the same');
};

const endSession = async (oidc: OidcKeys, walk: Walk): Promise<StepFinding> => {
  const { end_session_endpoint: endpoint } = stateOf(walk).server;
  if (endpoint === undefined) throw new StepProblem('the discovery document has no end_session_endpoint');
  const url = new URL(endpoint);
  const { idToken } = walk.values;
  if (idToken !== undefined) url.searchParams.set('id_token_hint', idToken);
  url.searchParams.set('client_id', oidc.client.id);
  if (oidc.postLogoutRedirectUri !== undefined)
    url.searchParams.set('post_logout_redirect_uri', oidc.postLogoutRedirectUri);
  walk.visitor.catches = oidc.postLogoutRedirectUri;
  return openPage(url.href, issuerOf(oidc, walk), walk);
};

const revoke = async (oidc: OidcKeys, walk: Walk): Promise<StepFinding> => {
  const { server } = stateOf(walk);
  const { library, client, auth, options } = await openProvider(oidc, walk);
  const { token, refresh: renewal } = walk.values;
  for (const one of [token, renewal].filter((given) => given !== undefined))
    await saying('the revocation endpoint', async () =>
      library.processRevocationResponse(await library.revocationRequest(server, client, auth, one, options)),
    );
  return granted(walk);
};

const acts: Record<OidcAct, (oidc: OidcKeys, walk: Walk) => Promise<StepFinding>> = {
  discover: async (oidc, walk) => {
    walk.oidc = { server: await discover(oidc, walk) };
    return granted(walk);
  },
  authorize,
  redeem,
  refresh,
  endSession,
  revoke,
};

/** Takes one step of the protocol. Throws a `StepProblem` with the sentence of what is wrong. */
export const takeOidcStep = (act: OidcAct, oidc: OidcKeys, walk: Walk): Promise<StepFinding> => acts[act](oidc, walk);
