// Whether the login page sends its visitor wherever a parameter says: one harmless request, never followed.
import { isRedirect } from '../classify.ts';
import type { Observation } from '../seen.ts';
import type { Arrival, Exchange } from '../visitor.ts';
import { loginPageOf } from './pages.ts';

/** Names under which login pages take the page to return to. */
const parameter =
  /^(?:next|return|returnto|return_to|returnurl|return_url|redirect|redirect_to|redirecturl|continue|goto|back|back_url|dest|destination|url|target)$/i;

/** A name that nobody can own (RFC 2606). */
const elsewhere = 'https://holdpoint.invalid/';

const hidden = /<input\b[^<>]*\bname\s*=\s*["']?([\w-]+)/gi;

/** The parameter that the login page takes: in its URL, in a redirect to it, or as a field of its form. */
const parameterOf = (exchanges: readonly Exchange[], page: Exchange): string | undefined => {
  const urls = exchanges.flatMap(({ visit, answer }) => {
    const location = answer.headers['location']?.[0];
    return location === undefined || !URL.canParse(location, visit.url)
      ? [visit.url]
      : [visit.url, new URL(location, visit.url).href];
  });
  const { pathname } = new URL(page.visit.url);
  const names = urls
    .filter((url) => new URL(url).pathname === pathname)
    .flatMap((url) => [...new URL(url).searchParams.keys()]);
  const fields = [...page.answer.body.matchAll(hidden)].map(([, name = '']) => name);
  return [...names, ...fields].find((name) => parameter.test(name));
};

/** The request that asks for it, and the parameter's name; undefined when the page takes none. */
export const redirectQuestion = (exchanges: readonly Exchange[]): { url: string; name: string } | undefined => {
  const page = loginPageOf(exchanges);
  const name = page && parameterOf(exchanges, page);
  if (!page || name === undefined) return undefined;
  const url = new URL(page.visit.url);
  url.searchParams.set(name, elsewhere);
  return { url: url.href, name };
};

/** What the answer to it says; the redirect was not followed. */
export const redirectObservation = ({ last, url }: Arrival, name: string): Observation => {
  const location = last.headers['location']?.[0] ?? '';
  const target = isRedirect(last) && URL.canParse(location, url) ? new URL(location, url) : undefined;
  const isGood = target?.hostname !== new URL(elsewhere).hostname;
  const because = isGood
    ? `the login page does not send its visitor to a foreign ${name}`
    : `the login page sends its visitor to whatever ${name} says (${last.status} to ${elsewhere}): mails can lead there under your name`;
  return { name: 'openRedirect', of: '', isGood, because };
};
