// Makes texts of others fit for a line on a screen: no secret, no control codes, no line breaks.
import { stripVTControlCharacters } from 'node:util';

type Redact = (text: string) => string;

// oxlint-disable-next-line no-control-regex -- control characters are what must go
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

// oxlint-disable-next-line no-control-regex -- the same; Node strips window titles only where they hold no space
const titles = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/**
 * What a CI takes for an order to itself when it stands in a log: `::set-output name=x::` at the start of a line, which
 * a broken line may have anywhere, and `##[…]`, `##vso[…]`, `##teamcity[…]` within it. See src/Runner.Common/ActionCommand.cs
 * of actions/runner. A zero-width character would not do: .NET compares as if it were not there.
 */
const orders =
  /:(?=:(?:error|warning|notice|debug|group|endgroup|echo|add-mask|add-matcher|remove-matcher|stop-commands|set-output|save-state|set-env|add-path|internal-set-repo-path)\b)|#(?=#(?:vso|teamcity)?\[)/gi;

/**
 * One line that may be cut: a page or a log under test cannot move the cursor, colour the screen, turn the writing
 * direction or give orders to a CI. Redacted twice, because a secret may hold a line break, and codes within a secret may hide it.
 */
export const clean = (text: string, redact: Redact): string =>
  redact(stripVTControlCharacters(redact(text).replace(titles, '')).replace(controls, ' '))
    .replace(orders, '$& ')
    .trim();

/** The same for every text inside plain data. */
export const cleanAll = <T>(value: T, redact: Redact): T => {
  if (typeof value === 'string') return clean(value, redact) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => cleanAll(item, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanAll(item, redact)])) as T;
};
