// Blanks out what is not code (comments, texts, regular expressions), so that plain patterns can be searched in the rest.

/** After one of these a slash begins a regular expression, not a division. */
const BEFORE_REGEXP = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|await|yield|throw|void))\s*$/;

const TOKENS = {
  lineComment: /\/\/[^\n]*/y,
  blockComment: /\/\*[^]*?\*\//y,
  text: /'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"/y,
  regexp: /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/[\\\n])+\/[a-z]*/y,
  // From a backtick or from the end of a `${…}` to the next backtick or `${`.
  template: /[`}](?:\\[^]|(?!\$\{)[^`\\])*(?:`|\$\{)/y,
};

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');
const keepEnds = (text: string): string => text[0] + blank(text.slice(1, -1)) + text.at(-1);

function match(token: RegExp, source: string, at: number): string | undefined {
  token.lastIndex = at;
  return token.exec(source)?.[0];
}

/** Braces that are open now: `true` for the `${` of a template, whose closing brace goes on with its text. */
type Braces = boolean[];

function piece(source: string, at: number, done: string, braces: Braces): { length: number; masked: string } {
  const comment = match(TOKENS.lineComment, source, at) ?? match(TOKENS.blockComment, source, at);
  if (comment !== undefined) return { length: comment.length, masked: blank(comment) };
  const text = match(TOKENS.text, source, at);
  if (text !== undefined) return { length: text.length, masked: keepEnds(text) };
  const char = source[at] ?? '';
  if (char === '/' && BEFORE_REGEXP.test(done.slice(-40))) {
    const regexp = match(TOKENS.regexp, source, at);
    if (regexp !== undefined) return { length: regexp.length, masked: keepEnds(regexp) };
  }
  if (char === '{') braces.push(false);
  const continuesTemplate = char === '}' && braces.pop() === true;
  if (char !== '`' && !continuesTemplate) return { length: 1, masked: char };
  const template = match(TOKENS.template, source, at);
  if (template === undefined) throw new Error(`template without an end at offset ${at}`);
  const opens = template.endsWith('${');
  if (opens) braces.push(true);
  return { length: template.length, masked: char + blank(template.slice(1, -1)) + (opens ? '{' : '`') };
}

/** The source with every character outside of code replaced by a blank; offsets and lines stay; quotes stay. */
export function masked(source: string): string {
  const braces: Braces = [];
  let done = '';
  while (done.length < source.length) done += piece(source, done.length, done, braces).masked;
  return done;
}
