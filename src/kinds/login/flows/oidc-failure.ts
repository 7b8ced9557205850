// What the OpenID provider did wrong, as sentences: the library's errors say it in the words of its code.
import { duration } from '../../../kit/text.ts';
import { StepProblem, turnedAway } from '../visits.ts';

interface LibraryError extends Error {
  code: string;
  error?: string;
  error_description?: string;
  status?: number;
}

/** Fields of the causes that the library attaches. */
interface Cause {
  status?: number;
  headers?: Headers;
  claim?: string;
  claims?: Record<string, unknown>;
  expected?: unknown;
  body?: Record<string, unknown>;
  attribute?: string;
  now?: number;
  header?: { alg?: string; kid?: string };
  alg?: string;
}

const isLibraryError = (error: unknown): error is LibraryError =>
  error instanceof Error && typeof (error as { code?: unknown }).code === 'string' && error.name !== 'HttpFailure';

const said = ({ error, error_description: more }: LibraryError): string =>
  `"${error}"${more === undefined ? '' : ` (${more})`}`;

/** Values that name parties may be shown; a nonce may not. */
const claimText = ({ claim, claims, expected }: Cause): string => {
  if (claim === 'nonce') return 'the nonce of the ID token is not the one that was sent: it belongs to another login';
  const found = JSON.stringify(claims?.[claim ?? ''] ?? null);
  const want = expected === undefined ? '' : `, expected ${JSON.stringify(expected)}`;
  return `the claim ${claim} of the ID token is ${found}${want}`;
};

const timeText = ({ claim, claims, now = 0 }: Cause): string => {
  const at = Number(claims?.[claim ?? '']);
  const off = duration(Math.abs(now - at) * 1000);
  const what = claim === 'exp' ? `expired ${off} ago` : `is valid only in ${off}`;
  return `the ID token ${what} (${claim}): compare the clocks of the provider and of this machine`;
};

const contentTypeOf = ({ headers }: Cause): string => headers?.get('content-type') ?? 'no content type';

type Sentence = (error: LibraryError, cause: Cause, where: string) => string;

const sentences: Record<string, Sentence> = {
  OAUTH_RESPONSE_BODY_ERROR: (error, _, where) => `${where} answered ${error.status} with ${said(error)}`,
  OAUTH_AUTHORIZATION_RESPONSE_ERROR: (error) => `the provider sent the browser back with ${said(error)}`,
  OAUTH_WWW_AUTHENTICATE_CHALLENGE: ({ status }, _, where) =>
    `${where} answered ${status}: it does not know the client, or not by this secret`,
  OAUTH_RESPONSE_IS_NOT_CONFORM: (_, { status }, where) => `${where} answered status ${status}`,
  OAUTH_RESPONSE_IS_NOT_JSON: (_, cause, where) =>
    `${where} answered ${contentTypeOf(cause)} instead of JSON (status ${cause.status})`,
  OAUTH_PARSE_ERROR: (_, __, where) => `${where} answered something that is not JSON`,
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: (_, { body, expected, attribute = '' }, where) =>
    `${where} names the ${attribute} ${JSON.stringify(body?.[attribute])}, expected ${JSON.stringify(expected)}`,
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: (_, cause) => claimText(cause),
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: (_, cause) => timeText(cause),
  OAUTH_KEY_SELECTION_FAILED: (_, { header }) =>
    `the provider publishes no key that fits the ID token (alg ${header?.alg}, kid ${header?.kid ?? 'none'})`,
  OAUTH_MISSING_SERVER_METADATA: (_, { attribute }) => `the discovery document has no ${attribute}`,
  OAUTH_INVALID_SERVER_METADATA: (_, { attribute }) => `${attribute} in the discovery document is no URL`,
  OAUTH_HTTP_REQUEST_FORBIDDEN: () => 'the discovery document of an https issuer names an http endpoint',
  OAUTH_UNSUPPORTED_OPERATION: ({ message }, { alg, header }) =>
    `the ID token cannot be checked: ${message} (${alg ?? header?.alg ?? 'unknown'})`,
};

const invalid = (message: string, where: string): string => {
  if (message.includes('signature verification failed'))
    return "the signature of the ID token does not fit the provider's key";
  if (message.includes('"state" missing')) return 'the provider sent the browser back without state';
  if (message.includes('"state"'))
    return 'the provider sent the browser back with a state that is not ours: the answer belongs to another login';
  if (message.includes('authorization code')) return 'the provider sent the browser back without a code';
  if (message.includes('response parameter "iss"') || message.includes('"iss" (issuer) response'))
    return 'the provider sent the browser back as another issuer';
  return `${where} is not as the protocol says: ${message.replaceAll('"', '')}`;
};

/** Errors by which a provider says that it did not let the account in. */
const refusals = ['access_denied', 'login_required', 'interaction_required', 'account_selection_required'];

/** A library's error as a `StepProblem`; every other error as it is. `where`: who answered. */
export const providerFailure = (error: unknown, where: string): unknown => {
  if (!isLibraryError(error)) return error;
  const cause = (error.cause ?? {}) as Cause;
  const text = sentences[error.code]?.(error, cause, where) ?? invalid(error.message, where);
  const isRefusal =
    error.code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR' && error.error !== undefined && refusals.includes(error.error);
  return new StepProblem(text, isRefusal ? turnedAway : '');
};
