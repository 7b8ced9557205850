// The steps of the styles without a page: each is a request or two.
import type { RequestPlan } from '../../http/request.ts';
import type { FlowStep } from './flow-step.ts';
import type { Capture, LoginStep } from './step-keys.ts';
import type { GraphqlKeys, HeaderKeys, OauthKeys } from './token-keys.ts';

const request = (
  method: string,
  path: string,
  more: Partial<RequestPlan>,
  capture: Record<string, Capture> = {},
): LoginStep => ({
  verb: 'request',
  request: { method, path, headers: {}, ...more },
  capture,
});

const accept = { accept: 'application/json' };

/** The origin of a whole URL: its author named it, so the account may go there. */
const originIn = (path: string): string | undefined => (/^https?:/i.test(path) ? new URL(path).origin : undefined);

interface Sent {
  headers: Record<string, string>;
  form: Record<string, string>;
}

/** Who asks: the account itself, a client with or without a secret, or nobody. */
const client = ({ grant, client: named, auth }: OauthKeys): Sent => {
  if (grant === 'client_credentials')
    return auth === 'basic'
      ? { headers: { authorization: 'Basic {{basic}}' }, form: {} }
      : { headers: {}, form: { client_id: '{{username}}', client_secret: '{{password}}' } };
  if (named?.secret === undefined) return { headers: {}, form: named ? { client_id: named.id } : {} };
  return auth === 'basic'
    ? { headers: { authorization: 'Basic {{client}}' }, form: {} }
    : { headers: {}, form: { client_id: named.id, client_secret: '{{clientSecret}}' } };
};

/** RFC 6749 5.2; `invalid_client` in a password grant speaks of the client, not of the account. */
const refusals: Record<OauthKeys['grant'], string[]> = {
  client_credentials: ['invalid_client', 'access_denied'],
  password: ['invalid_grant', 'access_denied'],
};

const ask = (
  oauth: OauthKeys,
  name: string,
  path: string,
  form: Record<string, string>,
  capture: Record<string, Capture>,
): FlowStep => {
  const { headers, form: own } = client(oauth);
  const { grant } = oauth;
  const isAccount = grant === 'client_credentials' || form['password'] !== undefined;
  const at = originIn(path);
  const step = request('POST', path, { headers: { ...accept, ...headers }, form: { ...form, ...own } }, capture);
  return { name, step, carriesPassword: isAccount, reads: { refusals: isAccount ? refusals[grant] : [] }, at };
};

const taken = (json: string, optional = false): Capture => ({ json, optional });

/** A grant, and where wanted its renewal. */
export const oauthSteps = (oauth: OauthKeys): FlowStep[] => {
  const { grant, scope, params, token, refresh } = oauth;
  const account = grant === 'password' ? { username: '{{username}}', password: '{{password}}' } : {};
  const form = { grant_type: grant, ...account, ...(scope === undefined ? {} : { scope }), ...params };
  const first = ask(oauth, 'sign in', token, form, {
    token: taken('$.access_token'),
    refresh: taken('$.refresh_token', !refresh),
  });
  if (!refresh) return [first];
  const again = { grant_type: 'refresh_token', refresh_token: '{{refresh}}' };
  return [
    first,
    ask(oauth, 'refresh the token', token, again, {
      token: taken('$.access_token'),
      refresh: taken('$.refresh_token', true),
    }),
  ];
};

/** Revocation of the token. */
export const oauthLogoutSteps = (oauth: OauthKeys): FlowStep[] =>
  oauth.revoke === undefined ? [] : [ask(oauth, 'sign out', oauth.revoke, { token: '{{token}}' }, {})];

/** One mutation. */
export const graphqlSteps = ({ post, query, variables, token }: GraphqlKeys): FlowStep[] => [
  {
    name: 'sign in',
    step: request(
      'POST',
      post,
      { headers: accept, json: { query, variables } },
      token === undefined ? {} : { token: taken(token) },
    ),
    carriesPassword: true,
    reads: 'graphql',
  },
];

/** One request that carries the account, as all further ones will. */
export const basicSteps = ({ page }: HeaderKeys, probe: string): FlowStep[] => [
  {
    name: 'sign in',
    step: request('GET', page ?? probe, { headers: { authorization: 'Basic {{basic}}' } }),
    carriesPassword: true,
  },
];

/** The challenge, and its answer. */
export const digestSteps = ({ page }: HeaderKeys, probe: string): FlowStep[] => [
  { name: 'sign in', step: { verb: 'digest', path: page ?? probe }, carriesPassword: true },
];
