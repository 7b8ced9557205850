// A small OpenID provider with a login page, and an API that takes its tokens, for the tests of `login`. Each knob
// breaks one thing.
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from '../../src/kit/once.ts';
import { account } from './auth-app.ts';
import { bodyOf, serve, type TestServer } from './servers.ts';

/** The client that the provider knows; its secret needs encoding everywhere. */
export const client = { id: 'smoke app', secret: 'cl1ent/se+cret&%' };
/** Where the client is sent back to; nothing listens there. */
export const redirectUri = 'http://127.0.0.1:9/cb';

/** What is broken; all off in a healthy provider. */
export interface OidcKnobs {
  discovery?: number;
  issuer?: string;
  tokenEndpoint?: string;
  /** Fields of the discovery document that lead elsewhere. */
  metadata?: Record<string, string>;
  page?: string;
  anyPassword?: boolean;
  consent?: boolean;
  /** Replaces the state in the answer. */
  state?: string;
  nonce?: string;
  /** Seconds from now to the end of the ID token. */
  lifetime?: number;
  audience?: string;
  badSignature?: boolean;
  noKeys?: boolean;
  /** The answer at the redirect URI has no code. */
  noCode?: boolean;
  /** `page`: the authorization endpoint shows an error; else the error that it sends back at once. */
  authorize?: string;
  /** `server_error` at the redirect URI. */
  error?: string;
  token?: (response: ServerResponse) => void;
  formPost?: boolean;
  noRefresh?: boolean;
  /** endSession and revocation forget to end the session. */
  logoutForgets?: boolean;
}

export interface OidcApp extends TestServer {
  knobs: OidcKnobs;
  asked: string[];
  passwords: string[];
  /** Authorization headers that the token endpoint got. */
  clients: string[];
}

