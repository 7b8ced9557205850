// What was asked and what came back where a step went wrong, for the person who looks next: bounded, without a secret.
import { HttpFailure, type HttpResponse, type HttpStage } from '../../kit/io.ts';
import { createRedactor } from '../../kit/redactor.ts';
import { clip } from '../../kit/text.ts';
import type { Visit } from './flows/visit.ts';
import { withoutQuery } from './flows/visit.ts';
import type { Evidence } from './seen.ts';
import type { Walk } from './visits.ts';

/** Characters of an answer that are shown, after masking: half a secret would not be recognised. */
const longest = 160;

const layers: Record<HttpStage, Evidence['layer']> = {
  dns: 'DNS',
  tcp: 'TCP',
  tls: 'TLS',
  http: 'HTTP',
  timeout: 'HTTP',
  aborted: 'HTTP',
};

/** A deadline that passed says itself how far the connection had come. */
const layerOf = (error: unknown): Evidence['layer'] => {
  if (!(error instanceof HttpFailure)) return 'application';
  if (error.stage !== 'timeout') return layers[error.stage];
  if (error.message.includes('TLS handshake')) return 'TLS';
  return error.message.includes('no connection') ? 'TCP' : 'HTTP';
};

/** The words of a page; a text that is no page stays as it is. */
const wordsOf = (body: string): string =>
  body
    .replaceAll(/<(script|style)\b[^]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();

const masked = (text: string, { around, values }: Walk): string => {
  const redactor = createRedactor();
  for (const [secret, name] of around.learned) redactor.learn(secret, name);
  redactor.learn(values['password'] ?? '', 'password');
  return redactor.text(text);
};

/** Enough of a body for an excerpt; masking a megabyte would take longer than the request. */
const enough = 200_000;

const told = ({ status, headers, body }: HttpResponse, walk: Walk): string => {
  const location = headers['location']?.[0];
  const type = headers['content-type']?.[0]?.split(';')[0] ?? 'no content type';
  const to = location === undefined ? '' : ` to ${masked(location, walk).split(/[?#]/)[0]}`;
  // Masked before its tags go and before it is cut: a secret may hold a `<`.
  const words = clip(wordsOf(masked(body.slice(0, enough), walk)), longest);
  return `${status}${to}, ${type}, ${words === '' ? 'an empty body' : JSON.stringify(words)}`;
};

/** Headers whose values say nothing about anybody. */
const plainHeaders = ['accept', 'content-type', 'origin'];

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const placeholder = '…';

const maskedJson = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(maskedJson);
  if (typeof value !== 'object' || value === null) return placeholder;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, maskedJson(one)]));
};

const bodyOf = (body: string, type: string): string => {
  if (type.includes('urlencoded'))
    return [...new URLSearchParams(body).keys()].map((name) => `${name}=${placeholder}`).join('&');
  try {
    return JSON.stringify(maskedJson(JSON.parse(body)));
  } catch {
    return placeholder;
  }
};

/** The request as a line of a shell. Every value that could be secret is left out, whether it is known or not. */
export const curlLine = ({ method, url, headers = {}, body }: Visit): string => {
  const query = [...new URL(url).searchParams.keys()].map((name) => `${name}=${placeholder}`).join('&');
  const type = headers['content-type'] ?? '';
  const own = Object.entries(headers).flatMap(([name, value]) => {
    if (name === 'referer') return ['-e', quoted(withoutQuery(value))];
    return ['-H', quoted(`${name}: ${plainHeaders.includes(name.toLowerCase()) ? value : placeholder}`)];
  });
  return [
    'curl -i',
    ...(method === 'GET' ? [] : ['-X', method]),
    quoted(`${withoutQuery(url)}${query === '' ? '' : `?${query}`}`),
    ...own,
    ...(body === undefined ? [] : ['-d', quoted(bodyOf(body, type))]),
  ].join(' ');
};

/** The last request of a step and its answer. Undefined for a step that asked nothing. */
export const evidenceOf = (walk: Walk, error?: unknown): Evidence | undefined => {
  const { visitor } = walk;
  const { latest } = visitor;
  if (!latest || visitor.hops.length === 0) return undefined;
  const { sent, answer } = latest;
  const curl = clip(masked(curlLine(sent), walk), 600);
  return { layer: layerOf(error), curl, ...(answer ? { answer: told(answer, walk) } : {}) };
};

/** `application layer; answered 502, text/html, "Bad gateway"; by hand: curl …`. */
export const evidenceText = ({ layer, answer, curl }: Evidence): string =>
  [`${layer} layer`, ...(answer === undefined ? [] : [`answered ${answer}`]), `by hand: ${curl}`].join('; ');
