// Text and tables for Markdown that GitHub, GitLab, Buildkite and chats show alike.

/** What may begin code, emphasis, a link, a cell of a table, strike-through or a formula; an underscore only at a word's edge. */
const special = /[\\`*[|~$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/**
 * A text that shows as it is. A mention (`@name`) is broken by an empty comment: it would send mail to a person, and
 * GitHub and GitLab look for it after escapes are undone.
 */
export const escapeMarkdown = (text: string): string =>
  text
    .replace(special, String.raw`\$&`)
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/(?<![\p{L}\p{N}])@(?=[\p{L}\p{N}])/gu, '@<!-- -->');

/** A text as code, within a fence that is longer than any row of backticks in it. Not for cells of a table. */
export const code = (text: string): string => {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([row]) => row.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return fence + space + text + space + fence;
};

/** A table; its cells are Markdown already. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
};
