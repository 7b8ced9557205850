// The cookies of one visitor: the one importer of tough-cookie.
import { messageOf } from '../../kit/errors.ts';
import type { Cookie, CookieJar } from 'tough-cookie';

/** A cookie that an answer set. */
export interface SetCookie {
  name: string;
  value: string;
  /** Why a browser would drop it. */
  dropped?: string;
  flags: CookieFlags;
}

/** The attributes of a cookie as they were sent. */
export interface CookieFlags {
  httpOnly: boolean;
  secure: boolean;
  /** Lower case; undefined when it is not said. */
  sameSite: string | undefined;
  domain: string | undefined;
  path: string | undefined;
  /** It is deleted, not set. */
  isCleared: boolean;
}

/** The cookies of one visitor. */
export interface Cookies {
  /** Takes the Set-Cookie headers of an answer. */
  take(headers: readonly string[], url: string): Promise<SetCookie[]>;
  /** The Cookie header for a URL; empty without cookies. */
  header(url: string): Promise<string>;
  has(name: string, url: string): Promise<boolean>;
  /** The value that goes to a URL under this name. */
  value(name: string, url: string): Promise<string | undefined>;
}

const whyDropped = (header: string, url: string, error: unknown): string => {
  const isPlain = url.startsWith('http:');
  if (isPlain && /;\s*secure/i.test(header)) return `it is Secure but the target is ${new URL(url).origin}`;
  return messageOf(error);
};

const flagsOf = (
  { httpOnly, secure, sameSite, domain, path, maxAge, expires }: Cookie,
  value: string,
): CookieFlags => ({
  httpOnly,
  secure,
  sameSite,
  domain: domain ?? undefined,
  path: path ?? undefined,
  isCleared:
    value === '' || (typeof maxAge === 'number' && maxAge <= 0) || (expires instanceof Date && expires.getTime() <= 0),
});

/** Loads the library, so that the first measured look does not pay for it. */
export const prepareCookies = async (): Promise<void> => {
  await import('tough-cookie');
};

/** An empty jar. */
export const openCookies = async (): Promise<Cookies> => {
  const { Cookie: Parser, CookieJar: Jar } = await import('tough-cookie');
  const jar: CookieJar = new Jar();

  const takeOne = async (header: string, url: string): Promise<SetCookie[]> => {
    const cookie = Parser.parse(header);
    if (!cookie) return [];
    const { key: name, value } = cookie;
    const flags = flagsOf(cookie, value);
    try {
      await jar.setCookie(cookie, url);
      return [{ name, value, flags }];
    } catch (error) {
      return [{ name, value, flags, dropped: whyDropped(header, url, error) }];
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
    value: async (name, url) => (await jar.getCookies(url)).find(({ key }) => key === name)?.value,
    has: async (name, url) => (await jar.getCookies(url)).some(({ key }) => key === name),
  };
};
