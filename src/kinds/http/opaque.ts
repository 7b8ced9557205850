// Masks in what a service answered the values that look like tokens: nobody has told us that they are secret.

/** Named like a secret, and neither a word nor a number: `"access_token":"…"`, `session=…`. */
const named =
  /((?:token|secret|passw(?:or)?d|passphrase|session|sid|cookie|api[-_]?key|assertion|jwt|otp|ticket|credential)[\w-]{0,40}["']?\s*[:=]\s*["']?)((?=[\w+/=.~-]*\d)[\w+/=.~-]{6,}|[\w+/=.~-]{16,})/gi;

/** A JSON Web Token says itself what it is (RFC 7519). */
const webToken = /\beyJ[\w-]{8,2000}\.[\w-]*\.?[\w-]*/g;

/** So long and mixed that no word is like it. Dashes are not among it: the id of a request is often a UUID, and helps. */
const long = /(?<![\w+/=])(?=[A-Za-z+/=_]*\d)(?=[\d+/=_]*[A-Za-z])[\w+/=]{32,}/g;

/** The text without them. */
export const withoutTokens = (text: string): string =>
  text.replace(webToken, '[token]').replace(named, '$1[hidden]').replace(long, '[hidden]');
