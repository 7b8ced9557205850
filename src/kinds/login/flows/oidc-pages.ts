// The pages of an OpenID provider: its login page, reached by an authorization request, and the end of the session.
import { fill } from '../../../kit/fill.ts';
import type { Answer } from '../../http/matcher.ts';
import { readPlain } from '../classify.ts';
import { StepProblem, type StepFinding, type Walk } from '../visits.ts';
import type { OidcKeys } from './oidc-keys.ts';
import { guardEndpoint, issuerOf, openProvider, saying } from './oidc-provider.ts';
import { isOpenId, learnAll, stateOf } from './oidc-state.ts';

const authorizationUrl = (endpoint: string | undefined, params: Record<string, string>): string => {
  if (endpoint === undefined || !URL.canParse(endpoint))
    throw new StepProblem('the discovery document has no authorization_endpoint');
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  return url.href;
};

const filledParams = ({ params }: OidcKeys, walk: Walk): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, text]) => [name, fill(text, walk.values)]));

/** Sends the authorization request with state, nonce and PKCE challenge, and follows it to the login page. */
export const authorize = async (oidc: OidcKeys, walk: Walk): Promise<StepFinding> => {
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

/** Asks the provider to end its session (RP-initiated logout). */
export const endSession = async (oidc: OidcKeys, walk: Walk): Promise<StepFinding> => {
  const { end_session_endpoint: endpoint } = stateOf(walk).server;
  if (endpoint === undefined) throw new StepProblem('the discovery document has no end_session_endpoint');
  const url = new URL(endpoint);
  const { idToken = '' } = walk.values;
  if (idToken !== '') url.searchParams.set('id_token_hint', idToken);
  url.searchParams.set('client_id', oidc.client.id);
  if (oidc.postLogoutRedirectUri !== undefined)
    url.searchParams.set('post_logout_redirect_uri', oidc.postLogoutRedirectUri);
  walk.visitor.catches = oidc.postLogoutRedirectUri;
  return openPage(url.href, issuerOf(oidc, walk), walk);
};
