// What a browser would ask for next by itself: the target of a redirect, or a form that sends itself.
import type { HttpResponse } from '../../../kit/io.ts';
import { isRedirect } from '../classify.ts';
import { formVisit, learnFields, redirected } from './onward.ts';
import { selfSubmittingForm } from './self-submitting.ts';
import { learnQuery, type Visit } from './visit.ts';

/** Where a visitor stands: the request that it made last, and the answer. */
interface Standing {
  url: string;
  last: HttpResponse;
  visit: Visit;
}

/** Where a redirect points; what is no URL counts as foreign. */
const targetOf = ({ last, url }: Standing): string => {
  const location = last.headers['location']?.[0] ?? '';
  return URL.canParse(location, url) ? new URL(location, url).href : 'invalid:';
};

/** The next request; undefined where the way ends. What it carries along is learned first. */
export const nextVisit = async (
  at: Standing,
  learn: (secret: string, name: string) => void,
): Promise<Visit | undefined> => {
  if (isRedirect(at.last)) {
    const target = targetOf(at);
    learnQuery(target, learn);
    return redirected(at.visit, target, at.last.status);
  }
  const form = at.last.status < 400 ? await selfSubmittingForm(at.last.body, at.url) : undefined;
  if (!form) return undefined;
  learnFields(form, learn);
  return formVisit(form, new URLSearchParams(form.fields).toString(), at.url);
};
