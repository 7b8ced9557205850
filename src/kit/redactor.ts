// Masks everything that must not be seen, in every encoding: the one choke point before any output.
import { type Decoded, decodeOnce } from './decoding.ts';
import { type Needle, needlesOf, shortestSecret } from './needles.ts';

/** Knows the secrets of a run and masks them. Redact first, cut afterwards: half a secret is not recognised. */
export interface Redactor {
  /**
   * From now on `secret` is shown as `[name]`. Values below 4 characters are not learned: masking them would tear holes
   * into every text (profiles refuse such secrets).
   */
  learn(secret: string, name: string): void;
  /**
   * The text with every learned value masked: raw, URL-encoded, JSON-escaped, as HTML entities (each up to 5 layers
   * deep and mixed), base64 and base64url at every alignment, hex. `user:password@` in URLs is masked even when it was
   * never learned.
   */
  text(text: string): string;
  /** The data with every string and key masked: a copy where anything was, the very same where nothing was. */
  json<T>(value: T): T;
}

/** A range of a text that is masked; of overlapping ones the name of the longest secret stands. */
interface Mask {
  start: number;
  end: number;
  name: string;
  weight: number;
}

/** Deeper nesting (a URL in JSON in HTML in a URL …) is not looked into. */
const deepestLayer = 5;

/** Needles by their first four characters, behind a small filter that says "no" for almost every place of a text. */
interface Index {
  filter: Uint8Array;
  needles: Map<string, Needle[]>;
}

const hash = (a: number, b: number, c: number, d: number): number => (a + b * 7 + c * 61 + d * 509) & 0xffff;

const addNeedle = ({ filter, needles }: Index, needle: Needle): void => {
  const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((place) => needle.text.charCodeAt(place));
  filter[hash(a, b, c, d)] = 1;
  const key = needle.text.slice(0, 4);
  const known = needles.get(key);
  if (known === undefined) needles.set(key, [needle]);
  else known.push(needle);
};

const masksAt = (text: string, start: number, candidates: readonly Needle[]): Mask[] =>
  candidates
    .filter((needle) => text.startsWith(needle.text, start))
    .map(({ text: { length }, name, weight, before, after }) => ({
      start: Math.max(0, start - before),
      end: Math.min(text.length, start + length + after),
      name,
      weight,
    }));

const findLearned = (text: string, { filter, needles }: Index): Mask[] => {
  const masks: Mask[] = [];
  if (needles.size === 0) return masks;
  let [a, b, c] = [text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2)];
  for (let place = 3; place < text.length; place += 1) {
    const d = text.charCodeAt(place);
    if (filter[hash(a, b, c, d)] === 1)
      masks.push(...masksAt(text, place - 3, needles.get(text.slice(place - 3, place + 1)) ?? []));
    [a, b, c] = [b, c, d];
  }
  return masks;
};

/** The `user:password` of every URL in a text. */
const findUserinfo = (text: string): Mask[] => {
  const masks: Mask[] = [];
  for (let slashes = text.indexOf('://'); slashes >= 0; slashes = text.indexOf('://', slashes + 3)) {
    const start = slashes + 3;
    const length = text.slice(start, start + 1024).search(/[\s/?#"'<>]|$/);
    const at = text.slice(start, start + length).lastIndexOf('@');
    if (at > 0) masks.push({ start, end: start + at, name: 'userinfo', weight: 0 });
  }
  return masks;
};

/** From a range of the innermost layer to one of the text itself. */
const toSurface = (layers: readonly Decoded[], mask: Mask): Mask => {
  const [start, end] = layers.reduceRight(([from, to], layer) => layer.origin(from, to), [mask.start, mask.end]);
  return { ...mask, start, end };
};

const findAll = (text: string, index: Index): Mask[] => {
  const layers: Decoded[] = [];
  const masks: Mask[] = [];
  for (let current: string | undefined = text; current !== undefined && layers.length <= deepestLayer; ) {
    const found = [...findUserinfo(current), ...findLearned(current, index)];
    for (const mask of found) masks.push(toSurface(layers, mask));
    const next: Decoded | undefined = decodeOnce(current);
    if (next !== undefined) layers.push(next);
    current = next?.text;
  }
  return masks;
};

/** Masks that touch become one, under the name of the longest secret. */
const united = (masks: Mask[]): Mask[] => {
  const rest: Mask[] = [];
  for (const mask of masks.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = rest.at(-1);
    if (last === undefined || mask.start >= last.end) rest.push({ ...mask });
    else {
      last.end = Math.max(last.end, mask.end);
      if (mask.weight > last.weight) [last.name, last.weight] = [mask.name, mask.weight];
    }
  }
  return rest;
};

const masked = (text: string, index: Index): string => {
  const masks = united(findAll(text, index));
  let result = '';
  let copied = 0;
  for (const { start, end, name } of masks) {
    result += `${text.slice(copied, start)}[${name}]`;
    copied = end;
  }
  return masks.length === 0 ? text : result + text.slice(copied);
};

/** Whether nothing in it is masked: nearly always, and looking costs less than copying. */
const isClean = (value: unknown, text: (value: string) => string): boolean => {
  if (typeof value === 'string') return text(value) === value;
  if (Array.isArray(value)) return value.every((item) => isClean(item, text));
  if (value === null || typeof value !== 'object') return true;
  for (const [key, item] of Object.entries(value)) if (text(key) !== key || !isClean(item, text)) return false;
  return true;
};

const deep = (value: unknown, text: (value: string) => string): unknown => {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => deep(item, text));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), deep(item, text)]));
};

/** The keys of a record, and most of its texts, stand in it a thousand times. */
const onceEach = (text: (value: string) => string): ((value: string) => string) => {
  const known = new Map<string, string>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const after = text(value);
    known.set(value, after);
    return after;
  };
};

/** A redactor that knows nothing yet. */
export const createRedactor = (): Redactor => {
  const index: Index = { filter: new Uint8Array(0x1_0000), needles: new Map() };
  const learned = new Set<string>();
  const text = (input: string): string => masked(input, index);
  return {
    learn: (secret, name) => {
      if (secret.length < shortestSecret || learned.has(secret)) return;
      learned.add(secret);
      // A password that is the name of its field would be shown by its own mask, and masked again by the next pass.
      const shown = name.includes(secret) ? '***' : name;
      for (const needle of needlesOf(secret, shown)) addNeedle(index, needle);
    },
    text,
    json: <T>(value: T): T => {
      const known = onceEach(text);
      return isClean(value, known) ? value : (deep(value, known) as T);
    },
  };
};
