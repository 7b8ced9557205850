// Elements of XML 1.0 as text, escaped.

/** Outside the Char production of XML 1.0 (https://www.w3.org/TR/xml/#charsets): no escape makes them legal. */
const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** A text for an attribute or between tags; characters that XML cannot hold become U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replace(illegal, '\ufffd').replace(/[&<>"\t\n\r]/g, (character) => entities[character] ?? character);

/** Attributes that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element: of children (one per line, indented), of a text, or empty. */
export const element = (name: string, attributes: Attributes, content: readonly string[] | string = []): string => {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  const open = [name, ...given.map(([key, value]) => `${key}="${escapeXml(String(value))}"`)].join(' ');
  if (content.length === 0) return `<${open}/>`;
  if (typeof content === 'string') return `<${open}>${escapeXml(content)}</${name}>`;
  return [`<${open}>`, ...content.map((child) => `  ${child.replaceAll('\n', '\n  ')}`), `</${name}>`].join('\n');
};
