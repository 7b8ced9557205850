// Nothing is sent to an origin that the check does not name, whatever a provider or a page says.
import { describe, expect, test } from 'vitest';
import { closedAfterEach } from '../helpers/kept.ts';
import { account } from '../helpers/auth-app.ts';
import { openLogin } from '../helpers/login.ts';
import { client, redirectUri, startOidcApp } from '../helpers/oidc-app.ts';
import { serve } from '../helpers/servers.ts';

const kept = closedAfterEach();

/** Another origin, and what reached it. */
const foreign = async (): Promise<{ url: string; heard: string[] }> => {
  const heard: string[] = [];
  const server = kept(
    await serve((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      response.end('{}');
    }),
  );
  return { url: server.url.replace('127.0.0.1', 'localhost'), heard };
};

describe('a discovery document that names another origin', () => {
  test.each<[string, object]>([
    ['authorization_endpoint', {}],
    ['token_endpoint', {}],
    ['jwks_uri', {}],
    ['end_session_endpoint', { logout: 'endSession' }],
    ['revocation_endpoint', { logout: 'revoke' }],
  ])('as %s leads nobody there', async (field, oidc) => {
    const other = await foreign();
    const provider = kept(await startOidcApp({ metadata: { [field]: `${other.url}/collect` } }));
    const { look, judge } = kept(
      await openLogin({
        target: provider.url,
        account,
        login: { oidc: { client, redirectUri, ...oidc } },
        probe: { get: '/me', granted: { json: { name: '{{username}}' } } },
      }),
    );
    const verdict = judge(await look('hold'));
    expect(other.heard).toEqual([]);
    expect(verdict.outcome).toBe('fail');
    expect(JSON.stringify(verdict)).toContain(
      `the provider names ${other.url}, which is not in origins; nothing was sent there`,
    );
  });
});

describe('a page that leads elsewhere', () => {
  const form = '<form method="post" action="/in"><input name="u"><input type="password" name="p"></form>';
  const looked = async (page: string, answer: [number, Record<string, string>], login: object): Promise<string> => {
    const server = kept(
      await serve((request, response) => {
        if (request.method === 'POST') response.writeHead(...answer).end(page);
        else response.end(request.url === '/login' ? page : 'nothing');
      }),
    );
    const opened = kept(
      await openLogin({ target: server.url, account, login, probe: { get: '/me', granted: { contains: 'smoke' } } }),
    );
    return JSON.stringify(await opened.look('hold'));
  };

  test('by a refresh in its head is not followed', async () => {
    const other = await foreign();
    const refresh = `<meta http-equiv="refresh" content="0;url=${other.url}/in">${form}`;
    await looked(refresh, [200, { refresh: `0;url=${other.url}/in` }], { form: { page: '/login' } });
    expect(other.heard).toEqual([]);
  });

  test('by its base gets no password', async () => {
    const other = await foreign();
    const said = await looked(`<base href="${other.url}/">${form}`, [200, {}], { form: { page: '/login' } });
    expect(other.heard).toEqual([]);
    expect(said).not.toContain('sign in: granted');
  });

  test('by the action of its button gets no password', async () => {
    const other = await foreign();
    const button = `<form method="post"><input name="u"><input type="password" name="p"><button formaction="${other.url}/in">Go</button></form>`;
    await looked(button, [200, {}], { form: { page: '/login' } });
    expect(other.heard).toEqual([]);
  });

  test.each([301, 302, 303, 307, 308])('by a %i of a token endpoint gets no secret', async (status) => {
    const other = await foreign();
    const oauth = { token: '/token', grant: 'client_credentials' };
    await looked('', [status, { location: `${other.url}/token` }], { oauth });
    expect(other.heard).toEqual([]);
  });

  test.each([307, 308])('by a %i of Basic and Digest gets no header', async (status) => {
    const other = await foreign();
    const got: string[] = [];
    const server = kept(
      await serve((request, response) => {
        got.push(request.headers.authorization ?? '');
        response.writeHead(status, { location: `${other.url}/in` }).end();
      }),
    );
    const { look } = kept(
      await openLogin({
        target: server.url,
        account,
        login: { basic: {} },
        probe: { get: '/', granted: { status: 200 } },
      }),
    );
    await look('hold');
    expect(other.heard).toEqual([]);
    expect(got.some((header) => header.startsWith('Basic '))).toBe(true);
  });
});
