// Undoes one layer of URL, JSON and HTML escapes and remembers where every character came from.

/** A text with one layer of escapes undone. */
export interface Decoded {
  text: string;
  /** The range of the text before that a range of this text came from. */
  origin(start: number, end: number): [start: number, end: number];
}

const escapePattern = (): RegExp =>
  /%[\da-f]{2}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\["'\\/bfnrt]|&#\d{1,7};|&#x[\da-f]{1,6};|&[a-z]{2,8};/gi;

const control: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The entities of HTML that stand for one ASCII character: `name` and character in turn. */
const entityPairs =
  'excl ! quot " QUOT " num # dollar $ percnt % amp & AMP & apos \' lpar ( rpar ) ast * midast * plus + comma , ' +
  'period . sol / colon : semi ; lt < LT < equals = gt > GT > quest ? commat @ lsqb [ lbrack [ bsol \\ rsqb ] rbrack ] ' +
  'Hat ^ lowbar _ grave ` lcub { lbrace { verbar | vert | rcub } rbrace } hyphen - Tab \t NewLine \n';

const entities = (): Map<string, string> => {
  const words = entityPairs.split(' ');
  return new Map(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? '']] : [])));
};

const codePoint = (digits: string, radix: number): string | undefined => {
  const code = Number.parseInt(digits, radix);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
};

/** What an escape stands for; `%C3` is one byte, so that needles are compared as bytes, too. */
const meaning = (escape: string, named: Map<string, string>): string | undefined => {
  const second = escape[1] ?? '';
  if (escape.startsWith('%')) return codePoint(escape.slice(1), 16);
  if (escape.startsWith('\\')) return escape.length > 2 ? codePoint(escape.slice(2), 16) : (control[second] ?? second);
  if (second !== '#') return named.get(escape.slice(1, -1));
  return /x/i.test(escape[2] ?? '') ? codePoint(escape.slice(3, -1), 16) : codePoint(escape.slice(2, -1), 10);
};

/** Where an escape stood before (`from`, `to`) and stands now (`at`, `end`). */
interface Step {
  from: number;
  to: number;
  at: number;
  end: number;
}

/** The last step that begins at or before a place of the decoded text. */
const stepBefore = (steps: readonly Step[], place: number): Step | undefined => {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle]?.at ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1];
};

/** The range before, of the one character at `place`. */
const cameFrom = (steps: readonly Step[], place: number): [number, number] => {
  const step = stepBefore(steps, place);
  if (step === undefined) return [place, place + 1];
  if (place < step.end) return [step.from, step.to];
  const start = step.to + place - step.end;
  return [start, start + 1];
};

/** Undoes one layer; undefined when there is nothing to undo. */
export const decodeOnce = (text: string): Decoded | undefined => {
  if (!/[%\\&]/.test(text)) return undefined;
  const steps: Step[] = [];
  const named = entities();
  const pattern = escapePattern();
  let decoded = '';
  let copied = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const character = meaning(match[0], named);
    if (character === undefined) continue;
    decoded += text.slice(copied, match.index);
    copied = match.index + match[0].length;
    steps.push({ from: match.index, to: copied, at: decoded.length, end: decoded.length + character.length });
    decoded += character;
  }
  if (steps.length === 0) return undefined;
  const origin = (start: number, end: number): [number, number] => [
    cameFrom(steps, start)[0],
    cameFrom(steps, end - 1)[1],
  ];
  return { text: decoded + text.slice(copied), origin };
};
