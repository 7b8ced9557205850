// The pages that a source reads over HTTP: one URL, or one per instance, each with the name of its instance.
import type { Asked } from './answer.ts';

/** One page of one instance. */
export interface Page {
  instance: string;
  url: string;
}

/** Where pages are: one URL, a list, or a map name → URL. */
export interface PageUrls {
  url?: string | undefined;
  urls?: string[] | Record<string, string> | undefined;
}

/** `host:port` names an instance; two pages of one host are told apart by their paths. */
const named = (urls: readonly string[]): Page[] => {
  const hosts = new Set(urls.map((url) => new URL(url).host));
  return urls.map((url) => {
    const { host, pathname } = new URL(url);
    return { instance: hosts.size === urls.length ? host : `${host}${pathname}`, url };
  });
};

/** All pages, named. */
export const pagesOf = ({ url, urls }: PageUrls): Page[] => {
  if (url !== undefined) return named([url]);
  if (Array.isArray(urls)) return named(urls);
  return Object.entries(urls ?? {}).map(([instance, one]) => ({ instance, url: one }));
};

/** The page in sentences: `host/path`, with the name of its instance where it has one of its own. */
export const askedOf = (source: string, { instance, url }: Page): Asked => {
  const { host, pathname } = new URL(url);
  return { source, where: instance === host ? `${host}${pathname}` : `${instance} (${host}${pathname})` };
};
