// Parses the Prometheus text format (version 0.0.4, and the lines of OpenMetrics that look alike).

/** One line of a metrics page. */
export interface TextSample {
  /** With the metric's name as `__name__`. */
  labels: Record<string, string>;
  value: number;
}

/** A metrics page that cannot be read; the message names the line. */
export class MetricsTextError extends Error {
  constructor(line: number, text: string, what: string) {
    super(`line ${line} is malformed (${what}): ${text.length > 120 ? `${text.slice(0, 120)}…` : text}`);
    this.name = 'MetricsTextError';
  }
}

const namePattern = /^[a-zA-Z_:][\w:]*/;
const labelPattern = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|(?=\}))/y;
// A timestamp and an exemplar (` # {…} 0.5`) may follow the value; neither is needed.
const valuePattern = /^\s+(\S+)(?:\s+-?[\d.]+(?:e[+-]?\d+)?)?(?:\s+#.*)?\s*$/i;
const numberPattern = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

const unescape = (text: string): string =>
  text.includes('\\') ? text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)) : text;

/** The labels, and where they end; undefined when they are malformed. */
const parseLabels = (line: string, from: number): { labels: Record<string, string>; end: number } | undefined => {
  const labels: Record<string, string> = {};
  let at = from + 1;
  for (;;) {
    const blank = /\s*\}/y;
    blank.lastIndex = at;
    if (blank.test(line)) return { labels, end: blank.lastIndex };
    labelPattern.lastIndex = at;
    const found = labelPattern.exec(line);
    if (!found) return undefined;
    labels[found[1] ?? ''] = unescape(found[2] ?? '');
    at = labelPattern.lastIndex;
  }
};

const toNumber = (text: string): number => {
  if (/^[+-]?inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return Number(text);
};

const parseLine = (line: string, number: number): TextSample => {
  const fail = (what: string): never => {
    throw new MetricsTextError(number, line, what);
  };
  const name = namePattern.exec(line)?.[0] ?? fail('no metric name');
  const open = line.slice(name.length).match(/^\s*\{/)?.[0];
  const parsed =
    open === undefined
      ? { labels: {}, end: name.length }
      : (parseLabels(line, name.length + open.length - 1) ?? fail('labels'));
  const value = valuePattern.exec(line.slice(parsed.end))?.[1] ?? fail('no value');
  if (!numberPattern.test(value)) fail(`"${value}" is no number`);
  return { labels: { ...parsed.labels, __name__: name }, value: toNumber(value) };
};

/** All samples of a page, in order. Throws a `MetricsTextError` for the first malformed line. */
export const parseMetricsText = (text: string): TextSample[] =>
  text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    return line === '' || line.startsWith('#') ? [] : [parseLine(line, index + 1)];
  });
