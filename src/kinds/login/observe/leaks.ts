// Whether the password or the session stands in a URL, where logs, histories and Referer headers keep it.
import type { Observation } from '../seen.ts';
import { type Exchange, shownVisit } from '../visitor.ts';

/** Shorter values stand in URLs by chance. */
const shortest = 6;

const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams({ '': secret }).toString().slice(1),
];

/** `a` in the query of b, or in the Referer that goes along. */
const leakIn = ({ visit }: Exchange, secret: string): string | undefined => {
  const holds = (text: string): boolean => formsOf(secret).some((form) => text.includes(form));
  if (holds(visit.url)) return 'the URL of';
  return holds(visit.headers?.['referer'] ?? '') ? 'the Referer of' : undefined;
};

/** `secrets`: name → value of the password and of what carries the session. `home`: origin of the target. */
export const leakObservation = (
  exchanges: readonly Exchange[],
  secrets: ReadonlyMap<string, string>,
  home: string,
): Observation => {
  for (const exchange of exchanges)
    for (const [name, secret] of secrets) {
      const place = secret.length < shortest ? undefined : leakIn(exchange, secret);
      if (place === undefined) continue;
      const because = `${name} stands in ${place} ${shownVisit(exchange.visit, home)}: logs and histories keep it`;
      return { name: 'secretsInUrls', of: '', isGood: false, because };
    }
  return {
    name: 'secretsInUrls',
    of: '',
    isGood: true,
    because: 'neither the password nor the session stands in a URL',
  };
};
