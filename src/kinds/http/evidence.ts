// What was asked and what came back where a request went wrong, for the person who looks next: bounded, without a secret.
import { HttpFailure, type HttpResponse, type HttpStage } from '../../kit/io.ts';
import { createRedactor } from '../../kit/redactor.ts';
import { clip } from '../../kit/text.ts';
import { withoutTokens } from './opaque.ts';
import type { Evidence } from './seen.ts';
import { withoutQuery } from './target.ts';
import { wordsOf } from './words.ts';

/** A request as it was sent. */
export interface Sent {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What came of it: an answer, or why there was none. */
export interface Outcome {
  answer?: HttpResponse;
  error?: unknown;
}

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

type Mask = (text: string) => string;

/** `secrets`: value → name. */
const maskFor = (secrets: ReadonlyMap<string, string>): Mask => {
  const redactor = createRedactor();
  for (const [secret, name] of secrets) redactor.learn(secret, name);
  return (text) => withoutTokens(redactor.text(text));
};

/** Enough of a body for an excerpt; masking a megabyte would take longer than the request. */
const enough = 50_000;

const told = ({ status, headers, body }: HttpResponse, mask: Mask): string => {
  const location = headers['location']?.[0];
  const type = headers['content-type']?.[0]?.split(';')[0] ?? 'no content type';
  const to = location === undefined ? '' : ` to ${mask(location).split(/[?#]/)[0]}`;
  // Masked before its tags go and before it is cut: a secret may hold a `<`.
  const words = clip(
    wordsOf(mask(body.slice(0, enough)))
      .replaceAll(/[\s\p{Cc}]+/gu, ' ')
      .trim(),
    longest,
  );
  const nothing = body === '' ? 'an empty body' : 'a page without text';
  // Escaped quotes would make JSON unreadable.
  const shown = words.includes('"') ? words : `"${words}"`;
  return `${status}${to}, ${type}, ${words === '' ? nothing : shown}`;
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
export const curlLine = ({ method, url, headers = {}, body }: Sent): string => {
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

/** A request and what came of it. `secrets`: value → name of all that may not be seen. */
export const evidenceOf = (sent: Sent, { answer, error }: Outcome, secrets: ReadonlyMap<string, string>): Evidence => {
  const mask = maskFor(secrets);
  const curl = clip(mask(curlLine(sent)), 600);
  return { layer: layerOf(error), curl, ...(answer ? { answer: told(answer, mask) } : {}) };
};

/** `application layer; answered 502, text/html, "Bad gateway"; by hand: curl …`. */
export const evidenceText = ({ layer, answer, curl }: Evidence): string =>
  [`${layer} layer`, ...(answer === undefined ? [] : [`answered ${answer}`]), `by hand: ${curl}`].join('; ');
