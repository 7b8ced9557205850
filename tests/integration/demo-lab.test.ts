// The incident lab on real processes: its service signs people in and out, its pipeline deploys, and its end leaves nothing.
import { existsSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../../src/demo/lab/children.ts';
import { type Lab, startLab } from '../../src/demo/lab/lab.ts';
import { findScenario } from '../../src/demo/scenarios.ts';
import { childPids, connectionsByName, isListening, isRunning } from '../demo/world.ts';

let lab: Lab;
let base: string;
let smoke: { username: string; password: string };

beforeAll(async () => {
  const scenario = findScenario('incident');
  if (!scenario) throw new Error('there is no scenario incident');
  lab = await startLab(scenario);
  base = lab.env['DEMO_URL'] ?? '';
  smoke = { username: 'smoke', password: lab.env['DEMO_SMOKE_PASSWORD'] ?? '' };
});

afterAll(() => lab.end());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${base}${path}`, { headers, redirect: 'manual' });

const post = (path: string, body: URLSearchParams | string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${base}${path}`, { method: 'POST', body, headers, redirect: 'manual' });

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';

const openForm = async (): Promise<{ cookie: string; csrf: string }> => {
  const page = await get('/login');
  const csrf = (await page.text()).match(/name="csrf" value="([^"]+)"/)?.[1] ?? '';
  return { cookie: cookieOf(page), csrf };
};

const submit = (form: { cookie: string; csrf: string }, fields: Record<string, string>): Promise<Response> =>
  post('/login', new URLSearchParams({ csrf: form.csrf, ...fields }), { cookie: form.cookie });

describe('the form login', () => {
  it('opens the account page with a session cookie that is new', async () => {
    const form = await openForm();
    const answer = await submit(form, smoke);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/me']);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^session=\S{32}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(cookieOf(answer)).not.toBe(form.cookie);
    const page = await get('/me', { cookie: cookieOf(answer) });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<p>Signed in as smoke</p>');
  });

  it('ends the session from before the login', async () => {
    const form = await openForm();
    await submit(form, smoke);
    expect((await submit(form, smoke)).status).toBe(403);
  });

  it.each([
    ['a wrong password', { password: 'not it' }, 401, 'Wrong name or password.'],
    ['an unknown name', { username: 'nobody' }, 401, 'Wrong name or password.'],
    ['a wrong form token', { csrf: 'x' }, 403, 'This form is out of date'],
  ])('refuses %s', async (_what, change, status, text) => {
    const answer = await submit(await openForm(), { ...smoke, ...change });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(text);
  });

  it('is over for good after signing out', async () => {
    const cookie = cookieOf(await submit(await openForm(), smoke));
    expect((await post('/logout', '', { cookie })).status).toBe(302);
    const answer = await get('/me', { cookie });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/login']);
  });
});

describe('the JSON login', () => {
  const json = { 'content-type': 'application/json' };

  it('gives a bearer token that signing out ends', async () => {
    const answer = await post('/api/login', JSON.stringify(smoke), json);
    const { token } = (await answer.json()) as { token: string };
    const authorization = `Bearer ${token}`;
    expect(await (await get('/me', { authorization })).json()).toEqual({ username: 'smoke' });
    expect((await post('/api/logout', '', { authorization })).status).toBe(204);
    expect((await get('/me', { authorization })).status).toBe(401);
  });

  it('refuses a wrong password with 401', async () => {
    const answer = await post('/api/login', JSON.stringify({ ...smoke, password: 'not it' }), json);
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'wrong name or password' }]);
  });
});

describe('the metrics', () => {
  it('count probes apart and tell about the pool', async () => {
    await get('/me', { 'user-agent': 'holdpoint/0.1.0' });
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(/^http_requests_total\{route="\/me",method="GET",code="302",client="probe"\} 1$/m);
    expect(text).toMatch(/^http_requests_total\{route="\/me",method="GET",code="200",client="user"\} \d+$/m);
    expect(text).toMatch(/^db_client_connection_max 8$/m);
    expect(text).toMatch(/^db_client_connection_timeouts_total 0$/m);
    expect(text).toMatch(/^db_client_connection_wait_time_seconds_count \d+$/m);
    expect(text).toMatch(/^process_start_time_seconds \d{10}\.\d+$/m);
  });
});

describe('the pipeline', () => {
  it('changes nothing in a dry run', async () => {
    const argv = lab.deployArgv('9f2c1e8', ['--dry-run']) as [string];
    expect(await runToEnd(argv, { cwd: '/', env: {}, as: {} })).toEqual({ code: 0, output: 'would deploy 9f2c1e8' });
    expect(readlinkSync(`${lab.app}/current`)).toBe('releases/77ab0c4');
  });

  it('deploys the release that opens a connection per session', async () => {
    expect(await connectionsByName(lab.adminUrl)).toMatchObject({ 'auth@77ab0c4': 8 });
    const argv = lab.deployArgv('9f2c1e8') as [string];
    expect(await runToEnd(argv, { cwd: '/', env: {}, as: {} })).toEqual({ code: 0, output: 'deployed 9f2c1e8' });
    expect(readlinkSync(`${lab.app}/current`)).toBe('releases/9f2c1e8');
    expect(await (await get('/version')).json()).toEqual({ revision: '9f2c1e8', instance: 'a' });
    // 15 users with sessions turn a page each within a second.
    await expect
      .poll(async () => (await connectionsByName(lab.adminUrl))['auth@9f2c1e8'] ?? 0, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(23);
    expect(await connectionsByName(lab.adminUrl)).not.toHaveProperty('auth@77ab0c4');
  });
});

describe('the end of the lab', () => {
  it('leaves no process, no port and no folder', async () => {
    const pids = childPids(process.pid);
    expect(pids.length).toBeGreaterThanOrEqual(4);
    expect(await isListening(lab.ports[0] ?? 0)).toBe(true);
    await lab.end();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await Promise.all(lab.ports.map(isListening))).toEqual(lab.ports.map(() => false));
    expect(existsSync(lab.folder)).toBe(false);
  });
});
