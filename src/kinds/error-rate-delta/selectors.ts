// Selectors put together from what the author wrote: `total`, the matchers of its errors, what is excluded.
import { parseSelector } from '../../kit/index.ts';

const parses = (selector: string): boolean => {
  try {
    parseSelector(selector);
    return true;
  } catch {
    return false;
  }
};

/** `code=~"5..",route="/me"`: matchers without a metric. */
export const isMatchers = (text: string): boolean => text.trim() !== '' && parses(`any{${text}}`);

const oneForm = /^\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*$/;

/** `client="probe"`: exactly one matcher. */
export const isOneMatcher = (text: string): boolean => oneForm.test(text) && isMatchers(text);

/** A selector with more matchers: `a{b="c"}` and `d="e"` give `a{b="c",d="e"}`. */
export const withMatchers = (selector: string, matchers: string): string => {
  const trimmed = selector.trim();
  const open = trimmed.indexOf('{');
  if (open < 0) return `${trimmed}{${matchers.trim()}}`;
  const inside = trimmed.slice(open + 1, -1).replace(/[\s,]+$/, '');
  return `${trimmed.slice(0, open).trim()}{${inside === '' ? '' : `${inside},`}${matchers.trim()}}`;
};

const opposite: Record<string, string> = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' };

/** The matcher of everything else: `client="probe"` gives `client!="probe"`. */
export const negated = (text: string): string =>
  text.trim().replace(/^(\w+)\s*(=~|!~|!=|=)/, (_, label: string, operator: string) => label + opposite[operator]);

/** What a check asks of its source. */
interface Query {
  total: string;
  errors: string;
  exclude?: string | undefined;
  control?: string | undefined;
}

/** The selectors that are read: all requests and the failed ones among them, and both again of the control group where there is one. */
export const selectorsOf = ({ total, errors, exclude, control }: Query): string[] => {
  const failed = isMatchers(errors) ? withMatchers(total, errors) : errors;
  const counted =
    exclude === undefined ? [total, failed] : [total, failed].map((one) => withMatchers(one, negated(exclude)));
  if (control === undefined) return counted;
  return [negated(control), control].flatMap((group) => counted.map((one) => withMatchers(one, group)));
};
