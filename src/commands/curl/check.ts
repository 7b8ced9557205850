// A check of kind `http` out of a request that curl would send: what is secret in it goes into the environment.
import type { Curl } from './index.ts';
import { forShell, rendered, variablesIn } from './shell-words.ts';

/** The check, and what its user has to set. */
export interface CurlCheck {
  target: string;
  check: Record<string, unknown>;
  /** Variables that it needs: the name, and what belongs into it (as a shell reads it). */
  secrets: ReadonlyMap<string, { value: string; about: string }>;
}

type Mask = (field: string, text: string) => string;

/** Headers, fields and parameters that carry a secret by their names. */
const secretName =
  /pass|pwd|secret|token|credential|signature|session|api[-_]?key|^(?:authorization|cookie|key|sig|auth|pin|otp)$/i;

/** `Bearer abc`: the word in front is none. */
const scheme = /^((?:Bearer|Basic|Token|ApiKey|Digest) )([^]+)$/i;

const plainJson = /^application\/json(?:\s*;\s*charset=utf-8)?$/i;

/** `name` is that of the check: the variables begin with it. */
export const checkOf = (name: string, curl: Curl): CurlCheck => {
  const secrets = new Map<string, { value: string; about: string }>();
  const mask = maskInto(name, secrets);
  const { url, method, connectTo, timeout } = curl;
  const headers = headersOf(curl, mask, (text) => basic(name, text, secrets));
  const { type: _, ...body } = curl.body;
  const request = {
    [method.toLowerCase()]: pathOf(url, mask),
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) as object }),
    ...maskedBody(body, mask),
  };
  const check = {
    kind: 'http',
    title: name,
    ...(connectTo === undefined ? {} : { connectTo: rendered(connectTo) }),
    ...(timeout === undefined ? {} : { timeout: `${Math.ceil(timeout * 1000)}ms` }),
    request,
    expect: { status: 200 },
  };
  return { target: url.origin, check, secrets };
};

/** A text under a name that says it is secret becomes a reference, and its name is kept for the user. */
const maskInto =
  (name: string, secrets: Map<string, { value: string; about: string }>): Mask =>
  (field, text) => {
    if (!secretName.test(field) || text === '') return rendered(text);
    const [, word = '', rest = text] = scheme.exec(text) ?? [];
    const known = variablesIn(rest);
    for (const variable of known) secrets.set(variable, { value: '…', about: 'a variable of the curl line' });
    if (known.length > 0) return rendered(text, 'secret');
    const variable = variableOf(name, field, secrets);
    secrets.set(variable, { value: '…', about: 'was on the curl line; it belongs into the environment' });
    return `${word}\${secret:${variable}}`;
  };

/** Two fields of one name in one request have a variable each. */
const variableOf = (name: string, field: string, taken: ReadonlyMap<string, unknown>): string => {
  const first = `${name}_${field}`
    .replaceAll(/\W/g, '_')
    .toUpperCase()
    .replace(/^(?=\d)/, '_');
  for (let number = 1; ; number += 1) {
    const variable = number === 1 ? first : `${first}_${number}`;
    if (!taken.has(variable)) return variable;
  }
};

/** `-u user:password`: what the header needs is not what stood on the line. */
const basic = (name: string, user: string, secrets: Map<string, { value: string; about: string }>): string => {
  const variable = variableOf(name, 'authorization', secrets);
  const [account = ''] = user.split(':');
  const password = variablesIn(user.slice(account.length)).length > 0 ? forShell(user.slice(account.length + 1)) : '…';
  secrets.set(variable, {
    value: `"$(printf %s "${forShell(account)}:${password}" | base64 | tr -d '\\n')"`,
    about: 'the user and the password of the curl line',
  });
  return `Basic \${secret:${variable}}`;
};

const headersOf = (
  { headers, user, body }: Curl,
  mask: Mask,
  basicOf: (user: string) => string,
): [string, string][] => {
  const asItIs = headers.filter(([name, value]) => !(body.json !== undefined && isType(name) && plainJson.test(value)));
  const written = asItIs.map(([name, value]): [string, string] => [
    isType(name) ? 'content-type' : name,
    mask(name, value),
  ]);
  const type = body.type !== undefined && !headers.some(([name]) => isType(name)) ? [['content-type', body.type]] : [];
  const authorized = headers.some(([name]) => name.toLowerCase() === 'authorization');
  const login = user !== undefined && !authorized ? [['Authorization', basicOf(user)]] : [];
  return [...written, ...(type as [string, string][]), ...(login as [string, string][])];
};

const isType = (name: string): boolean => name.toLowerCase() === 'content-type';

/** The path with its query, encoded as on the line. */
const pathOf = ({ pathname, search }: URL, mask: Mask): string => {
  const query = search
    .slice(1)
    .split('&')
    .map((pair) => {
      const [, key = '', value = ''] = /^([^=]*=?)([^]*)$/.exec(pair) ?? [];
      return rendered(key) + mask(key.replace(/=$/, ''), value);
    });
  return rendered(pathname) + (search === '' ? '' : `?${query.join('&')}`);
};

const maskedBody = ({ form, json, body }: Curl['body'], mask: Mask): object => {
  if (form)
    return { form: Object.fromEntries(Object.entries(form).map(([key, value]) => [rendered(key), mask(key, value)])) };
  if (json !== undefined) return { json: maskedJson(json, '', mask) };
  return body === undefined ? {} : { body: rendered(body) };
};

const maskedJson = (value: unknown, key: string, mask: Mask): unknown => {
  if (typeof value === 'string') return mask(key, value);
  if (Array.isArray(value)) return value.map((item) => maskedJson(item, key, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskedJson(item, name, mask)]));
};

/** A body that is neither form nor JSON is written as it is: whoever reads it has to look for secrets. */
export const looksSecret = (text: string | undefined): boolean => text !== undefined && secretBody.test(text);
const secretBody = /pass(?:word|wd|phrase)|secret|token|api[-_]?key|credential/i;
