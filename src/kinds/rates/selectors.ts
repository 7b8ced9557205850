// Selectors put together from what the author wrote: the matchers of errors, what is excluded, the control group.
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
const withMatchers = (selector: string, matchers: string): string => {
  const trimmed = selector.trim();
  const open = trimmed.indexOf('{');
  if (open < 0) return `${trimmed}{${matchers.trim()}}`;
  const inside = trimmed.slice(open + 1, -1).replace(/[\s,]+$/, '');
  return `${trimmed.slice(0, open).trim()}{${inside === '' ? '' : `${inside},`}${matchers.trim()}}`;
};

const opposite: Record<string, string> = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' };

/** The matcher of everything else: `client="probe"` gives `client!="probe"`. */
const negated = (text: string): string =>
  text.trim().replace(/^(\w+)\s*(=~|!~|!=|=)/, (_, label: string, operator: string) => label + opposite[operator]);

/** What is left out of what is counted, and the group that is counted apart. */
interface Groups {
  exclude?: string | undefined;
  control?: string | undefined;
}

/** The selectors that are read: those given, and where there is a control group first without it and then of it alone. */
export const selectorsOf = (selectors: readonly string[], { exclude, control }: Groups): string[] => {
  const counted = exclude === undefined ? [...selectors] : selectors.map((one) => withMatchers(one, negated(exclude)));
  if (control === undefined) return counted;
  return [negated(control), control].flatMap((group) => counted.map((one) => withMatchers(one, group)));
};

/** The selector of failed requests: matchers are added to that of all requests. */
export const errorsOf = ({ total, errors }: { total: string; errors: string }): string =>
  isMatchers(errors) ? withMatchers(total, errors) : errors;
