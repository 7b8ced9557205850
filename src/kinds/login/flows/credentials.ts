// The account and the client in the forms in which headers carry them.
import type { LoginKeys } from '../keys.ts';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** As application/x-www-form-urlencoded writes one value. */
const formEncoded = (text: string): string => new URLSearchParams({ text }).toString().slice('text='.length);

/** RFC 6749 2.3.1: id and secret are form-encoded before they are joined; with `/`, `+` or `&` in them it matters. */
const clientBasic = (id: string, secret: string): string => base64(`${formEncoded(id)}:${formEncoded(secret)}`);

/** References that carry the password of the account. */
export const passwordReferences: readonly string[] = ['password', 'basic'];

/** Values for `{{basic}}` (the account) and `{{client}}` (the client of an `oauth` login), where a style needs them. */
export const derivedValues = (
  { basic, oauth }: LoginKeys['login'],
  username: string,
  password: string,
): Record<string, string> => {
  if (basic) return { basic: base64(`${username}:${password}`) };
  if (!oauth) return {};
  if (oauth.grant === 'client_credentials') return { basic: clientBasic(username, password) };
  const { id, secret } = oauth.client ?? {};
  return id === undefined || secret === undefined ? {} : { client: clientBasic(id, secret), clientSecret: secret };
};

/** Names of all derived values of a style. */
export const derivedNames = (login: LoginKeys['login']): string[] => Object.keys(derivedValues(login, '', ''));
