// The smallest web framework that the service needs: a request with its body, an answer, cookies.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request, parsed. */
export interface Ask {
  method: string;
  path: string;
  /** The session token: of the cookie, else of the Authorization header. */
  token: string | undefined;
  bearer: boolean;
  /** Fields of the form or of the JSON body. */
  fields: Record<string, string>;
}

/** What is answered. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export type Handler = (ask: Ask) => Promise<Answer>;

/** The longest body that a login may have, bytes. */
const bodyLimit = 10_000;

const readBody = async (message: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of message) {
    text += String(chunk);
    if (text.length > bodyLimit) throw new Error(`a body of more than ${bodyLimit} bytes`);
  }
  return text;
};

const parseFields = (type: string, body: string): Record<string, string> => {
  if (type.startsWith('application/json')) return body ? (JSON.parse(body) as Record<string, string>) : {};
  return Object.fromEntries(new URLSearchParams(body));
};

const cookie = (header: string | undefined, name: string): string | undefined =>
  header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

const bearer = (header: string | undefined): string | undefined => header?.match(/^Bearer (\S+)$/i)?.[1];

/** Reads the whole request. */
export const readAsk = async (message: IncomingMessage): Promise<Ask> => {
  const authorization = bearer(message.headers.authorization);
  const body = message.method === 'POST' ? await readBody(message) : '';
  return {
    method: message.method ?? 'GET',
    path: new URL(message.url ?? '/', 'http://auth.local').pathname,
    token: authorization ?? cookie(message.headers.cookie, 'session'),
    bearer: authorization !== undefined,
    fields: parseFields(message.headers['content-type'] ?? '', body),
  };
};

/** Writes the answer. */
export const writeAnswer = (response: ServerResponse, answer: Answer): void => {
  response.writeHead(answer.status, { 'content-length': Buffer.byteLength(answer.body ?? ''), ...answer.headers });
  response.end(answer.body ?? '');
};

/** A page. */
export const html = (status: number, body: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: `<!doctype html><html lang="en"><title>auth</title>${body}</html>`,
});

/** A JSON document. */
export const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Sends the browser elsewhere. */
export const redirect = (location: string, headers: Record<string, string> = {}): Answer => ({
  status: 302,
  headers: { location, ...headers },
});

/** The session cookie: unreadable for scripts, not sent from other sites. No `Secure`: the lab speaks plain http on loopback. */
export const sessionCookie = (token: string): Record<string, string> => ({
  'set-cookie': `session=${token}; Path=/; HttpOnly; SameSite=Lax`,
});

/** Text that stands in a page. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
