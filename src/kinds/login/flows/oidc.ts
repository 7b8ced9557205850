// A login over OpenID Connect, step by step: authorization code with PKCE, the check being the client.
import { StepProblem, type StepFinding, type Walk } from '../visits.ts';
import type { OidcAct } from './flow-step.ts';
import type { OidcKeys } from './oidc-keys.ts';
import { authorize, endSession } from './oidc-pages.ts';
import { discover, openProvider, type Provider, saying } from './oidc-provider.ts';
import { isOpenId, learnAll, type OidcState, stateOf } from './oidc-state.ts';

const granted = (walk: Walk, note = ''): StepFinding => ({
  outcome: 'granted',
  note,
  status: walk.page?.last.status ?? null,
});

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
  Object.assign(walk.values, { refresh: '', idToken: '', ...walk.values, ...Object.fromEntries(known) });
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
  if (token === undefined || token === '')
    throw new StepProblem('the provider gave no refresh token; most want the scope offline_access and prompt=consent');
  const response = await saying('the token endpoint', () =>
    library.refreshTokenGrantRequest(server, client, auth, token, options),
  );
  keep(await saying('the token endpoint', () => library.processRefreshTokenResponse(server, client, response)), walk);
  const rotated = walk.values['refresh'] !== token;
  return granted(walk, rotated ? 'the refresh token was rotated' : 'the refresh token stays the same');
};

const revoke = async (oidc: OidcKeys, walk: Walk): Promise<StepFinding> => {
  const { server } = stateOf(walk);
  const { library, client, auth, options } = await openProvider(oidc, walk);
  const { token = '', refresh: renewal = '' } = walk.values;
  for (const one of [token, renewal].filter((given) => given !== ''))
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
