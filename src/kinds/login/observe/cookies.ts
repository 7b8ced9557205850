// What is wrong with the cookies that a login sets: their flags, their prefix, their reach, and why one was dropped.
import type { CookieFlags, SetCookie } from '../jar.ts';
import type { Observation } from '../seen.ts';
import type { Exchange } from '../visitor.ts';

/** Scripts of the page must read these: they are sent back in a header. */
const isForScripts = (name: string): boolean => /csrf|xsrf/i.test(name);

const isHttps = (url: string): boolean => url.startsWith('https:');

/** Cookie prefixes bind a browser to rules (RFC 6265bis, section 4.1.3); a cookie that breaks them is dropped. */
const prefixFaults = (name: string, { secure, domain, path }: CookieFlags): string[] => {
  if (name.startsWith('__Host-') && (!secure || domain !== undefined || path !== '/'))
    return ['its prefix __Host- asks for Secure, Path=/ and no Domain'];
  return name.startsWith('__Secure-') && !secure ? ['its prefix __Secure- asks for Secure'] : [];
};

const reachFaults = ({ domain }: CookieFlags, url: string): string[] => {
  const { hostname } = new URL(url);
  const wide = domain?.replace(/^\./, '');
  return wide === undefined || wide === hostname
    ? []
    : [`it goes to every host below ${wide}, not to ${hostname} alone`];
};

const siteFaults = ({ sameSite, secure }: CookieFlags): string[] => {
  if (sameSite === undefined) return ['it has no SameSite'];
  return sameSite === 'none' && !secure ? ['SameSite=None needs Secure: browsers drop it'] : [];
};

/** Everything that is wrong with one cookie, as half sentences. */
export const cookieFaults = ({ name, flags, dropped }: SetCookie, url: string): string[] => [
  ...(dropped === undefined ? [] : [`it was dropped: ${dropped}`]),
  ...(flags.httpOnly || isForScripts(name) ? [] : ['it is not HttpOnly: scripts of the page can read it']),
  ...(isHttps(url) && !flags.secure ? ['it is not Secure although the login is https'] : []),
  ...siteFaults(flags),
  ...prefixFaults(name, flags),
  ...reachFaults(flags, url),
];

/** So many cookies of the same faults are told one by one. */
const oneByOne = 5;

/** A service that sets a hundred cookies has one fault a hundred times, which is one line. */
const together = (all: readonly Observation[]): Observation[] => {
  const groups = new Map<string, Observation[]>();
  for (const one of all) groups.set(one.because, [...(groups.get(one.because) ?? []), one]);
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (!first || rest.length < oneByOne) return first ? [first, ...rest] : [];
    return [{ ...first, of: `${first.of} and ${rest.length} more` }];
  });
};

/** One observation for each cookie, or for many of the same faults; of one that is set several times all faults count. */
export const cookieObservations = (exchanges: readonly Exchange[]): Observation[] => {
  const faults = new Map<string, Set<string>>();
  for (const { visit, cookies } of exchanges)
    for (const cookie of cookies) {
      // Deleting a cookie needs no flags.
      if (cookie.flags.isCleared && cookie.dropped === undefined) continue;
      const known = faults.get(cookie.name) ?? new Set();
      for (const fault of cookieFaults(cookie, visit.url)) known.add(fault);
      faults.set(cookie.name, known);
    }
  const each = [...faults].map(
    ([name, all]): Observation => ({
      name: 'cookies',
      of: name,
      isGood: all.size === 0,
      because: all.size === 0 ? 'its flags keep it to this service' : [...all].join('; '),
    }),
  );
  return together(each);
};
