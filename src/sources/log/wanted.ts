// What a selector asks of each line: to be counted, or to be put into the bucket of one of its numeric fields.
import { type Fits, parseSelector } from '../../kit/selector.ts';
import type { Series } from '../../kit/source.ts';
import { bucketOf, numberOf } from './buckets.ts';
import type { Fields } from './formats.ts';

/** The metric that counts lines; any other name is that of a numeric field. */
export const linesMetric = 'lines';

/** Of a longer text only the beginning is matched as `line`. */
const longestField = 16 * 1024;

/** One selector, compiled. */
export interface Wanted {
  /** `lines`, or the field. */
  name: string;
  /** The labels of the series that a line counts for; undefined when it counts for none. */
  labelsFor(line: string, fields: Fields | undefined): Series['labels'] | undefined;
}

/** Whether a selector looks at the text of a line, which every line has. */
const asksForText = (selector: string): boolean => /[{,]\s*line\s*(?:=|!)/.test(selector);

/** Compiles a selector. Throws a `UsageError` for what is none. */
export const wantedBy = (selector: string): Wanted => {
  const fits: Fits = parseSelector(selector);
  const name = /^\s*([a-zA-Z_:][\w:]*)?/.exec(selector)?.[1] ?? linesMetric;
  const isFit = (line: string, fields: Fields | undefined): boolean =>
    fits({ ...fields, line: line.slice(0, longestField), __name__: name });
  if (name === linesMetric) {
    const labels = { __name__: name };
    // What is not in the format is no request: the lines of a stack trace would make a rate of errors small.
    const all = asksForText(selector);
    const counts = (line: string, fields: Fields | undefined): boolean =>
      (all || fields !== undefined) && isFit(line, fields);
    return { name, labelsFor: (line, fields) => (counts(line, fields) ? labels : undefined) };
  }
  return {
    name,
    labelsFor: (line, fields) => {
      const value = numberOf(fields?.[name]);
      return value !== undefined && isFit(line, fields) ? { __name__: name, ...bucketOf(value) } : undefined;
    },
  };
};

/** Series by their labels, with what was counted for them. */
export type Counts = Map<string, { labels: Series['labels']; value: number }>;

/** Counters of one selector; lines are always there, buckets once something fell into them. */
export const startCounts = ({ name }: Wanted): Counts => {
  const labels = { __name__: name };
  return new Map(name === linesMetric ? [[keyOf(labels), { labels, value: 0 }]] : []);
};

/** Names a series among those of one selector. */
export const keyOf = ({ gt, le }: Series['labels']): string => `${gt} ${le}`;

/** Counts one line. */
export const countLine = (counts: Counts, labels: Series['labels']): void => {
  const known = counts.get(keyOf(labels));
  if (known) known.value += 1;
  else counts.set(keyOf(labels), { labels, value: 1 });
};
