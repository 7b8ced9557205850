// Who connects, where to, and to which database: read out of a connection URL.

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Empty where the URL does not say it, or is none: the connect itself tells what is wrong with it. */
export const urlPart = (text: string, part: 'user' | 'host' | 'database'): string => {
  if (!URL.canParse(text)) return '';
  const { username, hostname, pathname } = new URL(text);
  return decoded({ user: username, host: hostname, database: pathname.slice(1) }[part]);
};
