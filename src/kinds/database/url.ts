// Who connects, and to which database: read out of a connection URL.

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Empty where the URL does not say it, or is none: the connect itself tells what is wrong with it. */
export const urlPart = (text: string, part: 'user' | 'database'): string => {
  if (!URL.canParse(text)) return '';
  const { username, pathname } = new URL(text);
  return decoded(part === 'user' ? username : pathname.slice(1));
};
