// The platform `symlink` on real folders and a real link, with instances that tell what they run.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readlink, rm, symlink as makeLink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import { openPlatform } from '../../src/rollback/index.ts';
import { symlink } from '../../src/rollback/platforms/symlink.ts';
import { openOn, platformContract } from './platform-contract.ts';
import { linkedRelease, symlinkSystem } from './systems.ts';

const execute = promisify(execFile);

platformContract(symlink, symlinkSystem, { asks: 'otherwise' });

const back = { from: 'v2', to: 'v1', token: 1 };

describe('settings', () => {
  const base = { restart: ['./restart.sh'], version: { url: 'http://127.0.0.1:8080/version' } };

  it('have the usual folders and pointer unless they name others', () => {
    expect(symlink.settings.parse(base)).toEqual({
      ...base,
      releases: './releases',
      current: './current',
      version: { ...base.version, pointer: '/revision' },
      deadline: 300_000,
    });
  });

  it.each([
    [{ ...base, version: {} }, 'needs either `url` or `urls`'],
    [{ ...base, version: { url: 'http://a', urls: ['http://b'] } }, 'needs either `url` or `urls`'],
    [{ ...base, version: { url: 'http://a', pointer: 'revision' } }, 'is a JSON pointer like /revision'],
  ])('%j are refused', (settings, message) => {
    expect(symlink.settings.safeParse(settings).error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});

describe('what is live', () => {
  it.each([
    [[undefined, undefined], true, '2 of 2 instances run v2', { a: 'v2', b: 'v2' }],
    [['v1', undefined], false, 'the link points to v2; 1 of 2 instances run v2, a runs v1', { a: 'v1', b: 'v2' }],
    [['v1', 'v1'], false, 'the link points to v2; 0 of 2 instances run v2, a runs v1, b runs v1', { a: 'v1', b: 'v1' }],
    [[503, undefined], false, 'the link points to v2; 1 of 2 instances run v2, a answers 503', { b: 'v2' }],
  ])('with answers %j: settled %s', async (answers, isSettled, detail, instances) => {
    const system = await symlinkSystem();
    system.answers.splice(0, 2, ...answers);
    const { session } = await openOn(symlink, system);
    expect(await session.live()).toEqual({ revision: 'v2', settled: isSettled, detail, instances });
  });

  it.each([
    ['http://127.0.0.1:1/', '/revision', '127.0.0.1:1 does not answer (ECONNREFUSED)'],
    ['not a url', '/revision', /^.*an instance without a valid URL does not answer \(.+\)$/],
  ])('%s with %s', async (url, pointer, expected) => {
    const system = await symlinkSystem();
    const settings = { ...(system.settings as object), version: { urls: [url], pointer } };
    const { session } = await openOn(symlink, { ...system, settings });
    const { detail } = await session.live();
    expect(detail).toMatch(expected);
    expect(detail).not.toContain('hunter2');
  });

  it('needs the pointer to lead to a revision', async () => {
    const system = await symlinkSystem();
    const settings = { ...(system.settings as { version: object }) };
    settings.version = { ...settings.version, pointer: '/build' };
    const { session } = await openOn(symlink, { ...system, settings });
    expect((await session.live()).detail).toContain('a tells no revision at /build');
  });

  it.each([
    ['a folder', async (path: string) => mkdir(path), /is no symbolic link/],
    ['a file', async (path: string) => writeFile(path, ''), /is no symbolic link/],
    [
      'a link elsewhere',
      async (path: string) => makeLink('/tmp', path),
      /current points to \/tmp, which is not a folder in /,
    ],
    ['a link to itself', async (path: string) => makeLink('current', path), /which is not a folder in /],
    ['a link to a link', async (path: string) => makeLink('stable', path), /stable, which is not a folder in /],
    ['a link too deep', async (path: string) => makeLink('releases/v1/public', path), /which is not a folder in /],
  ])('cannot be told when `current` is %s', async (_, make, message) => {
    const system = await symlinkSystem();
    await rm(system.current);
    await make(system.current);
    const { session } = await openOn(symlink, system);
    await expect(session.live()).rejects.toThrow(message);
  });
});

it('a link whose release was removed still says what is live: a process may go on in it', async () => {
  const system = await symlinkSystem();
  await rm(join(system.root, 'releases/v2'), { recursive: true });
  const { session } = await openOn(symlink, system);
  expect(await session.live()).toMatchObject({ revision: 'v2', settled: true });
  await session.undo(back);
  expect(await session.live()).toMatchObject({ revision: 'v1', settled: true });
});

describe('going back', () => {
  it('keeps a relative link relative, and an absolute one absolute', async () => {
    const system = await symlinkSystem();
    const { session } = await openOn(symlink, system);
    await session.undo(back);
    expect(await readlink(system.current)).toBe('releases/v1');
    await rm(system.current);
    await makeLink(join(system.root, 'releases/v1'), system.current);
    await session.undo({ from: 'v1', to: 'v3', token: 1 });
    expect(await readlink(system.current)).toBe(join(system.root, 'releases/v3'));
  });

  it('reaches releases on another file system, behind a link of their own', async () => {
    const system = await symlinkSystem();
    const elsewhere = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'holdpoint-releases-'));
    onTestFinished(() => rm(elsewhere, { recursive: true }));
    for (const name of ['v1', 'v2']) await mkdir(join(elsewhere, name));
    await rm(join(system.root, 'releases'), { recursive: true });
    await makeLink(elsewhere, join(system.root, 'releases'));
    await rm(system.current);
    await makeLink(join(elsewhere, 'v2'), system.current);
    const { session } = await openOn(symlink, system);
    expect(await session.live()).toMatchObject({ revision: 'v2', settled: true });
    await session.undo(back);
    expect(await session.live()).toMatchObject({ revision: 'v1', settled: true });
  });

  it('says what could not be done where the link may not be replaced, and restarts nothing', async () => {
    const system = await symlinkSystem();
    const link = () => Promise.reject(new Error("EACCES: permission denied, symlink 'a' -> 'b'"));
    const io = createIo({ version: '0.0.0', env: { PATH: process.env['PATH'] } });
    onTestFinished(() => io.http.close());
    const settings = symlink.settings.parse(system.settings);
    const tools = { io: { ...io, files: { ...io.files, link } }, root: system.root, redact: (text: string) => text };
    const { session, acts } = await openPlatform({ platform: symlink, settings }, tools);
    await expect(session.undo(back)).rejects.toThrow(
      `${system.current} could not be turned to v1, it still points to v2: EACCES: permission denied, symlink 'a' -> 'b'`,
    );
    expect(acts()).toEqual([]);
  });

  it('is impossible to what is no folder', async () => {
    const system = await symlinkSystem();
    await rm(join(system.root, 'releases/v1'), { recursive: true });
    await writeFile(join(system.root, 'releases/v1'), '');
    const { session } = await openOn(symlink, system);
    const sentence = `${system.root}/releases/v1 is no folder: there is no release to return to`;
    expect(await session.targetMissing?.('v1')).toBe(sentence);
    await expect(session.undo(back)).rejects.toThrow(sentence);
  });

  it('flips the link and restarts', async () => {
    const system = await symlinkSystem();
    const { session, acts } = await openOn(symlink, system);
    await session.undo(back);
    expect(await linkedRelease(system)).toBe('v1');
    expect(acts().map(({ argv }) => argv)).toEqual([['./restart.sh']]);
    expect(await session.live()).toMatchObject({ settled: true, detail: '2 of 2 instances run v1' });
  });

  it('after a kill between link and restart, does what is left', async () => {
    const system = await symlinkSystem();
    const { session } = await openOn(symlink, system);
    await rm(system.current);
    await makeLink('releases/v1', system.current);
    expect(await session.live()).toMatchObject({
      revision: 'v1',
      settled: false,
      detail: 'the link points to v1; 0 of 2 instances run v1, a runs v2, b runs v2',
    });
    await session.undo(back);
    expect(await session.live()).toMatchObject({ revision: 'v1', settled: true });
  });

  it('leaves the link alone when the target is gone', async () => {
    const system = await symlinkSystem();
    await rm(join(system.root, 'releases/v1'), { recursive: true });
    const { session } = await openOn(symlink, system);
    const gone = `${system.root}/releases/v1 is gone: the release to return to was cleaned up`;
    expect(await session.targetMissing?.('v1')).toBe(gone);
    expect(await session.targetMissing?.('v2')).toBeUndefined();
    await expect(session.undo(back)).rejects.toThrow(gone);
    expect(await linkedRelease(system)).toBe('v2');
  });

  it.each(['..', '../v1', 'v1/sub', '.git'])('never follows a target like %s', async (to) => {
    const system = await symlinkSystem();
    const { session } = await openOn(symlink, system);
    expect(await session.targetMissing?.(to)).toBe(`${to} is not the name of a folder in ${system.root}/releases`);
    await expect(session.undo({ ...back, to })).rejects.toThrow('is not the name of a folder in');
    expect(await linkedRelease(system)).toBe('v2');
  });

  it('prints what a person would type', async () => {
    const system = await symlinkSystem();
    const { session } = await openOn(symlink, system);
    const { root } = system;
    expect(session.manual({ from: 'v2', to: 'v1' })).toBe(
      `ln -sfn ${root}/releases/v1 ${root}/current.new && mv -T ${root}/current.new ${root}/current && ./restart.sh`,
    );
  });
});

describe('a release that was edited in place', () => {
  const sums = async (release: string): Promise<void> => {
    const { stdout } = await execute('sh', ['-c', 'sha256sum app.js lib/auth.js > SHA256SUMS'], { cwd: release });
    expect(stdout).toBe('');
  };

  const deployed = async () => {
    const system = await symlinkSystem();
    for (const name of ['v1', 'v2']) {
      const release = join(system.root, 'releases', name);
      await mkdir(join(release, 'lib'));
      await writeFile(join(release, 'app.js'), `release ${name}`);
      await writeFile(join(release, 'lib/auth.js'), Buffer.alloc(600_000, name));
      await sums(release);
    }
    const settings = { ...(system.settings as object), manifest: 'SHA256SUMS' };
    return { system, ...(await openOn(symlink, { ...system, settings })) };
  };

  it('is not, when all sums are right', async () => {
    const { session } = await deployed();
    expect(await session.live()).toMatchObject({ revision: 'v2', settled: true, detail: '2 of 2 instances run v2' });
    expect(await session.targetMissing?.('v1')).toBeUndefined();
  });

  it('is not what was deployed: it is never settled', async () => {
    const { session, system } = await deployed();
    const release = join(system.root, 'releases/v2');
    await writeFile(join(release, 'app.js'), 'a quick fix');
    await rm(join(release, 'lib/auth.js'));
    expect(await session.live()).toMatchObject({
      revision: 'v2',
      settled: false,
      detail: `2 of 2 instances run v2, but 2 files in ${release} differ from the deployed release: app.js, lib/auth.js`,
    });
  });

  it('is no target', async () => {
    const { session, system } = await deployed();
    const release = join(system.root, 'releases/v1');
    await writeFile(join(release, 'app.js'), 'a quick fix');
    const sentence = `1 file in ${release} differs from the deployed release: app.js`;
    expect(await session.targetMissing?.('v1')).toBe(sentence);
    await expect(session.undo(back)).rejects.toThrow(sentence);
    expect(await linkedRelease(system)).toBe('v2');
  });

  it.each([
    [undefined, /SHA256SUMS is missing: whether the release was edited cannot be told$/],
    ['', /SHA256SUMS lists 0 files; expected 1 to 20000$/],
    ['app.js\n', /SHA256SUMS holds a line that sha256sum would not write: app\.js$/],
    [`${'0'.repeat(64)}  ../v1/app.js\n`, /holds a line that sha256sum would not write/],
  ])('cannot be told with the manifest %j', async (text, message) => {
    const { session, system } = await deployed();
    const path = join(system.root, 'releases/v2/SHA256SUMS');
    await (text === undefined ? rm(path) : writeFile(path, text));
    await expect(session.live()).rejects.toThrow(message);
  });
});

it('the doctor looks at the folders, and cannot try a restart', async () => {
  const system = await symlinkSystem();
  const { session } = await openOn(symlink, system);
  expect((await session.doctor?.())?.map(({ what, state }) => [what, state])).toEqual([
    [`may replace ${system.current}`, 'ok'],
    [`may read ${system.root}/releases`, 'ok'],
    ['may run ./restart.sh', 'ok'],
    ['the restart brings the release behind the link', 'unknown'],
  ]);
});
