// What would hold the parser up for minutes: far more tags or levels than any real page has, comments without an end.

/** They have no content and open nothing (HTML 13.1.2, void elements). */
const flat = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));

/**
 * Pages with a login stay below 100 levels and 5,000 tags; the time of the parser grows with the square of both. Elements
 * that are never closed count as levels: the parser takes them so.
 */
const most = { depth: 500, tags: 15_000 };

/** Whether a page is larger than any that people sign in on. */
export const isBeyondMeasure = (html: string): boolean => {
  let [depth, tags] = [0, 0];
  for (const [, end, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9-]*)/gi)) {
    tags += 1;
    if (tags > most.tags) return true;
    if (flat.has(name.toLowerCase())) continue;
    depth = Math.max(0, depth + (end === '/' ? -1 : 1));
    if (depth > most.depth) return true;
  }
  return false;
};

/** A comment that is not closed goes on to the end of the page. */
export const withoutOpenComment = (html: string): string => {
  const open = html.indexOf('<!--', Math.max(0, html.lastIndexOf('-->')));
  return open < 0 ? html : html.slice(0, open);
};
