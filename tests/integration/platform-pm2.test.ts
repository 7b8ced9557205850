// The platform `pm2` on a real pm2: an app from an ecosystem file, and one that was started inside its release folder.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink as makeLink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownPackage } from '../../src/io/package.ts';
import { pm2 } from '../../src/rollback/platforms/pm2.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { type DeploySystem, openOn, platformContract, settled } from '../rollback/platform-contract.ts';

const execute = promisify(execFile);
const program = join(ownPackage().root, 'tests/servers/pm2/node_modules/.bin/pm2');

let home = '';
const environment = () => ({ ...process.env, PM2_HOME: home, HOME: home });
const run = (words: readonly string[], cwd = home) => execute(program, [...words], { cwd, env: environment() });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdpoint-pm2-'));
});

afterAll(async () => {
  await run(['kill']);
  await rm(home, { recursive: true, force: true });
});

/** A program that stands before pm2 on PATH and lets most calls through. */
const stub = `#!/bin/sh
cd "$(dirname "$0")"
case "$1" in
jlist)
  [ -e hang ] && exec sleep 60
  [ -e babble ] && { echo 'warning: hello'; exit 0; } ;;
reload)
  [ -e fail ] && { cat fail >&2; exit 7; }
  [ -e lie ] && { echo done; exit 0; } ;;
esac
cd "$OLDPWD"
exec ${program} "$@"
`;

interface Pm2System extends DeploySystem {
  ecosystem: string;
  link(release: string): Promise<void>;
}

const system = async (start: 'ecosystem' | 'inside' | 'cluster'): Promise<Pm2System> => {
  const root = await tempFolder();
  const [current, bin, ecosystem] = [join(root, 'current'), join(root, 'bin'), join(root, 'ecosystem.config.cjs')];
  for (const release of ['v1', 'v2', 'v3']) {
    await mkdir(join(root, 'releases', release), { recursive: true });
    await writeFile(join(root, 'releases', release, 'app.js'), 'setInterval(() => {}, 1000);');
  }
  const link = async (release: string): Promise<void> => {
    await rm(current, { force: true });
    await makeLink(join(root, 'releases', release), current);
  };
  await link('v2');
  const mode = start === 'cluster' ? { exec_mode: 'cluster', instances: 2 } : {};
  const apps = [
    { name: 'auth', script: join(current, 'app.js'), cwd: current, listen_timeout: 200, kill_timeout: 500, ...mode },
  ];
  await writeFile(ecosystem, `module.exports = ${JSON.stringify({ apps })};`);
  await run(['delete', 'all']).catch(() => undefined);
  await (start === 'inside' ? run(['start', 'app.js', '--name', 'auth'], current) : run(['start', ecosystem]));
  await mkdir(bin);
  await writeFile(join(bin, 'pm2'), stub, { mode: 0o755 });
  return {
    root,
    ecosystem,
    link,
    settings: { app: 'auth' },
    env: { PM2_HOME: home, HOME: home, PATH: `${bin}:${process.env['PATH']}` },
    deploy: async (release) => {
      await link(release);
      await run(['reload', 'auth']);
    },
    lie: () => writeFile(join(bin, 'lie'), ''),
    fail: (text) => writeFile(join(bin, 'fail'), text),
    blind: () => rm(current),
    babble: () => writeFile(join(bin, 'babble'), ''),
    hang: () => writeFile(join(bin, 'hang'), ''),
  };
};

platformContract(pm2, () => system('ecosystem'));

const back = { from: 'v2', to: 'v1', token: 1 };

describe('an app from an ecosystem file', () => {
  it('is reloaded, and each process is looked at', async () => {
    const { session, acts } = await openOn(pm2, await system('ecosystem'));
    expect(await session.forbidden?.()).toBeUndefined();
    expect(await session.live()).toMatchObject({ revision: 'v2', settled: true, detail: '1 of 1 process runs v2' });
    await session.undo(back);
    expect(acts().map(({ argv }) => argv)).toEqual([['pm2', 'reload', 'auth', '--update-env']]);
    expect(await settled({ session } as never)).toMatchObject({ revision: 'v1', settled: true });
  });

  it('is not settled while the link alone has moved', async () => {
    const given = await system('ecosystem');
    const { session } = await openOn(pm2, given);
    await settled({ session } as never);
    await given.link('v1');
    expect(await session.live()).toMatchObject({
      revision: 'v1',
      settled: false,
      detail: expect.stringMatching(/^the link points to v1; 0 of 1 process runs v1, auth:\d+ runs v2$/),
    });
    await session.undo(back);
    expect(await settled({ session } as never)).toMatchObject({ revision: 'v1', settled: true });
  });

  it('is not settled while it is stopped', async () => {
    const { session } = await openOn(pm2, await system('ecosystem'));
    await run(['stop', 'auth']);
    expect(await session.live()).toMatchObject({ settled: false, detail: expect.stringContaining('is stopped') });
  });

  it('must be known', async () => {
    const given = await system('ecosystem');
    const { session } = await openOn(pm2, { ...given, settings: { app: 'mail' } });
    await expect(session.live()).rejects.toThrow('pm2 knows no app mail: auth');
  });
});

