// HTML as a value: what is put into a template is escaped, unless it is HTML already.

/** HTML that may stand in a page as it is. Only `html` makes it. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: texts and numbers are escaped, nothing is left out, lists are joined. */
export type Part = string | number | Markup | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Lone halves of a pair and what Unicode keeps for no character: no parser agrees with another on them. */
const illegal = /[\ud800-\udfff\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/gu;

const escapeHtml = (text: string): string =>
  text.replace(illegal, '\ufffd').replace(/[&<>"']/g, (character) => entities[character] ?? character);

const textOf = (part: Part): string => {
  if (part === undefined) return '';
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(textOf).join('');
};

/** A template of HTML; values in attributes must stand in double quotes. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Markup => ({
  markup: texts.map((text, at) => text + textOf(parts[at])).join(''),
});

/** The part, or nothing. */
export const when = (condition: unknown, part: () => Part): Part => (condition ? part() : undefined);