const json = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const jwt = (claims: object, key: KeyObject): string => {
  const text = `${part({ alg: 'RS256', kid: 'one' })}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
};

const formEncoded = (text: string): string => new URLSearchParams({ text }).toString().slice('text='.length);
const rightClient = `Basic ${Buffer.from(`${formEncoded(client.id)}:${formEncoded(client.secret)}`).toString('base64')}`;

/** Made once: RSA keys take their time. */
const pairs = once(() => ({
  keys: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  other: generateKeyPairSync('rsa', { modulusLength: 2048 }),
}));

interface Grant {
  challenge: string;
  nonce: string | undefined;
}

/** Starts the provider. */
export const startOidcApp = async (knobs: OidcKnobs = {}): Promise<OidcApp> => {
  const { keys, other } = pairs();
  const codes = new Map<string, Grant>();
  const tokens = new Set<string>();
  const refreshes = new Set<string>();
  const asked: string[] = [];
  const passwords: string[] = [];
  const clients: string[] = [];
  const pending = new Map<string, URLSearchParams>();
  let url = '';

  const discovery = (response: ServerResponse): void => {
    if (knobs.discovery !== undefined) return void response.writeHead(knobs.discovery).end('nothing here');
    json(response, 200, {
      issuer: knobs.issuer ?? url,
      authorization_endpoint: `${url}/auth`,
      token_endpoint: knobs.tokenEndpoint ?? `${url}/token`,
      jwks_uri: `${url}/keys`,
      end_session_endpoint: `${url}/end`,
      revocation_endpoint: `${url}/revoke`,
      ...knobs.metadata,
    });
  };
  const page = (query: URLSearchParams, response: ServerResponse): void => {
    if (knobs.authorize === 'page') return void response.writeHead(400).end('<h1>invalid_redirect_uri</h1>');
    if (knobs.authorize !== undefined) {
      const error = new URLSearchParams({ error: knobs.authorize, state: query.get('state') ?? '' });
      return void response.writeHead(303, { location: `${query.get('redirect_uri')}?${error.toString()}` }).end();
    }
    const id = randomUUID();
    pending.set(id, query);
    const form = `<form method="post" action="/interaction/${id}"><input name="login"><input type="password" name="pw"></form>`;
    response.writeHead(200, { 'set-cookie': `interaction=${id}; Path=/interaction/${id}` }).end(knobs.page ?? form);
  };
  const back = (query: URLSearchParams, response: ServerResponse): void => {
    const code = randomUUID();
    codes.set(code, { challenge: query.get('code_challenge') ?? '', nonce: query.get('nonce') ?? undefined });
    const answer = {
      ...(knobs.noCode
        ? {}
        : knobs.error === undefined
          ? { code }
          : { error: knobs.error, error_description: 'something broke' }),
      state: knobs.state ?? query.get('state') ?? '',
    };
    const uri = query.get('redirect_uri') ?? '';
    if (knobs.formPost) {
      const fields = Object.entries(answer).map(
        ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
      );
      return void response.end(
        `<body onload="document.forms[0].submit()"><form method="post" action="${uri}">${fields.join('')}</form>`,
      );
    }
    response.writeHead(303, { location: `${uri}?${new URLSearchParams(answer).toString()}` }).end();
  };
  const interaction = async (id: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const query = pending.get(id);
    const fields = new URLSearchParams(await bodyOf(request));
    if (!query || !request.headers.cookie?.includes(`interaction=${id}`)) return void response.writeHead(400).end();
    if (fields.get('consent') === 'yes') return back(query, response);
    passwords.push(fields.get('pw') ?? '');
    const right = fields.get('login') === account.username && fields.get('pw') === account.password;
    if (!right && !knobs.anyPassword) return page(query, response);
    if (!knobs.consent) return back(query, response);
    response.end(
      `<form method="post"><input type="hidden" name="consent" value="yes"><button>Continue</button></form>`,
    );
  };
  const issued = (grant: Grant): object => {
    const token = randomUUID();
    const refresh = randomUUID();
    tokens.add(token);
    refreshes.add(refresh);
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: knobs.issuer ?? url, sub: 'u-1', aud: knobs.audience ?? client.id, iat: now };
    const nonce = knobs.nonce ?? grant.nonce;
    const whole = { ...claims, exp: now + (knobs.lifetime ?? 300), ...(nonce === undefined ? {} : { nonce }) };
    return {
      access_token: token,
      token_type: 'Bearer',
      id_token: jwt(whole, (knobs.badSignature ? other : keys).privateKey),
      ...(knobs.noRefresh ? {} : { refresh_token: refresh }),
    };
  };
  const token = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const fields = new URLSearchParams(await bodyOf(request));
    clients.push(request.headers.authorization ?? '');
    if (knobs.token) return knobs.token(response);
    if (request.headers.authorization !== rightClient && fields.get('client_secret') !== client.secret)
      return json(response, 401, { error: 'invalid_client', error_description: 'client authentication failed' });
    if (fields.get('grant_type') === 'refresh_token') {
      const known = refreshes.delete(fields.get('refresh_token') ?? '');
      return json(
        response,
        known ? 200 : 400,
        known ? issued({ challenge: '', nonce: undefined }) : { error: 'invalid_grant' },
      );
    }
    const grant = codes.get(fields.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(fields.get('code_verifier') ?? '')
      .digest('base64url');
    codes.delete(fields.get('code') ?? '');
    if (!grant || grant.challenge !== challenge) return json(response, 400, { error: 'invalid_grant' });
    return json(response, 200, issued(grant));
  };
  const end = (response: ServerResponse): void => {
    if (!knobs.logoutForgets) tokens.clear();
    response.end('<p>You are signed out.</p><form action="/in" method="post"><input type="password" name="pw"></form>');
  };
  const me = (request: IncomingMessage, response: ServerResponse): void => {
    const known = tokens.has(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    json(response, known ? 200 : 401, known ? { name: account.username } : {});
  };
  const server = await serve(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    asked.push(`${request.method} ${pathname.replace(/\/interaction\/.*/, '/interaction')}`);
    const id = /^\/interaction\/(.+)$/.exec(pathname)?.[1];
    if (id !== undefined) return interaction(id, request, response);
    const routes: Record<string, () => void | Promise<void>> = {
      '/.well-known/openid-configuration': () => discovery(response),
      '/auth': () => page(searchParams, response),
      '/token': () => token(request, response),
      '/keys': () =>
        json(response, 200, {
          keys: knobs.noKeys
            ? []
            : [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
        }),
      '/end': () => end(response),
      '/revoke': () => {
        if (!knobs.logoutForgets) tokens.clear();
        response.writeHead(200).end();
      },
      '/me': () => me(request, response),
    };
    return routes[pathname] ? routes[pathname]() : void response.writeHead(404).end();
  });
  url = server.url;
  return { ...server, knobs, asked, passwords, clients };
};
