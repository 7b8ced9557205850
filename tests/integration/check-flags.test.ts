// `check` without a profile, against a real login and a real Postgres: an engineer has a URL, a name and a password.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { account, startAuthApp } from '../helpers/auth-app.ts';
import { runHere } from '../helpers/command.ts';
import { startTestServer } from '../helpers/postgres.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** Everything that was written below a folder. */
const written = async (folder: string): Promise<string> => {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((name) => name.isFile());
  return (await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')))).join('\n');
};

describe('holdpoint check --login --user --postgres', () => {
  it('signs in, counts the connections, and shows the password nowhere', async () => {
    const app = await startAuthApp();
    const server = await startTestServer();
    const folder = await tempFolder();
    const args = [
      'check',
      '--login',
      `${app.url}/login`,
      '--user',
      account.username,
      '--probe',
      '/me',
      '--contains',
      account.username,
    ];
    const typed = { answers: [account.password] };
    const told = await runHere(folder, [...args, '--postgres', server.url()], typed);
    expect([told.exitCode, told.stderr.includes('RECOVERED: all 2 checks passing (127.0.0.1-')]).toEqual([0, true]);
    expect(told.asked).toEqual([`[password of smoke at ${new URL(app.url).host}: ]`]);
    expect(told.stderr).toContain('refused, as it should be: a stranger');
    const all = told.stderr + (await written(folder));
    for (const secret of [account.password, 'postgres-password', encodeURIComponent(account.password)])
      expect(all).not.toContain(secret);
    // Not one wrong password for the account of a person.
    expect(new Set(app.passwords)).toEqual(new Set([account.password]));
    expect(await readdir(folder)).toEqual(['.holdpoint']);
    await app.close();
    await server.stop();
  });

  it('asks for the password of the server where its URL has none, and shows it nowhere', async () => {
    const server = await startTestServer();
    const url = new URL(server.url());
    const password = decodeURIComponent(url.password);
    url.password = '';
    const folder = await tempFolder();
    const args = ['check', '--postgres', url.href];
    const right = await runHere(folder, args, { terminal: true, answers: [password] });
    expect([right.exitCode, right.stderr.includes('RECOVERED: the one check is passing')]).toEqual([0, true]);
    expect(right.asked).toEqual([`[password of postgres at ${url.host} (empty: none): ]`]);
    const wrong = await runHere(folder, args, { env: { HOLDPOINT_POSTGRES_PASSWORD: 'something else' } });
    expect([wrong.exitCode, wrong.stderr.includes('the probe cannot log in (28P01')]).toEqual([12, true]);
    const all = right.stderr + wrong.stderr + (await written(folder));
    for (const secret of [password, encodeURIComponent(password), 'something else']) expect(all).not.toContain(secret);
    await server.stop();
  });

  it('says what is broken: the login here', async () => {
    const app = await startAuthApp({ login: 500 });
    const args = ['check', '--login', `${app.url}/login`, '--user', account.username];
    const told = await runHere(await tempFolder(), args, { env: { HOLDPOINT_PASSWORD: account.password } });
    expect(told.exitCode).toBe(10);
    expect(told.asked).toEqual([]);
    expect(told.stderr).toContain('NOT RECOVERED: 1 of 1 failing, unknown since when (127.0.0.1-');
    await app.close();
  });
});
