// Reads `${…}` in a text: variables, environment, secrets. Says what is wrong; looks nothing up.
import { clip } from '../kit/index.ts';

/** What a `${…}` refers to. */
export type Reference =
  | { by: 'var'; name: string }
  | { by: 'env'; name: string; fallback?: string }
  | { by: 'secret'; name: string }
  | { by: 'file'; path: string }
  | { by: 'exec'; argv: readonly [string, ...string[]] };

/** A stretch of a text: as written, a reference, or something that is neither. */
export type Piece = { text: string } | { reference: Reference; written: string } | { wrong: string };

const forms = '${name}, ${env:NAME}, ${env:NAME:-default}, ${secret:NAME}, ${secret:file:PATH}, ${secret:exec:COMMAND}';

const wordsOf = (command: string): string[] =>
  [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) => double ?? single ?? bare ?? '');

const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);

const execReference = (command: string): Reference | undefined => {
  const [program, ...rest] = wordsOf(command);
  return program ? { by: 'exec', argv: [program, ...rest] } : undefined;
};

const secretReference = (rest: string): Reference | undefined => {
  if (rest.startsWith('exec:')) return execReference(rest.slice('exec:'.length));
  const path = rest.startsWith('file:') ? rest.slice('file:'.length).trim() : undefined;
  if (path !== undefined) return path === '' ? undefined : { by: 'file', path };
  return isName(rest) ? { by: 'secret', name: rest } : undefined;
};

const envReference = (rest: string): Reference | undefined => {
  const [name = '', ...fallback] = rest.split(':-');
  if (!isName(name)) return undefined;
  return fallback.length === 0 ? { by: 'env', name } : { by: 'env', name, fallback: fallback.join(':-') };
};

const referenceOf = (inside: string): Reference | undefined => {
  if (inside.startsWith('env:')) return envReference(inside.slice('env:'.length));
  if (inside.startsWith('secret:')) return secretReference(inside.slice('secret:'.length));
  return /^[A-Za-z_][\w-]*$/.test(inside) ? { by: 'var', name: inside } : undefined;
};

const pieceOf = (written: string): Piece => {
  if (written === '$${') return { text: '${' };
  const shown = clip(written, 80);
  if (!written.endsWith('}')) return { wrong: `"${shown}" has no closing brace; write $\${ for a plain \${` };
  const inside = written.slice(2, -1);
  if (inside.includes('${')) return { wrong: `"${shown}" holds a reference inside a reference, which is not possible` };
  const reference = referenceOf(inside);
  return reference ? { reference, written } : { wrong: `"${shown}" is not a reference; write one of ${forms}` };
};

/** A text as it has to be written in a profile to mean itself; by a function, because `$$` in a replacement is one `$`. */
export const literal = (text: string): string => text.replaceAll('${', () => '$${');

/** Whether a text needs reading at all. */
export const mayRefer = (text: string): boolean => text.includes('${');

/** The pieces of a text in order. `$${` stands for a plain `${`. */
export const piecesOf = (text: string): Piece[] => {
  const pieces: Piece[] = [];
  let copied = 0;
  for (const match of text.matchAll(/\$\$\{|\$\{[^}]*\}?/g)) {
    if (match.index > copied) pieces.push({ text: text.slice(copied, match.index) });
    pieces.push(pieceOf(match[0]));
    copied = match.index + match[0].length;
  }
  if (copied < text.length) pieces.push({ text: text.slice(copied) });
  return pieces;
};

/** Names of the variables that a text refers to. */
export const variablesIn = (text: string): string[] =>
  piecesOf(text).flatMap((piece) =>
    'reference' in piece && piece.reference.by === 'var' ? [piece.reference.name] : [],
  );
