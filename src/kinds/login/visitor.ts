// A visitor with cookies of its own. Redirects, and forms that send themselves, are followed here, within the origins
// that the check names: HTTP libraries send headers and, on 307 and 308, the password to wherever a redirect points.
import type { Http, HttpRequest, HttpResponse } from '../../kit/io.ts';
import { withoutQuery } from '../http/target.ts';
import { isRedirect } from './classify.ts';
import { nextVisit } from './flows/next-visit.ts';
import { whyNot } from './flows/onward.ts';
import type { Signer } from './flows/digest.ts';
import type { Visit } from './flows/visit.ts';
import { type Cookies, openCookies, type SetCookie } from './jar.ts';
import { unansweredHop, hopOf } from './observe/hops.ts';
import type { HopSeen } from './seen.ts';

const maxHops = 10;

/** Where a visit ended. */
export interface Arrival {
  /** URL of the last answer. */
  url: string;
  first: HttpResponse;
  last: HttpResponse;
  /** A redirect that was not followed, a cookie that was dropped. */
  notes: string[];
  /** The request that led to the last answer. */
  visit: Visit;
  /** What came to the URI that the visitor catches, as parameters; it was not requested. */
  caught?: URLSearchParams;
}

/** One request with its answer and the cookies that it set. */
export interface Exchange {
  visit: Visit;
  answer: HttpResponse;
  cookies: SetCookie[];
}

/** What all visitors of a look have in common. */
export interface Surroundings {
  http: Http;
  /** Origin of the target. */
  home: string;
  /** Origins that get the session headers: those of the target and of the probe. */
  trusted: ReadonlySet<string>;
  /** Origins that may be visited. */
  origins: ReadonlySet<string>;
  connectTo: string | undefined;
  signal: AbortSignal;
  /** Milliseconds left. */
  left(): number;
  learn(secret: string, name: string): void;
  /** What was learned so far: secret → name. */
  learned: ReadonlyMap<string, string>;
  /** What all of them asked and were answered, in its order. */
  asked: Exchange[];
}

export interface Visitor {
  cookies: Cookies;
  /** `POST /login → 302`, one per request since it was last emptied; a request that failed stands there, too. */
  trail: string[];
  /** The same requests with their times; emptied together with the trail. */
  hops: HopSeen[];
  /** The request that was sent last with all its headers, and its answer if one came. */
  latest: { sent: Visit; answer?: HttpResponse } | undefined;
  /** Everything that was asked and answered, in its order. */
  exchanges: Exchange[];
  /** Headers that carry the session; sent to the target's origin only. */
  headers: Record<string, string>;
  /** The URI of our own client: who is sent there is caught, nothing is requested. */
  catches: string | undefined;
  /** Texts that no form takes along by itself: the password. */
  guarded: readonly string[];
  /** Answers the challenge of Digest authentication for each request to the target. */
  signer: Signer | undefined;
  /** Names of the fields that pages have sent on by themselves. */
  sent: Set<string>;
  /** One request, no redirect followed. Throws an `HttpFailure`. */
  visit(visit: Visit): Promise<Arrival>;
  /** Follows the redirects of an arrival. */
  follow(arrival: Arrival): Promise<Arrival>;
}

/** `GET /me`, without the query, which may hold tokens. */
export const shownVisit = ({ method, url }: Visit, home: string): string => {
  const { origin, pathname } = new URL(url);
  return `${method} ${origin === home ? '' : origin}${pathname}`;
};

/** A cookie of some length is a session or a token; a short one is a preference whose value is an ordinary word. */
const secretLength = 8;

const paramsOf = ({ url, body }: Visit): URLSearchParams => new URLSearchParams(body ?? new URL(url).search);

const isCaught = ({ url }: Visit, { catches }: Visitor): boolean =>
  catches !== undefined && withoutQuery(url) === withoutQuery(catches);

/** A new visitor without cookies. */
export const openVisitor = async (around: Surroundings): Promise<Visitor> => {
  const cookies = await openCookies();

  const headersOf = async (visit: Visit, visitor: Visitor): Promise<Record<string, string>> => {
    const { origin } = new URL(visit.url);
    const cookie = await cookies.header(visit.url);
    return {
      ...(around.trusted.has(origin) && visit.bare !== true ? visitor.headers : {}),
      ...(origin === around.home && visitor.signer ? { authorization: visitor.signer.header(visit) } : {}),
      ...(cookie === '' ? {} : { cookie }),
      ...visit.headers,
    };
  };

  const send = async (visit: Visit, headers: Record<string, string>): Promise<HttpResponse> => {
    const isHome = new URL(visit.url).origin === around.home;
    const request: HttpRequest = {
      method: visit.method,
      url: visit.url,
      headers,
      ...(visit.body === undefined ? {} : { body: visit.body }),
      ...(isHome && around.connectTo !== undefined ? { connectTo: around.connectTo } : {}),
      timeout: Math.max(1, around.left()),
      signal: around.signal,
    };
    return around.http.request(request);
  };

  const keepCookies = async (answer: HttpResponse, url: string): Promise<SetCookie[]> => {
    const taken = await cookies.take(answer.headers['set-cookie'] ?? [], url);
    for (const { name, value } of taken) if (value.length >= secretLength) around.learn(value, `cookie ${name}`);
    return taken;
  };

  const droppedAmong = (taken: readonly SetCookie[]): string[] =>
    taken.flatMap(({ name, dropped }) => (dropped ? [`cookie ${name} was dropped: ${dropped}`] : []));

  const refusalOf = (at: Arrival, next: Visit): string | undefined => {
    const limits = { origins: around.origins, guarded: visitor.guarded };
    return whyNot(at.visit, next, isRedirect(at.last) ? 'redirect' : 'form', limits);
  };

  const visitor: Visitor = {
    cookies,
    headers: {},
    catches: undefined,
    guarded: [],
    signer: undefined,
    sent: new Set(),
    trail: [],
    hops: [],
    latest: undefined,
    exchanges: [],
    async visit(visit) {
      const ask = shownVisit(visit, around.home);
      const left = around.left();
      const headers = await headersOf(visit, visitor);
      const sent = { ...visit, headers };
      visitor.latest = { sent };
      const hop = visitor.trail.push(`${ask} → no answer`) - 1;
      const answer = await send(visit, headers).catch((error: unknown) => {
        visitor.hops.push(unansweredHop(ask, left - around.left()));
        throw error;
      });
      visitor.latest = { sent, answer };
      visitor.trail[hop] = `${ask} → ${answer.status}`;
      visitor.hops.push(hopOf(ask, answer));
      const taken = await keepCookies(answer, visit.url);
      const exchange = { visit, answer, cookies: taken };
      visitor.exchanges.push(exchange);
      around.asked.push(exchange);
      if (visitor.signer?.renew(answer)) return visitor.visit(visit);
      return { url: visit.url, first: answer, last: answer, notes: droppedAmong(taken), visit };
    },
    async follow(arrival) {
      let at = arrival;
      for (let hop = 0; ; hop += 1) {
        const next = await nextVisit(at, around.learn);
        if (!next) return at;
        if (isCaught(next, visitor)) return { ...at, caught: paramsOf(next) };
        const refusal = hop >= maxHops ? `more than ${maxHops} redirects` : refusalOf(at, next);
        if (refusal) return { ...at, notes: [...at.notes, refusal] };
        for (const name of new URLSearchParams(next.body).keys()) visitor.sent.add(name);
        const arrived = await visitor.visit(next);
        at = { ...arrived, first: at.first, notes: [...at.notes, ...arrived.notes] };
      }
    },
  };
  return visitor;
};
