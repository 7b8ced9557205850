// PromQL selectors, the form in which kinds ask for series: `name{label="x", other=~"re"}`.
import * as z from 'zod';
import { UsageError } from './errors.ts';
import { once } from './once.ts';
import { isPointer } from './pointer.ts';

/** Whether the labels of a series (with `__name__`) fit. */
export type Fits = (labels: Readonly<Record<string, string>>) => boolean;

type Operator = '=' | '!=' | '=~' | '!~';

interface Matcher {
  label: string;
  operator: Operator;
  value: string;
}

const namePattern = /^[a-zA-Z_:][\w:]*/;
const matcherPattern = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*(,|(?=\}))/;
const functionPattern = /^\s*(?:sum|avg|min|max|count|rate|irate|increase|delta|idelta|histogram_quantile)\b[^{]*\(/;

const remedies: readonly [RegExp, string][] = [
  [
    functionPattern,
    'give the raw counter or gauge alone: holdpoint takes increases and sums itself (a free query for prometheus: {{window}} in place of its window)',
  ],
  [/[[\]]/, 'leave out the window in brackets: holdpoint chooses it'],
  [/\}\s*\S|\boffset\b|\s[-+*/]\s/, 'give one selector without arithmetic, offset or anything behind it'],
];

const refuse = (selector: string, what: string): never => {
  const remedy = remedies.find(([pattern]) => pattern.test(selector))?.[1] ?? 'write it like up{job="auth"}';
  throw new UsageError(`"${selector}" is not a selector (${what}); ${remedy}`);
};

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

const unquote = (quoted: string): string =>
  quoted.slice(1, -1).replaceAll(/\\(.)/gs, (_, char: string) => escapes[char] ?? char);

const parseMatchers = (selector: string, braces: string): Matcher[] => {
  let rest = braces.slice(1);
  const matchers: Matcher[] = [];
  while (!/^\s*\}/.test(rest)) {
    const found = matcherPattern.exec(rest) ?? refuse(selector, `a label matcher is expected at "${rest}"`);
    matchers.push({
      label: found[1] ?? '',
      operator: (found[2] ?? '=') as Operator,
      value: unquote(found[3] ?? '""'),
    });
    rest = rest.slice(found[0].length);
  }
  if (rest.replace(/^\s*\}/, '').trim() !== '') refuse(selector, 'something follows the closing brace');
  return matchers;
};

const compileRegex = (selector: string, value: string): RegExp => {
  try {
    // Prometheus anchors both ends.
    return new RegExp(`^(?:${value})$`, 's');
  } catch (error) {
    throw new UsageError(`"${selector}" is not a selector: /${value}/ is not a regular expression`, { cause: error });
  }
};

/** An absent label is the empty text, as in Prometheus. */
const compile = (selector: string, { label, operator, value }: Matcher): Fits => {
  switch (operator) {
    case '=':
      return (labels) => (labels[label] ?? '') === value;
    case '!=':
      return (labels) => (labels[label] ?? '') !== value;
    case '=~': {
      const regex = compileRegex(selector, value);
      return (labels) => regex.test(labels[label] ?? '');
    }
    case '!~': {
      const regex = compileRegex(selector, value);
      return (labels) => !regex.test(labels[label] ?? '');
    }
    default:
      return operator satisfies never;
  }
};

/**
 * Compiles a selector. Throws a `UsageError` with the remedy for anything else: a function, a window, arithmetic, a
 * selector that fits every series.
 */
export const parseSelector = (selector: string): Fits => {
  const text = selector.trim();
  const name = namePattern.exec(text)?.[0] ?? '';
  const rest = text.slice(name.length).trim();
  if (rest !== '' && !rest.startsWith('{')) refuse(selector, `unexpected "${rest}"`);
  const matchers = rest === '' ? [] : parseMatchers(selector, rest);
  if (name === '' && !matchers.some(({ value }) => value !== '')) refuse(selector, 'it names no metric');
  const named: Matcher[] = name === '' ? [] : [{ label: '__name__', operator: '=', value: name }];
  const fits = [...named, ...matchers].map((matcher) => compile(selector, matcher));
  return (labels) => fits.every((one) => one(labels));
};

/** What stands in a free query for the length of its window. */
export const windowMark = '{{window}}';

/** A query of its author's own, such as `sum(increase(x_total[{{window}}]))`: its value is an increase, not a counter. */
export const isFreeQuery = (text: string): boolean => text.includes(windowMark);

/** A selector, a JSON pointer for the source `json`, or a free query for `prometheus`, as a key of a check: anything else is refused before the run. */
export const selectorText = once(() =>
  z.string().superRefine((text, context) => {
    if (isPointer(text) || isFreeQuery(text)) return;
    try {
      parseSelector(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof UsageError ? error.message : String(error) });
    }
  }),
);
