// Looks with one request: sends it to each place and says whether the answer is as expected.
import { isMissedLook, MissedLook } from '../../kit/errors.ts';
import type { HttpRequest, HttpResponse } from '../../kit/io.ts';
import type { Session, World } from '../../kit/kind.ts';
import type { Look, Tick } from '../../kit/samples.ts';
import { daysUntil } from './certificate.ts';
import { compileCondition, type ConditionInput } from './condition.ts';
import { evidenceOf } from './evidence.ts';
import { unanswered } from './failure.ts';
import { type Answer, mismatch } from './matcher.ts';
import type { RequestPlan } from './request.ts';
import type { HttpSeen } from './seen.ts';
import type { HttpSpec } from './spec.ts';
import { sentSecrets } from './sent-secrets.ts';
import { stagesOf } from './stages.ts';
import { type Place, placesOf, shownPath, urlOf } from './target.ts';

/** Says why an answer is not as expected. */
type Expectation = (answer: ConditionInput & Answer) => string | undefined;

const expectationOf = async ({ expect }: HttpSpec): Promise<Expectation> => {
  if (typeof expect === 'string') return compileCondition(expect);
  const { maxTime: _, ...matcher } = expect;
  return (answer) => mismatch(matcher, answer);
};

/** Body and content type of a request. */
export const contentOf = ({ form, json, body }: RequestPlan): { body?: string; headers: Record<string, string> } => {
  if (form !== undefined) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { body: new URLSearchParams(form).toString(), headers };
  }
  if (json !== undefined) return { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
  return { ...(body === undefined ? {} : { body }), headers: {} };
};

/** We give up a little before the engine does, so that the sentence says at which stage it was. */
export const patience = ({ timeout }: Tick): number => timeout - Math.min(50, timeout * 0.05);

const requestTo = ({ base }: Place, { request, connectTo }: HttpSpec, tick: Tick): HttpRequest => {
  const { headers, ...content } = contentOf(request);
  return {
    method: request.method,
    url: urlOf(base, request.path),
    headers: { ...headers, ...request.headers },
    ...content,
    timeout: patience(tick),
    signal: tick.signal,
    ...(connectTo === undefined ? {} : { connectTo }),
  };
};

const tlsOf = ({ tls }: HttpResponse, now: number): Pick<HttpSeen, 'tls'> => {
  if (!tls) return {};
  const { protocol, expires } = tls;
  return { tls: { protocol, ...(expires === undefined ? {} : { days: daysUntil(expires, now) }) } };
};

/** A limit on how often we ask says nothing of the release, unless the check expects it. */
const throttledBy = (ask: string, { status, headers }: HttpResponse): MissedLook => {
  const wait = headers['retry-after']?.[0];
  const when = wait === undefined ? '' : ` with Retry-After: ${wait}`;
  const because = `${ask}: could not judge: the service holds the probe back (status ${status}${when})`;
  return new MissedLook('throttle', 'rate_limited', because);
};

const seenOf = (ask: string, answer: HttpResponse, expectation: Expectation, now: number): HttpSeen => {
  const seen = { ask, status: answer.status, stages: stagesOf(answer.timings), ...tlsOf(answer, now) };
  const ms = Math.round(answer.timings.total);
  const because = expectation({ ...answer, ms: answer.timings.total });
  const reason = answer.status >= 500 ? 'target_5xx' : 'unexpected_answer';
  return { ...seen, ms, fault: because === undefined ? null : { reason, because } };
};

/** Opens the looks of an `http` check. Throws a `UsageError` for a condition that is none. */
export const openHttp = async (spec: HttpSpec, { io }: World): Promise<Session<HttpSeen>> => {
  await io.http.prepare?.();
  const expectation = await expectationOf(spec);
  const ask = `${spec.request.method} ${shownPath(spec.request.path)}`;

  const lookAt = async (place: Place, tick: Tick): Promise<Look<HttpSeen>> => {
    const started = io.clock.monotonic();
    const sent = requestTo(place, spec, tick);
    const group = place.group === undefined ? {} : { group: place.group };
    try {
      const answer = await io.http.request(sent);
      const seen = seenOf(ask, answer, expectation, io.clock.now());
      if (seen.fault && answer.status === 429) throw throttledBy(ask, answer);
      return {
        ...group,
        seen: seen.fault ? { ...seen, evidence: evidenceOf(sent, { answer }, sentSecrets(sent)) } : seen,
      };
    } catch (error) {
      if (isMissedLook(error)) throw error;
      const fault = { ...unanswered(error, ask) };
      const evidence = evidenceOf(sent, { error }, sentSecrets(sent));
      return { ...group, seen: { ask, status: null, ms: Math.round(io.clock.monotonic() - started), fault, evidence } };
    }
  };

  /** An instance that could not be looked at hides no other. */
  const lookSafely = async (place: Place, tick: Tick): Promise<Look<HttpSeen>> => {
    try {
      return await lookAt(place, tick);
    } catch (error) {
      if (!isMissedLook(error)) throw error;
      return { ...(place.group === undefined ? {} : { group: place.group }), missed: error.missed };
    }
  };

  return {
    sample: (tick) => Promise.all(placesOf(spec).map((place) => lookSafely(place, tick))),
    close: async () => undefined,
  };
};
