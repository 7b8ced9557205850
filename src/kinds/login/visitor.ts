// A visitor with cookies of its own. Redirects are followed here, within the origins that the check names, because
// HTTP libraries send headers and, on 307 and 308, the body with the password to wherever a redirect points.
import type { Http, HttpRequest, HttpResponse } from '../../kit/io.ts';
import { isRedirect } from './classify.ts';
import { type Cookies, openCookies } from './jar.ts';

const maxHops = 10;

/** One request of a visitor. */
export interface Visit {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

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
}

export interface Visitor {
  cookies: Cookies;
  /** `POST /login → 302`, one per request since it was last emptied; a request that failed stands there, too. */
  trail: string[];
  /** Headers that carry the session; sent to the target's origin only. */
  headers: Record<string, string>;
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

/** The next request, as browsers make it. Headers that the check names stay with the origin that they were for. */
const onward = (visit: Visit, url: string, status: number): Visit => {
  const keeps = status === 307 || status === 308 || visit.method === 'GET' || visit.method === 'HEAD';
  const { 'content-type': type, ...others } =
    new URL(url).origin === new URL(visit.url).origin ? (visit.headers ?? {}) : {};
  if (!keeps) return { method: 'GET', url, headers: others };
  const headers = type === undefined ? others : { ...others, 'content-type': type };
  return { ...visit, url, headers };
};

/** Where a redirect points; what is no URL counts as foreign. */
const targetOf = ({ last, url }: Arrival): string => {
  const location = last.headers['location']?.[0] ?? '';
  return URL.canParse(location, url) ? new URL(location, url).href : 'invalid:';
};

const whyNot = (from: Visit, to: Visit, { origins }: Surroundings): string | undefined => {
  const [here, there] = [new URL(from.url).origin, new URL(to.url).origin];
  if (here === there) return undefined;
  if (!origins.has(there)) return `the redirect to ${there} was not followed: it is not in origins`;
  return to.method === 'GET' ? undefined : `the redirect to ${there} was not followed: it would take the body along`;
};

/** A new visitor without cookies. */
export const openVisitor = async (around: Surroundings): Promise<Visitor> => {
  const cookies = await openCookies();

  const send = async (visit: Visit, visitor: Visitor): Promise<HttpResponse> => {
    const { origin } = new URL(visit.url);
    const isHome = origin === around.home;
    const cookie = await cookies.header(visit.url);
    const request: HttpRequest = {
      method: visit.method,
      url: visit.url,
      headers: {
        ...(around.trusted.has(origin) ? visitor.headers : {}),
        ...(cookie === '' ? {} : { cookie }),
        ...visit.headers,
      },
      ...(visit.body === undefined ? {} : { body: visit.body }),
      ...(isHome && around.connectTo !== undefined ? { connectTo: around.connectTo } : {}),
      timeout: Math.max(1, around.left()),
      signal: around.signal,
    };
    return around.http.request(request);
  };

  const keepCookies = async (answer: HttpResponse, url: string): Promise<string[]> => {
    const taken = await cookies.take(answer.headers['set-cookie'] ?? [], url);
    for (const { name, value } of taken) if (value.length >= secretLength) around.learn(value, `cookie ${name}`);
    return taken.flatMap(({ name, dropped }) => (dropped ? [`cookie ${name} was dropped: ${dropped}`] : []));
  };

  const visitor: Visitor = {
    cookies,
    headers: {},
    trail: [],
    async visit(visit) {
      const hop = visitor.trail.push(`${shownVisit(visit, around.home)} → no answer`) - 1;
      const answer = await send(visit, visitor);
      visitor.trail[hop] = `${shownVisit(visit, around.home)} → ${answer.status}`;
      const notes = await keepCookies(answer, visit.url);
      return { url: visit.url, first: answer, last: answer, notes, visit };
    },
    async follow(arrival) {
      let at = arrival;
      for (let hop = 0; isRedirect(at.last); hop += 1) {
        const next = onward(at.visit, targetOf(at), at.last.status);
        const refusal = hop >= maxHops ? `more than ${maxHops} redirects` : whyNot(at.visit, next, around);
        if (refusal) return { ...at, notes: [...at.notes, refusal] };
        const arrived = await visitor.visit(next);
        at = { ...arrived, first: at.first, notes: [...at.notes, ...arrived.notes] };
      }
      return at;
    },
  };
  return visitor;
};
