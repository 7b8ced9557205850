// A real service in release folders behind a link: a bad release is rolled back by restarting it from the old folder.
import { chmod, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import { openPlatform, platforms, rollBack } from '../../src/rollback/index.ts';
import { openFileStore } from '../../src/store/index.ts';
import { openPlan } from '../helpers/rollback-plan.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { order } from '../rollback/desk.ts';

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Tells the name of the folder in which it was started, as a real process keeps it. */
const service = (port: number): string => `
const revision = require('node:path').basename(__dirname);
require('node:http').createServer((_, response) => response.end(JSON.stringify({ revision }))).listen(${port}, '127.0.0.1');
`;

const restart = `#!/bin/sh
[ -f pid ] && kill "$(cat pid)" && while kill -0 "$(cat pid)" 2>/dev/null && [ "$((n += 1))" -lt 20 ]; do sleep 0.05; done
"$NODE" "$(readlink -f current)/server.cjs" >/dev/null 2>&1 &
echo $! > pid
`;

const deployed = async () => {
  const root = await tempFolder();
  const port = await freePort();
  const io = createIo({ version: '0.0.0', env: { PATH: process.env['PATH'], NODE: process.execPath } });
  for (const release of ['v1', 'v2']) {
    await mkdir(join(root, 'releases', release), { recursive: true });
    await writeFile(join(root, 'releases', release, 'server.cjs'), service(port));
  }
  await symlink('releases/v2', join(root, 'current'));
  await writeFile(join(root, 'restart.sh'), restart);
  await chmod(join(root, 'restart.sh'), 0o755);
  onTestFinished(async () => {
    process.kill(Number(await readFile(join(root, 'pid'), 'utf8')), 'SIGKILL');
    await io.http.close();
  });
  await io.processes.run({ argv: ['./restart.sh'], cwd: root, deadline: 20_000 });
  return { root, port, io };
};

it('is live in the old folder again, proven by what the process says, and stays up', async () => {
  const { root, port, io } = await deployed();
  const platform = platforms['symlink']?.();
  if (!platform) throw new Error('no platform symlink');
  const version = { url: `http://127.0.0.1:${port}/version` };
  const settings = platform.settings.parse({ restart: ['./restart.sh'], version });
  const plan = openPlan({ platform, settings, deadline: 20_000, verify: { for: 0, deadline: 1000 } });
  const { session, acts, close } = await openPlatform(plan, { io, root, redact: (text) => text });
  const warnings: string[] = [];
  const store = openFileStore({ folder: join(root, '.holdpoint'), io, warn: (text) => warnings.push(text) });
  const running = async (): Promise<string> =>
    (await io.http.request({ method: 'GET', url: version.url, timeout: 2000 })).body;
  await expect.poll(running, { timeout: 10_000 }).toBe('{"revision":"v2"}');

  const report = await rollBack(
    { ...order, from: 'v2', to: 'v1' },
    {
      io,
      store,
      plan,
      root,
      platform: session,
      acts,
      emit: () => {},
      redact: (text) => text,
      verify: async () => ({ green: (await running()) === '{"revision":"v1"}', because: await running() }),
      signal: new AbortController().signal,
    },
  );
  await close();

  expect(report).toMatchObject({ state: 'ROLLED_BACK', verified: true, acts: [{ argv: ['./restart.sh'], exit: 0 }] });
  // As relative as it was.
  expect(await readlink(join(root, 'current'))).toBe('releases/v1');
  expect(await running()).toBe('{"revision":"v1"}');
  expect(warnings).toEqual([]);
});
