// Small services for the tests of `login`, one for each way to sign in that is neither a form nor OpenID Connect.
import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { account } from './auth-app.ts';
import { bodyOf, serve, type TestServer } from './servers.ts';

/** What a handler gets. */
export interface Ask {
  request: IncomingMessage;
  response: ServerResponse;
  body: string;
  fields: URLSearchParams;
  cookies: Record<string, string>;
}

/** A server with its log of requests. */
export interface App extends TestServer {
  /** `POST /login`, one per request. */
  asked: string[];
  bodies: string[];
}

const cookiesOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split('=', 2)));

/** Serves `METHOD /path` → handler; everything else is 404. */
export const routes = async (table: Record<string, (ask: Ask) => void>): Promise<App> => {
  const asked: string[] = [];
  const bodies: string[] = [];
  const server = await serve(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const body = await bodyOf(request);
    asked.push(`${request.method} ${pathname}`);
    bodies.push(body);
    const handler = table[`${request.method} ${pathname}`];
    if (!handler) return void response.writeHead(404).end('not here');
    return handler({ request, response, body, fields: new URLSearchParams(body), cookies: cookiesOf(request) });
  });
  return { ...server, asked, bodies };
};

/** Answers JSON. */
export const json = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const redirect = (response: ServerResponse, location: string, cookie?: string): void =>
  void response.writeHead(302, { location, ...(cookie === undefined ? {} : { 'set-cookie': cookie }) }).end();

const passwordForm = '<form method="post" action="/login"><input name="u"><input type="password" name="p"></form>';

/** The seed of `totpApp`: `12345678901234567890`, as in RFC 6238. */
export const seed = 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ';

/** The code of a time step by the text of RFC 6238, written apart from the one that is tested. */
export const rightCode = (now: number): string => {
  const counter = Buffer.alloc(8);
  counter.writeUInt32BE(Math.floor(now / 30_000), 4);
  const digest = createHmac('sha1', '12345678901234567890').update(counter).digest();
  const from = (digest[19] as number) % 16;
  return String((digest.readUInt32BE(from) % 0x8000_0000) % 1_000_000).padStart(6, '0');
};

/** Password on one page, code on the next; each code is taken once. `now`: the time of its clock. */
export const totpApp = async (now: () => number): Promise<App & { codes: string[] }> => {
  const codes: string[] = [];
  const half = new Set<string>();
  const whole = new Set<string>();
  const page =
    '<form method="post" action="/code"><input type="hidden" name="csrf" value="x"><input name="otp_attempt"></form>';
  const app = await routes({
    'GET /login': ({ response }) => void response.end(passwordForm),
    'POST /login': ({ response, fields }) => {
      if (fields.get('p') !== account.password) return void response.writeHead(401).end(passwordForm);
      const id = randomUUID();
      half.add(id);
      return redirect(response, '/code', `sid=${id}; Path=/`);
    },
    'GET /code': ({ response }) => void response.end(page),
    'POST /code': ({ response, fields, cookies }) => {
      const code = fields.get('otp_attempt') ?? '';
      const fresh = half.has(cookies['sid'] ?? '') && code === rightCode(now()) && !codes.includes(code);
      codes.push(code);
      if (!fresh) return void response.end(page);
      whole.add(cookies['sid'] ?? '');
      return redirect(response, '/me');
    },
    'GET /me': ({ response, cookies }) =>
      whole.has(cookies['sid'] ?? '')
        ? void response.end('Hello smoke <form><input name="q"></form>')
        : redirect(response, '/login'),
  });
  return { ...app, codes };
};

/** What is broken in a SAML pair. */
export interface SamlKnobs {
  /** The provider shows a page instead of its answer. */
  noAnswer?: boolean;
  /** The provider asks whether the application may have the account. */
  consent?: boolean;
  /** Where the provider's answer is posted to. */
  acs?: string;
}

/** An application and its identity provider on two origins, over the POST binding both ways. */
export const samlPair = async (knobs: SamlKnobs = {}): Promise<{ sp: App; idp: App; close(): Promise<void> }> => {
  const sessions = new Set<string>();
  const pending = new Set<string>();
  const urls = { sp: '', idp: '' };
  const post = (action: string, fields: Record<string, string>): string => {
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    return `<body onload="document.forms[0].submit()"><form method="post" action="${action}">${inputs.join('')}<noscript><button>Continue</button></noscript></form></body>`;
  };
  const sp = await routes({
    'GET /me': ({ response, cookies }) =>
      sessions.has(cookies['sp'] ?? '')
        ? void response.end('Hello smoke <form method="post" action="/logout"><button>Sign out</button></form>')
        : redirect(response, '/login'),
    'GET /login': ({ response }) =>
      void response.end(post(`${urls.idp}/sso`, { SAMLRequest: randomUUID(), RelayState: '/me' })),
    'POST /acs': ({ response, fields }) => {
      if (!pending.delete(fields.get('SAMLResponse') ?? '')) return void response.writeHead(403).end();
      const id = randomUUID();
      sessions.add(id);
      return redirect(response, '/me', `sp=${id}; Path=/`);
    },
  });
  const answer = (response: ServerResponse): void => {
    const text = randomUUID();
    pending.add(text);
    response.end(post(knobs.acs ?? `${urls.sp}/acs`, { SAMLResponse: text, RelayState: '/me' }));
  };
  const idp = await routes({
    'POST /sso': ({ response }) => void response.end(passwordForm),
    'POST /login': ({ response, fields }) => {
      if (fields.get('p') !== account.password) return void response.end(passwordForm);
      if (knobs.noAnswer) return void response.end('Welcome');
      if (!knobs.consent) return answer(response);
      return void response.end('<form method="post" action="/consent"><button>Yes</button></form><a href="/">No</a>');
    },
    'POST /consent': ({ response }) => answer(response),
  });
  Object.assign(urls, { sp: sp.url, idp: idp.url.replace('127.0.0.1', 'localhost') });
  return {
    sp,
    idp: { ...idp, url: urls.idp },
    close: async () => {
      await sp.close();
      await idp.close();
    },
  };
};
