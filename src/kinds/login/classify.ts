// What an answer means, as pure functions: granted, refused, throttled or broken. Never two values: during an outage
// a broken service looks like one that refuses.
import { type Answer, looksAtContent, type Matcher, matches, mismatch, type Values } from '../http/matcher.ts';
import { jsonAt, parseJson } from '../http/json-path.ts';
import { wordsOf } from '../http/words.ts';
import { asksForPassword } from './html.ts';
import type { StepOutcome } from './seen.ts';
import type { LoginSpec } from './spec.ts';

/** An outcome with what decided it, as half a sentence. */
export interface Reading {
  outcome: StepOutcome;
  note: string;
}

/** What the rules need to know beside the answer. */
export interface Rules {
  spec: LoginSpec;
  values: Values;
  /** Path of the page with the login form, where there is one. */
  loginPage: string | undefined;
}

/** The note of a login whose password was taken and whose next page failed. */
export const pageBehindFails = 'the password was accepted; the page behind it fails';
/** The note of a login whose password is answered by a redirect to a page that turns it away. */
export const pageBehindRefuses = 'the page after the password refuses the session';
/** How the note of a form that was turned away begins. */
export const formRefused = 'the form was turned away, not the password';
/** How the note of a login form with a captcha ends. */
export const asksCaptcha = 'with a captcha';

const reading = (outcome: StepOutcome, note: string): Reading => ({ outcome, note });

const pathOf = (url: string, base: string): string => new URL(url, base).pathname.replace(/\/$/, '');

const locationOf = (answer: Answer): string | undefined => answer.headers['location']?.[0];

/** Whether an answer sends its reader elsewhere. */
export const isRedirect = (answer: Answer): boolean =>
  [301, 302, 303, 307, 308].includes(answer.status) && locationOf(answer) !== undefined;

const phrases =
  /too many (?:failed |login |sign-?in )*(?:requests|attempts|logins)|account (?:is |has been )?(?:temporarily )?locked|rate limit(?:ed| exceeded)|login-throttled/i;

/** Plain enough to be believed on a 5xx, too: Node-RED answers 500 to an account that it locked out. */
const lockouts =
  /too many (?:failed )?(?:login|sign-?in|password) attempts|account (?:is |has been )?(?:temporarily )?locked/i;

/**
 * 423 and 429, a 4xx with Retry-After, or what the check names. A 503 with Retry-After is a broken service: load
 * shedding is what an exhausted pool looks like from outside.
 */
export const isThrottled = (answer: Answer, { spec, values }: Rules): Reading | undefined => {
  if (spec.throttled && matches(spec.throttled, answer, values))
    return reading('throttled', `the answer (status ${answer.status}) is what \`throttled\` describes`);
  const wait = answer.headers['retry-after']?.[0];
  const isOurs = answer.status >= 400 && answer.status < 500;
  if (wait !== undefined && isOurs) return reading('throttled', `status ${answer.status} with Retry-After: ${wait}`);
  return [423, 429].includes(answer.status) ? reading('throttled', `status ${answer.status}`) : undefined;
};

const captcha = /captcha|cf-turnstile|challenges\.cloudflare\.com/i;

/** A sentence of a lock-out, or a captcha, that the page before did not show, on an answer that turns the account away. */
export const saysThrottled = (answer: Answer, before: string): Reading | undefined => {
  const found = (answer.status < 500 ? phrases : lockouts).exec(answer.body)?.[0];
  if (found !== undefined && !phrases.test(before)) return reading('throttled', `the answer says "${found}"`);
  const isAsked = captcha.test(answer.body) && !captcha.test(before);
  return isAsked ? reading('throttled', 'the answer asks for a captcha, which the page before did not') : undefined;
};

const grants = (granted: Matcher, answer: Answer, { spec, values }: Rules): boolean => {
  if (!matches(granted, answer, values)) return false;
  // A status alone would take the login page for the page behind it.
  return looksAtContent(granted) || spec.probe.refused !== 'auto' || !asksForPassword(answer.body);
};

/** Codes by which GraphQL services turn a stranger away, with status 200. */
const graphqlRefusal = /^(?:UNAUTHENTICATED|UNAUTHORIZED|FORBIDDEN|INVALID_CREDENTIALS|INVALID_TOKEN|TOKEN_EXPIRED)$/;

const refusedByGraphql = ({ body }: Answer): Reading | undefined => {
  const code = body.startsWith('{') ? jsonAt(parseJson(body) ?? null, 'errors[0].extensions.code') : undefined;
  return typeof code === 'string' && graphqlRefusal.test(code) ? reading('refused', `GraphQL says ${code}`) : undefined;
};

