// What token endpoints and GraphQL services say about a password: their statuses alone tell too little.
import { jsonAt, parseJson } from '../../http/json-path.ts';
import type { Answer } from '../../http/matcher.ts';
import { type PasswordAnswers, readPasswordAnswer, type Reading, type Rules, saysThrottled } from '../classify.ts';
import { quote } from './quote.ts';

const textAt = (body: string, path: string): string | undefined => {
  const found = jsonAt(parseJson(body) ?? null, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
};

const typeOf = ({ headers }: Answer): string => headers['content-type']?.[0] ?? 'no content type';

/**
 * The answer of a token endpoint. `refusals`: the errors (RFC 6749 5.2) that say that the password is wrong; every other
 * one, like `invalid_scope`, is a fault.
 */
export const readTokenAnswer = (answers: PasswordAnswers, refusals: readonly string[], rules: Rules): Reading => {
  const { last } = answers;
  const read = readPasswordAnswer(answers, rules);
  if (read.outcome === 'throttled' || rules.spec.refusedLogin) return read;
  const error = textAt(last.body, 'error');
  if (error !== undefined) {
    const more = textAt(last.body, 'error_description');
    const note = `status ${last.status}, ${quote(error)}${more === undefined ? '' : `: ${quote(more)}`}`;
    return { outcome: refusals.includes(error) && last.status < 500 ? 'refused' : 'broken', note };
  }
  if (last.status < 400 && last.body !== '' && parseJson(last.body) === undefined)
    return { outcome: 'broken', note: `the token endpoint answered ${typeOf(last)} instead of JSON` };
  return read.outcome === 'refused' && refusals.length === 0 ? { ...read, outcome: 'broken' } : read;
};

const brokenCode =
  /INTERNAL|UNAVAILABLE|TIMEOUT|PARSE_FAILED|VALIDATION_FAILED|BAD_USER_INPUT|BAD_REQUEST|PERSISTED_QUERY|OPERATION_RESOLUTION/;
const throttledCode = /RATE|THROTTL|TOO_MANY|REQUESTS_EXCEEDED|LOCKED/;
/** The same faults by services that send no codes (graphql-js). */
const brokenText = /^(?:Syntax Error|Cannot query field|Unknown (?:argument|type|fragment)|Variable "|Internal)/;

/** The answer to a mutation: GraphQL says with status 200 what went wrong. */
export const readGraphqlAnswer = (answers: PasswordAnswers, rules: Rules): Reading => {
  const { last } = answers;
  const text = textAt(last.body, 'errors[0].message');
  const read = readPasswordAnswer(answers, rules);
  if (text === undefined || rules.spec.refusedLogin || read.outcome === 'throttled' || last.status >= 500) return read;
  const code = textAt(last.body, 'errors[0].extensions.code') ?? '';
  const note = `GraphQL says ${quote(text)}${code === '' ? '' : ` (${quote(code)})`}`;
  if (throttledCode.test(code) || saysThrottled(last, answers.before)) return { outcome: 'throttled', note };
  return { outcome: brokenCode.test(code) || brokenText.test(text) ? 'broken' : 'refused', note };
};
