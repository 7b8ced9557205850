// What is looked at once in a run beside the login itself: cookies, transport, URLs, pages.
import { urlOf } from '../../http/target.ts';
import type { Stage } from '../attempt.ts';
import type { SetCookie } from '../jar.ts';
import type { Observation } from '../seen.ts';
import type { Exchange } from '../visitor.ts';
import type { Walk } from '../visits.ts';
import { cookieObservations } from './cookies.ts';
import { leakObservation } from './leaks.ts';
import { redirectObservation, redirectQuestion } from './open-redirect.ts';
import { cachingObservation, mixedContentObservation } from './pages.ts';
import { transportObservations } from './transport.ts';

/** A cookie that is bound to a path with its own value, like oidc-provider's `_interaction`, names a page, no session. */
const namesItsPath = ({ value, flags: { path = '' } }: SetCookie): boolean => path.includes(value);

/** Cookies of some length and everything that the session's headers hold; the password first. */
const secretsOf = ({ visitor, values }: Walk): Map<string, string> => {
  const cookies = visitor.exchanges
    .flatMap((one) => one.cookies)
    .filter((cookie) => cookie.value.length >= 16 && !/csrf|xsrf/i.test(cookie.name) && !namesItsPath(cookie));
  const headers = Object.entries(visitor.headers).map(([name, value]): [string, string] => [
    `the header ${name}`,
    value.replace(/^\w+ /, ''),
  ]);
  return new Map([
    ['the password', values['password'] ?? ''],
    ...headers,
    ...cookies.map(({ name, value }): [string, string] => [`the cookie ${name}`, value]),
  ]);
};

/** Asked while the session stands: many pages send on at once who is signed in already. */
const askRedirect = async ({ around }: Stage, walk: Walk): Promise<Observation[]> => {
  const question = redirectQuestion(around.asked);
  if (!question) return [];
  const { exchanges, trail, hops } = walk.visitor;
  const before = [exchanges.length, trail.length, hops.length] as const;
  try {
    const arrival = await walk.visitor.visit({ method: 'GET', url: question.url });
    return [redirectObservation(arrival, question.name)];
  } catch {
    // An observation is no reason to fail: the login itself tells of a service that does not answer.
    return [];
  } finally {
    [exchanges.length, trail.length, hops.length] = before;
  }
};

const pageBehind = ({ spec, base }: Stage, exchanges: readonly Exchange[]): Exchange | undefined =>
  exchanges.findLast(({ visit, answer }) => visit.url === urlOf(base, spec.probe.get) && answer.status < 300);

/** Observes a login that was granted, before it signs out. */
export const observe = async (stage: Stage, walk: Walk): Promise<Observation[]> => {
  const { exchanges } = walk.visitor;
  const { home } = stage.around;
  return [
    ...cookieObservations(exchanges),
    ...transportObservations(exchanges, stage.clock.now()),
    leakObservation(exchanges, secretsOf(walk), home),
    ...(await mixedContentObservation(exchanges)),
    ...cachingObservation(pageBehind(stage, exchanges), home),
    ...(await askRedirect(stage, walk)),
  ];
};
