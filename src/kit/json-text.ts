// Plain data as JSON for people and programs alike: indented, with what is short or repeated a thousand times on one line.

/** What fits is not broken. */
const widest = 120;

/** Lists whose items are many and alike: a line for each, however long, is a third of the bytes and can be searched. */
const inLines = ['samples', 'points'];

/** The text of a document that reads back the same; it ends with a line break. */
export const jsonText = (value: object): string => `${text(value, '', '')}\n`;

const flat = (value: unknown): string => JSON.stringify(value) ?? 'null';

const text = (value: unknown, key: string, margin: string): string => {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return flat(value);
  if (key !== '' && !isLarge(value)) {
    const short = flat(value);
    if (margin.length + key.length + short.length <= widest) return short;
  }
  return Array.isArray(value) ? list(value, key, margin) : fields(value, margin);
};

/** Samples make a document large: to write them twice only to see that they do not fit would be dear. */
const isLarge = (value: object): boolean =>
  Object.keys(value).length > 20 ||
  inLines.some((name) => name in value) ||
  (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null && isLarge(item as object)));

/** A thing of a list that holds nothing but words and numbers. */
const isRow = (item: unknown): boolean =>
  typeof item === 'object' && item !== null && Object.values(item).every((value) => typeof value !== 'object');

const list = (items: readonly unknown[], key: string, margin: string): string => {
  if (items.length === 0) return '[]';
  const inner = `${margin}  `;
  const lines = items.map(
    (item) => inner + (inLines.includes(key) || isRow(item) ? flat(item) : text(item, key, inner)),
  );
  return `[\n${lines.join(',\n')}\n${margin}]`;
};

const fields = (value: object, margin: string): string => {
  const inner = `${margin}  `;
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  const lines = given.map(([key, field]) => `${inner}${JSON.stringify(key)}: ${text(field, key, inner)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${margin}}`;
};
