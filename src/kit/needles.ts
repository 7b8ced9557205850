// The texts under which one secret may appear in an output.
import { decodeOnce } from './decoding.ts';

/** Shorter values cannot be masked: they would tear holes into every text. */
export const shortestSecret = 4;

/** One form of a secret. */
export interface Needle {
  text: string;
  name: string;
  /** Length of the secret: of two secrets that overlap, the longer one gives the name. */
  weight: number;
  /** Neighbours that hold a part of the secret (base64 packs 3 bytes into 4 characters) and are masked with it. */
  before: number;
  after: number;
}

type Form = Pick<Needle, 'text' | 'before' | 'after'>;

const whole = (text: string): Form => ({ text, before: 0, after: 0 });

/** What is left when all escapes are undone: for a secret that itself looks escaped, in a text that is. */
const unescaped = (secret: string): string => {
  let text = secret;
  for (let next = decodeOnce(text); next !== undefined; next = decodeOnce(text)) text = next.text;
  return text;
};

/** Raw, as bytes (`%C3%A9` is undone to two), with + for each space. */
const plainForms = (secret: string): Form[] => {
  const texts = [secret, unescaped(secret)].flatMap((text) => [text, text.replaceAll(' ', '+')]);
  return texts.flatMap((text) => [text, Buffer.from(text, 'utf8').toString('latin1')]).map(whole);
};

/**
 * The characters of a base64 text that depend on the secret alone, when `offset` bytes stand before it. As in Jenkins'
 * credentials-binding plugin (Base64SecretPatternFactory).
 */
const base64Form = (bytes: Buffer, offset: 0 | 1 | 2): Form => {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  const bits = (offset + bytes.length) * 8;
  const first = [0, 2, 3][offset] ?? 0;
  return {
    text: text.slice(first, Math.floor(bits / 6)),
    before: offset === 0 ? 0 : 1,
    after: bits % 6 === 0 ? 0 : 1,
  };
};

const base64Forms = (secret: string): Form[] => {
  const bytes = Buffer.from(secret, 'utf8');
  return ([0, 1, 2] as const)
    .map((offset) => base64Form(bytes, offset))
    .flatMap((form) => [form, { ...form, text: form.text.replaceAll('+', '-').replaceAll('/', '_') }]);
};

const hexForms = (secret: string): Form[] => {
  const hex = Buffer.from(secret, 'utf8').toString('hex');
  return [whole(hex), whole(hex.toUpperCase())];
};

/** Long enough to stand for nothing else; a shorter line is masked where it is a good part of the secret. */
const longLine = 8;
const goodPart = 1 / 4;

/** The lines of a secret of several ones: logs and commands print, indent and encode them one by one. */
const linesOf = (secret: string): string[] => {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const telling = (line: string): boolean => line.length >= Math.min(longLine, secret.length * goodPart);
  return lines.length === 1 ? [] : lines.filter((line) => line.length >= shortestSecret && telling(line));
};

/** Where `base64` (76) and `openssl` (64) break their output. */
const base64Widths = [76, 64] as const;

/** What stands on the lines of a base64 text that is broken. */
const brokenBase64 = (secret: string): Form[] => {
  const text = Buffer.from(secret, 'utf8').toString('base64');
  return base64Widths
    .filter((width) => text.length > width)
    .flatMap((width) => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? [])
    .filter((line) => line.length >= longLine)
    .map(whole);
};

/** All forms of a secret, each once. */
export const needlesOf = (secret: string, name: string): Needle[] => {
  const texts = [secret, ...linesOf(secret)];
  const forms = texts.flatMap((text) => [
    ...plainForms(text),
    ...base64Forms(text),
    ...brokenBase64(text),
    ...hexForms(text),
  ]);
  const distinct = new Map(forms.filter(({ text }) => text.length >= shortestSecret).map((form) => [form.text, form]));
  return [...distinct.values()].map((form) => ({ ...form, name, weight: secret.length }));
};