describe('an app that was started inside its release folder', () => {
  it('would go on with the old release for ever: that is refused', async () => {
    const given = await system('inside');
    const { session, acts } = await openOn(pm2, given);
    const pinned = `pm2 has auth pinned to ${given.root}/releases/v2/app.js`;
    expect(await session.forbidden?.()).toBe(
      `${pinned}: a reload would go on with that release. Start it with an ecosystem file whose script and cwd begin with ${given.root}/current, or name \`start\``,
    );
    await expect(session.undo(back)).rejects.toThrow(pinned);
    expect(acts()).toEqual([]);
    expect(await session.live()).toMatchObject({ revision: 'v2', settled: true });
  });

  it('really would: the reload ends well and runs v2', async () => {
    const given = await system('inside');
    const { session } = await openOn(pm2, given);
    await given.deploy('v1');
    expect(await session.live()).toMatchObject({
      revision: 'v1',
      settled: false,
      detail: expect.stringMatching(/auth:\d+ runs v2$/),
    });
  });

  it('is started anew when the profile says how', async () => {
    const given = await system('inside');
    const settings = { app: 'auth', start: ['pm2', 'start', given.ecosystem] };
    const { session, acts } = await openOn(pm2, { ...given, settings });
    expect(await session.forbidden?.()).toBeUndefined();
    await session.undo(back);
    expect(acts().map(({ argv }) => argv)).toEqual([['pm2', 'delete', 'auth'], settings.start]);
    expect(await settled({ session } as never)).toMatchObject({ revision: 'v1', settled: true });
  });
});

describe('an app that was stopped', () => {
  it('is started in the target by going back', async () => {
    const { session } = await openOn(pm2, await system('ecosystem'));
    await run(['stop', 'auth']);
    await session.undo(back);
    expect(await settled({ session } as never)).toMatchObject({ revision: 'v1', settled: true });
  });
});

describe('an app in cluster mode', () => {
  it('is settled when all of its processes run the target', async () => {
    const given = await system('cluster');
    const { session, acts } = await openOn(pm2, given);
    expect(await settled({ session } as never)).toMatchObject({
      revision: 'v2',
      settled: true,
      detail: '2 of 2 processes run v2',
    });
    await session.undo(back);
    expect(acts().map(({ argv }) => argv)).toEqual([['pm2', 'reload', 'auth', '--update-env']]);
    expect(await settled({ session } as never)).toMatchObject({ revision: 'v1', detail: '2 of 2 processes run v1' });
    expect(Object.values((await session.live()).instances ?? {})).toEqual(['v1', 'v1']);
  });
});

describe('a pm2 that does not run', () => {
  it('is not started by asking it', async () => {
    const given = await system('ecosystem');
    const empty = await tempFolder();
    const { session } = await openOn(pm2, { ...given, env: { ...given.env, PM2_HOME: empty } });
    const sentence = `no pm2 runs in ${empty} (pm2.pid): \`pm2 resurrect\` as the user whose pm2 it is brings back what was saved`;
    await expect(session.live()).rejects.toThrow(sentence);
    await expect(session.undo(back)).rejects.toThrow(sentence);
    expect(await session.doctor?.()).toContainEqual({
      what: 'what is live can be read',
      state: 'failed',
      because: sentence,
    });
    await writeFile(join(empty, 'pm2.pid'), '4194305');
    await expect(session.live()).rejects.toThrow(sentence);
    expect(await readdir(empty)).toEqual(['pm2.pid']);
  });
});

it('the doctor sees the app, the folders and how it would be started', async () => {
  const given = await system('ecosystem');
  const settings = { app: 'auth', start: ['pm2', 'start', given.ecosystem] };
  const { session } = await openOn(pm2, { ...given, settings });
  expect((await session.doctor?.())?.map(({ what, state }) => [what, state])).toEqual([
    ['may replace ./current', 'ok'],
    ['may read ./releases', 'ok'],
    ['pm2 knows auth', 'ok'],
    ['`start` could be started', 'ok'],
  ]);
});
