// Selectors put together from what the author wrote: `total`, the matchers of its errors, what is excluded.

const name = String.raw`[a-zA-Z_:][\w:.]*`;
const matcher = String.raw`\s*[a-zA-Z_][\w.]*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"\s*`;
const list = String.raw`${matcher}(?:,${matcher})*,?\s*`;
const selectorForm = new RegExp(String.raw`^\s*(?:${name}\s*(?:\{(?:${list})?\s*\})?|\{${list}\})\s*$`);
const listForm = new RegExp(`^${list}$`);
const oneForm = new RegExp(`^${matcher}$`);

/** `http_requests_total{app="auth"}`: a metric with matchers, without functions and ranges. */
export const isSelector = (text: string): boolean => selectorForm.test(text);

/** `code=~"5..",route="/me"`: matchers without a metric. */
export const isMatchers = (text: string): boolean => listForm.test(text);

/** `client="probe"`: exactly one matcher. */
export const isOneMatcher = (text: string): boolean => oneForm.test(text);

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
  text.trim().replace(/^([\w.]+)\s*(=~|!~|!=|=)/, (_, label: string, operator: string) => label + opposite[operator]);

/** The two selectors that are read: all requests, and the failed ones among them. */
export const selectorsOf = (query: {
  total: string;
  errors: string;
  exclude?: string | undefined;
}): [string, string] => {
  const errors = isMatchers(query.errors) ? withMatchers(query.total, query.errors) : query.errors;
  const rest = query.exclude === undefined ? undefined : negated(query.exclude);
  return rest === undefined ? [query.total, errors] : [withMatchers(query.total, rest), withMatchers(errors, rest)];
};
