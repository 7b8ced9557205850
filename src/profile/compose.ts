// Text → YAML document, with bounds that the parser does not have itself.
import type { Document, LineCounter, ParsedNode } from 'yaml';

type Yaml = typeof import('yaml');

/** Open collections at one place; a level of a profile takes one or two. */
const deepestStack = 200;

/** A parsed file, and where a second document begins; or where its nesting goes beyond all bounds. */
export type Composed = { document: Document.Parsed<ParsedNode>; second?: number } | { tooDeepAt: number };

/** Thrown from within the parser's loop. */
class TooDeep extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super('nested too deeply');
    this.offset = offset;
  }
}

/** As the library's own `Parser.parse`, but it stops before a depth at which composing would overflow the stack. */
function* tokensOf({ Lexer, Parser }: Yaml, text: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > deepestStack) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}

/**
 * Reads the first document. Duplicate keys are not looked for here: the library compares each key with all others, which
 * takes minutes at 1 MiB.
 */
export const compose = (yaml: Yaml, text: string, lines: LineCounter): Composed => {
  const composer = new yaml.Composer({ stringKeys: true, uniqueKeys: false, prettyErrors: false });
  try {
    const [document, second] = [...composer.compose(tokensOf(yaml, text, lines), true, text.length)];
    if (document === undefined) throw new Error('the YAML composer gave no document');
    return { document, ...(second && { second: second.range[0] }) };
  } catch (error) {
    if (error instanceof TooDeep) return { tooDeepAt: error.offset };
    throw error;
  }
};
