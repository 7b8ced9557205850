// The cookies of one visitor: the one importer of tough-cookie.
import type { CookieJar } from 'tough-cookie';

/** A cookie that an answer set. */
export interface SetCookie {
  name: string;
  value: string;
  /** Why a browser would drop it. */
  dropped?: string;
}

/** The cookies of one visitor. */
export interface Cookies {
  /** Takes the Set-Cookie headers of an answer. */
  take(headers: readonly string[], url: string): Promise<SetCookie[]>;
  /** The Cookie header for a URL; empty without cookies. */
  header(url: string): Promise<string>;
  has(name: string, url: string): Promise<boolean>;
}

const whyDropped = (header: string, url: string, error: unknown): string => {
  const isPlain = url.startsWith('http:');
  if (isPlain && /;\s*secure/i.test(header)) return `it is Secure but the target is ${new URL(url).origin}`;
  return error instanceof Error ? error.message : String(error);
};

/** Loads the library, so that the first measured look does not pay for it. */
export const prepareCookies = async (): Promise<void> => {
  await import('tough-cookie');
};

/** An empty jar. */
export const openCookies = async (): Promise<Cookies> => {
  const { Cookie, CookieJar: Jar } = await import('tough-cookie');
  const jar: CookieJar = new Jar();

  const takeOne = async (header: string, url: string): Promise<SetCookie[]> => {
    const cookie = Cookie.parse(header);
    if (!cookie) return [];
    const { key: name, value } = cookie;
    try {
      await jar.setCookie(cookie, url);
      return [{ name, value }];
    } catch (error) {
      return [{ name, value, dropped: whyDropped(header, url, error) }];
    }
  };

  return {
    take: async (headers, url) => {
      const taken: SetCookie[] = [];
      // One after the other: a later header of the same name wins.
      for (const header of headers) taken.push(...(await takeOne(header, url)));
      return taken;
    },
    header: (url) => jar.getCookieString(url),
    has: async (name, url) => (await jar.getCookies(url)).some(({ key }) => key === name),
  };
};
