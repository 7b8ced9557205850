// A strict reader of the XML that a report may hold, and the rules of a schema as a table that it is held against.

/** An element as it was read. */
export interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  /** Its own text, unescaped. */
  text: string;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const unescape = (text: string): string => {
  // https://www.w3.org/TR/xml/#charsets
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text)) throw new Error(`illegal: ${text}`);
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const known = /^#\d+$/.test(name) ? String.fromCodePoint(Number(name.slice(1))) : entities[name];
    if (known === undefined || !whole.endsWith(';')) throw new Error(`not escaped: ${whole}`);
    return known;
  });
};

const attributesOf = (text: string): Record<string, string> => {
  const found = [...text.matchAll(/\s+([\w.-]+)="([^"<]*)"/gy)];
  if (found.map(([whole]) => whole).join('') !== text) throw new Error(`malformed attributes: ${text}`);
  if (new Set(found.map(([, key]) => key)).size !== found.length) throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(found.map(([, key, value]) => [key, unescape(value ?? '')]));
};

const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Reads a document of elements, attributes and text; throws on everything that is not well-formed or not known here. */
export const readXml = (document: string): Node => {
  if (!document.startsWith(prolog)) throw new Error('no XML declaration');
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const [, close, name = '', attributes = '', empty, text] of document
    .slice(prolog.length)
    .matchAll(/<(\/?)([\w-]+)((?:[^>"]|"[^"]*")*?)(\/?)>|([^<]+|<)/gy)) {
    const parent = open.at(-1) ?? root;
    if (text !== undefined) parent.text += unescape(text === '<' ? '\u0000' : text);
    else if (close) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const node = { name, attributes: attributesOf(attributes), children: [], text: '' };
      parent.children.push(node);
      if (!empty) open.push(node);
    }
  }
  const [only, ...more] = root.children;
  if (open.length !== 1 || !only || more.length > 0 || root.text.trim() !== '')
    throw new Error('not one whole element');
  return only;
};

/** What a schema says of an element; `children` in their order, with how many there may be. */
export interface Rule {
  required?: string[];
  optional?: string[];
  children?: [name: string, most: number][];
  /** Children may stand in any order. */
  anyOrder?: boolean;
  /** Text is allowed. */
  text?: boolean;
  /** Attributes with a pattern. */
  patterns?: Record<string, RegExp>;
}

export type Schema = Record<string, Rule>;

/** Everything in which an element breaks the rules. */
export const breaches = (node: Node, schema: Schema): string[] => {
  const rule = schema[node.name];
  if (!rule) return [`<${node.name}> is unknown`];
  const { required = [], optional = [], children = [], patterns = {} } = rule;
  const places = node.children.map(({ name }) => children.findIndex(([known]) => known === name));
  return [
    ...required.filter((name) => !(name in node.attributes)).map((name) => `${node.name} has no ${name}`),
    ...Object.keys(node.attributes)
      .filter((name) => ![...required, ...optional].includes(name))
      .map((name) => `${node.name} may not have ${name}`),
    ...Object.entries(patterns)
      .filter(([name, pattern]) => name in node.attributes && !pattern.test(node.attributes[name] ?? ''))
      .map(([name]) => `${node.name} has ${name}="${node.attributes[name]}"`),
    ...node.children.filter((_, at) => places[at] === -1).map(({ name }) => `${node.name} may not hold ${name}`),
    ...(rule.anyOrder || places.every((place, at) => at === 0 || place >= (places[at - 1] ?? 0))
      ? []
      : [`${node.name} holds its children in the wrong order`]),
    ...children
      .filter(([, most], place) => places.filter((one) => one === place).length > most)
      .map(([name, most]) => `${node.name} holds more than ${most} ${name}`),
    ...(rule.text || node.text.trim() === '' ? [] : [`${node.name} may not hold text`]),
    ...node.children.flatMap((child) => breaches(child, schema)),
  ];
};
