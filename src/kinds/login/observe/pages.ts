// What the login page loads, and whether anybody may keep the page behind the login.
import { asksForPassword, plainLoads } from '../html.ts';
import type { Observation } from '../seen.ts';
import { type Exchange, shownVisit } from '../visitor.ts';

/** The login page: the first that asks for a password. */
export const loginPageOf = (exchanges: readonly Exchange[]): Exchange | undefined =>
  exchanges.find(({ answer }) => answer.status < 400 && asksForPassword(answer.body));

/** Content over plain http on an https page can be replaced on the way, the form's target with it. */
export const mixedContentObservation = async (exchanges: readonly Exchange[]): Promise<Observation[]> => {
  const page = loginPageOf(exchanges);
  if (!page?.visit.url.startsWith('https:')) return [];
  const loads = await plainLoads(page.answer.body);
  const first = loads[0] === undefined ? '' : new URL(loads[0]).origin;
  const because =
    loads.length === 0
      ? 'the login page loads nothing over plain http'
      : `the login page loads or sends ${loads.length} of its parts over plain http, first from ${first}`;
  return [{ name: 'mixedContent', of: '', isGood: loads.length === 0, because }];
};

/** The page behind the login must not be kept by caches (OWASP Session Management, web content caching). */
export const cachingObservation = (page: Exchange | undefined, home: string): Observation[] => {
  if (!page) return [];
  const control = page.answer.headers['cache-control']?.join(', ') ?? '';
  const isGood = /\bno-store\b/i.test(control);
  const said = control === '' ? 'without Cache-Control' : `with Cache-Control: ${control}`;
  const because = isGood
    ? `${shownVisit(page.visit, home)} is answered with no-store`
    : `${shownVisit(page.visit, home)} is answered ${said}, so browsers and proxies may keep the page; it must say no-store`;
  return [{ name: 'caching', of: '', isGood, because }];
};
