// Where a browser goes by itself: redirects, and forms that send themselves. What it may take along, and where not.
import type { PageForm } from '../html.ts';
import { isToken, type Learn, type Visit } from './visit.ts';

/** The request that a redirect leads to. Headers that the check names stay with the origin that they were for. */
export const redirected = (visit: Visit, url: string, status: number): Visit => {
  const keeps = status === 307 || status === 308 || visit.method === 'GET' || visit.method === 'HEAD';
  const bare = visit.bare === undefined ? {} : { bare: visit.bare };
  const { 'content-type': type, ...others } =
    new URL(url).origin === new URL(visit.url).origin ? (visit.headers ?? {}) : {};
  if (!keeps) return { method: 'GET', url, headers: others, ...bare };
  const headers = type === undefined ? others : { ...others, 'content-type': type };
  return { ...visit, url, headers };
};

/** The request of a form with this content, as a browser sends it from the page at `from`. */
export const formVisit = ({ action, method }: PageForm, content: string, from: string): Visit => {
  if (method === 'GET') return { method, url: `${action.split('?')[0]}?${content}`, headers: { referer: from } };
  const headers = { origin: new URL(from).origin, referer: from };
  return {
    method,
    url: action,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: content,
  };
};

/** Registers hidden values of a form that look like tokens. */
export const learnFields = ({ fields, hidden }: PageForm, learn: Learn): void => {
  for (const [name, value] of fields)
    if (hidden.includes(name) && isToken(name, value)) learn(value, `form field ${name}`);
};

/** What limits a way onward. */
export interface Limits {
  /** Origins that may be visited. */
  origins: ReadonlySet<string>;
  /** Texts that never leave their origin by themselves: the password. */
  guarded: readonly string[];
}

const holds = ({ url, body = '' }: Visit, guarded: readonly string[]): boolean => {
  const values = [...new URLSearchParams(body).values(), ...new URL(url).searchParams.values()];
  return guarded.some((text) => values.some((value) => value.includes(text)));
};

/** Whether the way leads from https to http: whoever listens could read along. */
export const leavesHttps = (from: string, to: string): boolean => from.startsWith('https:') && to.startsWith('http:');

/** Why a visitor does not go on from one request to the next; undefined when it may. */
export const whyNot = (from: Visit, to: Visit, way: 'redirect' | 'form', limits: Limits): string | undefined => {
  const [here, there] = [new URL(from.url).origin, new URL(to.url).origin];
  if (here === there) return undefined;
  const refused = `the ${way} to ${there} was not followed`;
  if (!limits.origins.has(there)) return `${refused}: it is not in origins`;
  if (leavesHttps(here, there)) return `${refused}: it leaves https`;
  if (way === 'redirect' && to.method !== 'GET') return `${refused}: it would take the body along`;
  return holds(to, limits.guarded) ? `${refused}: it would take the password along` : undefined;
};
