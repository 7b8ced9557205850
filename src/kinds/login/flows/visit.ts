// One request of a visitor, and the marks by which its values are known to be secret.

/** One request of a visitor. */
export interface Visit {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Without the headers of the session. */
  bare?: boolean;
}

/** Registers a value that must never appear in any output. */
export type Learn = (secret: string, name: string) => void;

const secretName = /csrf|xsrf|token|nonce|state|saml|ticket|wresult|code|secret|key/i;

/** A value that looks like a token, by the name of its field or by its length. */
export const isToken = (name: string, value: string): boolean =>
  value.length >= 8 && (secretName.test(name) || value.length >= 20);

/** Registers the parameters of a URL that look like tokens by name: codes, states, tickets. Length says nothing here. */
export const learnQuery = (url: string, learn: Learn): void => {
  const { searchParams, hash } = new URL(url);
  for (const [name, value] of [...searchParams, ...new URLSearchParams(hash.slice(1))])
    if (value.length >= 8 && secretName.test(name)) learn(value, name);
};
