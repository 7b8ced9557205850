// The OpenID provider through our own requests: the one importer of oauth4webapi, which does the rules of the protocol.
import type { AuthorizationServer, Client, ClientAuth } from 'oauth4webapi';
import type { HttpResponse } from '../../../kit/io.ts';
import { urlOf } from '../../http/target.ts';
import { StepProblem, type Walk } from '../visits.ts';
import { providerFailure } from './oidc-failure.ts';
import type { OidcKeys } from './oidc-keys.ts';
import { leavesHttps } from './onward.ts';

type Library = typeof import('oauth4webapi');
/** What the library calls instead of `fetch`. */
type Ask = (
  url: string,
  request: { method: string; headers: Record<string, string>; body?: unknown },
) => Promise<Response>;

/** The library with what all its calls of one walk need. */
export interface Provider {
  library: Library;
  issuer: URL;
  client: Client;
  auth: ClientAuth;
  ask: Ask;
  /** Options of every request. */
  options: object;
}

/** Statuses whose answers have no body; `Response` refuses one. */
const bodiless = [204, 205, 304];

/** The headers that the library reads; others could be of a form that `Response` refuses. */
const readHeaders = ['content-type', 'www-authenticate'];

const toResponse = ({ status, headers, body }: HttpResponse): Response => {
  if (status < 200 || status > 599) throw new StepProblem(`the provider answered status ${status}`);
  const list = readHeaders.flatMap((name) => (headers[name] ?? []).map((value): [string, string] => [name, value]));
  return new Response(bodiless.includes(status) ? null : body, { status, headers: list });
};

/** A client's secret and the codes go to the origins that the check names, whatever the discovery document says. */
export const guardEndpoint = (url: string, issuer: URL, { around }: Walk): void => {
  const { origin } = new URL(url);
  if (leavesHttps(issuer.href, url))
    throw new StepProblem(`the provider names ${origin}, which leaves https; nothing was sent there`);
  if (!around.origins.has(origin))
    throw new StepProblem(`the provider names ${origin}, which is not in origins; nothing was sent there`);
};

const askThrough =
  (issuer: URL, walk: Walk): Ask =>
  async (url, { method, headers, body }) => {
    guardEndpoint(url, issuer, walk);
    const content = body instanceof URLSearchParams ? { body: body.toString() } : {};
    return toResponse((await walk.visitor.visit({ method, url, headers, ...content, bare: true })).last);
  };

/** RFC 6749 2.3.1: id and secret are form-encoded before they are joined; that form is masked, too. */
const learnSecret = (secret: string, walk: Walk): void => {
  const encoded = new URLSearchParams({ secret }).toString().slice('secret='.length);
  walk.around.learn(secret, 'client secret');
  walk.around.learn(encoded, 'client secret');
};

const authOf = ({ secret, auth }: OidcKeys['client'], library: Library): ClientAuth => {
  if (secret === undefined) return library.None();
  return auth === 'basic' ? library.ClientSecretBasic(secret) : library.ClientSecretPost(secret);
};

/** Issuer of a check. */
export const issuerOf = ({ issuer }: OidcKeys, { base }: Walk): URL => new URL(issuer ?? base);

/** Opens the library for one step. */
export const openProvider = async (oidc: OidcKeys, walk: Walk): Promise<Provider> => {
  const library = await import('oauth4webapi');
  const issuer = issuerOf(oidc, walk);
  if (oidc.client.secret !== undefined) learnSecret(oidc.client.secret, walk);
  const ask = askThrough(issuer, walk);
  // Without TLS only where the check itself names an http issuer.
  const insecure = issuer.protocol === 'http:' ? { [library.allowInsecureRequests]: true } : {};
  const options = { [library.customFetch]: ask, ...insecure };
  return { library, issuer, client: { client_id: oidc.client.id }, auth: authOf(oidc.client, library), ask, options };
};

/** Runs calls of the library; what they throw becomes a `StepProblem` with a sentence. */
export const saying = async <T>(where: string, act: () => Promise<T> | T): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    throw providerFailure(error, where);
  }
};

/** Reads the discovery document. */
export const discover = async (oidc: OidcKeys, walk: Walk): Promise<AuthorizationServer> => {
  const { library, issuer, ask } = await openProvider(oidc, walk);
  const path = oidc.discovery ?? '/.well-known/openid-configuration';
  const url = urlOf(issuer.href, path);
  return saying('the discovery document', async () =>
    library.processDiscoveryResponse(
      issuer,
      await ask(url, { method: 'GET', headers: { accept: 'application/json' } }),
    ),
  );
};
