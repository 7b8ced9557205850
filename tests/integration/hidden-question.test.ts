// A password typed at a real terminal is not shown by it, and Ctrl-C at the question ends in order.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { account, startAuthApp } from '../helpers/auth-app.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const bin = resolve(import.meta.dirname, '../../bin/holdpoint.cjs');

/** Types `keys` when the question stands; `script` of Debian's bsdutils brings the terminal. */
const typeAt = async (url: string, keys: string): Promise<{ shown: string; exitCode: number | null }> => {
  const { CI: _ci, HOLDPOINT_PASSWORD: _password, ...env } = process.env;
  const command = `${process.execPath} ${bin} check --login ${url}/login --user ${account.username} --probe /me`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: await tempFolder(),
    env: { ...env, TERM: 'xterm' },
  });
  let shown = '';
  let typed = false;
  child.stdout.on('data', (text: Buffer) => {
    shown += text.toString();
    if (typed || !shown.includes(`password of ${account.username} at `)) return;
    typed = true;
    // The question is written a moment before the terminal stops to echo.
    setTimeout(() => child.stdin.write(keys), 1000);
  });
  const exitCode = await new Promise<number | null>((done, fail) => {
    child.on('error', fail).on('close', done);
  });
  return { shown, exitCode };
};

it('is not shown', async () => {
  const app = await startAuthApp();
  const { shown, exitCode } = await typeAt(app.url, `${account.password}\r`);
  expect([exitCode, shown.includes('RECOVERED'), shown.includes(account.password)]).toEqual([0, true, false]);
  expect(new Set(app.passwords)).toEqual(new Set([account.password]));
  await app.close();
});

it('Ctrl-C asks no service for anything', async () => {
  const app = await startAuthApp();
  const { exitCode } = await typeAt(app.url, '\u0003');
  expect([exitCode, app.passwords]).toEqual([130, []]);
  await app.close();
});