const refusedByItself = (answer: Answer, url: string, { loginPage }: Rules): Reading | undefined => {
  if (answer.status === 401 || answer.status === 403) return reading('refused', `status ${answer.status}`);
  const location = locationOf(answer);
  const target = isRedirect(answer) && location !== undefined ? pathOf(location, url) : undefined;
  if (loginPage !== undefined && target === loginPage.replace(/\/$/, ''))
    return reading('refused', 'it leads to the login page');
  if (!isRedirect(answer) && asksForPassword(answer.body)) return reading('refused', 'the page asks for a password');
  return refusedByGraphql(answer);
};

/** What an answer to the probe means; undefined for a redirect that must be followed to know. */
export const readProbe = (answer: Answer, url: string, rules: Rules): Reading | undefined => {
  const { granted, refused } = rules.spec.probe;
  const throttled = isThrottled(answer, rules);
  if (throttled) return throttled;
  if (refused !== 'auto' && matches(refused, answer, rules.values))
    return reading('refused', 'the answer is what `probe.refused` describes');
  if (grants(granted, answer, rules)) return reading('granted', '');
  if (answer.status >= 500) return reading('broken', `status ${answer.status}`);
  const itself = refused === 'auto' ? refusedByItself(answer, url, rules) : undefined;
  if (itself) return itself;
  return isRedirect(answer) ? undefined : reading('broken', mismatch(granted, answer, rules.values) ?? 'it is neither');
};

/** The answers to the request that carried the password: the first, and the last after all redirects. */
export interface PasswordAnswers {
  first: Answer;
  last: Answer;
  /** URL of the last answer. */
  url: string;
  /** Body of the page before. */
  before: string;
}

const refusalStatus = [400, 401, 403, 422];

/** What frameworks say of a token that is missing or old. */
const forgery =
  /(?:csrf|xsrf)[^.<"]{0,60}|cross[- ]site request[^.<"]{0,60}|(?:authenticity|anti-?forgery) ?token[^.<"]{0,40}|page (?:has )?expired/i;

/** Such a token says nothing of the password. A form in the answer holds its token by name: that is no complaint. */
const formTurnedAway = (last: Answer): Reading | undefined => {
  if (last.status < 400 || last.status >= 500 || asksForPassword(last.body)) return undefined;
  const found = forgery.exec(wordsOf(last.body))?.[0].trim();
  return found === undefined ? undefined : reading('broken', `${formRefused}: the answer says "${found}"`);
};

const readRefusal = ({ first, last, url }: PasswordAnswers, rules: Rules): Reading | undefined => {
  const { refusedLogin } = rules.spec;
  if (refusedLogin && (matches(refusedLogin, first, rules.values) || matches(refusedLogin, last, rules.values)))
    return reading('refused', 'the answer is what `refusedLogin` describes');
  if (refusedLogin) return undefined;
  const turnedAway = formTurnedAway(last);
  if (turnedAway) return turnedAway;
  if (refusalStatus.includes(first.status)) return reading('refused', `status ${first.status}`);
  if (last.status < 400 && asksForPassword(last.body))
    return reading('refused', `the login form came back${captcha.test(last.body) ? `, ${asksCaptcha}` : ''}`);
  const isLoginPage = rules.loginPage !== undefined && pathOf(url, url) === rules.loginPage.replace(/\/$/, '');
  return last !== first && isLoginPage ? reading('refused', 'it leads back to the login page') : undefined;
};

/** What the answer to a password means; `granted` is provisional, the probe decides. */
export const readPasswordAnswer = (answers: PasswordAnswers, rules: Rules): Reading => {
  const { first, last, before } = answers;
  const throttled = isThrottled(first, rules) ?? isThrottled(last, rules);
  if (throttled) return throttled;
  const refusal = readRefusal(answers, rules);
  if (refusal) return saysThrottled(last, before) ?? refusal;
  if (first.status < 400 && last !== first && last.status >= 500) return reading('broken', pageBehindFails);
  if (first.status < 400 && last !== first && (last.status === 401 || last.status === 403))
    return saysThrottled(last, before) ?? reading('broken', pageBehindRefuses);
  if (last.status >= 400) return saysThrottled(last, before) ?? reading('broken', `status ${last.status}`);
  return reading('granted', '');
};

/** What any other step means: it must be answered below 400. */
export const readPlain = (last: Answer, rules: Rules): Reading =>
  isThrottled(last, rules) ??
  (last.status >= 400 ? reading('broken', `status ${last.status}`) : reading('granted', ''));
