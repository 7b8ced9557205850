// The words of a page, in time that grows with its length: a hostile one must not hold us up.

/** Parts of a page that are no text: from the one mark to the other. */
const unread = [
  ['<script', '</script'],
  ['<style', '</style'],
  ['<!--', '-->'],
] as const;

const without = (page: string, [from, to]: (typeof unread)[number]): string => {
  const small = page.toLowerCase();
  let [kept, place] = ['', 0];
  for (let start = small.indexOf(from); start >= 0; start = small.indexOf(from, place)) {
    const end = small.indexOf(to, start);
    kept += `${page.slice(place, start)} `;
    // What is not closed goes on to the end, for browsers as well.
    if (end < 0) return kept;
    const close = to === '-->' ? end + to.length : small.indexOf('>', end) + 1;
    place = close === 0 ? page.length : close;
  }
  return kept + page.slice(place);
};

/** Without scripts, styles, comments and tags; a text that is no page stays as it is. */
export const wordsOf = (page: string): string =>
  // A tag ends at the next `<` at the latest, so that each character is read once.
  unread.reduce(without, page).replaceAll(/<[^<>]*>/g, ' ');
