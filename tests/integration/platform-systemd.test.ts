// The platform `systemd` on a small supervisor of our own, whose process really runs.
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, symlink as makeLink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemd } from '../../src/rollback/platforms/systemd.ts';
import { endUnit, systemctlText } from '../helpers/small-systemd.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { type DeploySystem, openOn, platformContract } from '../rollback/platform-contract.ts';

const execute = promisify(execFile);

interface Unit extends DeploySystem {
  link(release: string): Promise<void>;
  mark(name: string, text?: string): Promise<void>;
  calls(): Promise<string[]>;
}

const unit = async (): Promise<Unit> => {
  const root = await tempFolder();
  const bin = join(root, 'bin');
  const current = join(root, 'current');
  for (const folder of ['bin', 'unit', 'releases/v1', 'releases/v2', 'releases/v3'])
    await mkdir(join(root, folder), { recursive: true });
  for (const name of ['systemctl', 'sudo']) await writeFile(join(bin, name), systemctlText, { mode: 0o755 });
  const link = async (release: string): Promise<void> => {
    await rm(current, { force: true });
    await makeLink(join(root, 'releases', release), current);
  };
  const mark: Unit['mark'] = (name, text = '') => writeFile(join(root, 'unit', name), text);
  const deploy = async (release: string): Promise<void> => {
    await link(release);
    await execute(join(bin, 'systemctl'), ['restart', 'auth.service']);
  };
  await deploy('v2');
  onTestFinished(() => endUnit(root));
  return {
    root,
    link,
    mark,
    deploy,
    settings: { unit: 'auth.service' },
    env: { PATH: `${bin}:${process.env['PATH']}` },
    calls: async () => (await readFile(join(root, 'unit/calls'), 'utf8')).trim().split('\n'),
    lie: () => mark('lie'),
    fail: (text) => mark('fail', text),
    blind: () => rm(current),
    babble: () => mark('babble'),
    hang: () => mark('hang'),
  };
};

platformContract(systemd, unit);

const back = { from: 'v2', to: 'v1', token: 1 };

describe('what is live', () => {
  it('is what the main process was started in', async () => {
    const given = await unit();
    const { session } = await openOn(systemd, given);
    expect(await session.live()).toEqual({
      revision: 'v2',
      settled: true,
      detail: '1 of 1 process runs v2',
      instances: { 'auth.service': 'v2' },
    });
    await given.link('v1');
    expect(await session.live()).toEqual({
      revision: 'v1',
      settled: false,
      detail: 'the link points to v1; 0 of 1 process runs v1, auth.service runs v2',
      instances: { 'auth.service': 'v2' },
    });
  });

  it('is not settled when the unit has failed', async () => {
    const given = await unit();
    const { session } = await openOn(systemd, given);
    await given.mark('failed', 'start-limit-hit');
    expect(await session.live()).toMatchObject({
      settled: false,
      detail: 'the link points to v2; 0 of 1 process runs v2, auth.service is failed (failed, start-limit-hit)',
    });
  });

  it('needs a unit that is there', async () => {
    const { session } = await openOn(systemd, { ...(await unit()), settings: { unit: 'mail.service' } });
    await expect(session.live()).rejects.toThrow('systemd has no unit mail.service (not-found)');
  });
});

describe('going back', () => {
  it('resets a unit that has hit its start limit', async () => {
    const given = await unit();
    const { session, acts } = await openOn(systemd, given);
    await given.mark('failed', 'start-limit-hit');
    await session.undo(back);
    expect(acts().map(({ argv }) => argv.join(' '))).toEqual([
      'systemctl reset-failed auth.service',
      'systemctl restart auth.service',
    ]);
    expect(await session.live()).toMatchObject({ revision: 'v1', settled: true });
  });

  it('uses sudo for what changes something, and nothing else', async () => {
    const given = await unit();
    const settings = { unit: 'auth.service', manager: 'sudo' };
    const { session, acts } = await openOn(systemd, { ...given, settings });
    await session.undo(back);
    expect(acts().map(({ argv }) => argv.join(' '))).toEqual(['sudo -n systemctl restart auth.service']);
    expect((await given.calls()).filter((call) => call.startsWith('sudo'))).toEqual([
      'sudo -n systemctl restart auth.service',
    ]);
    expect(session.manual({ from: 'v2', to: 'v1' })).toBe(
      'ln -sfn releases/v1 ./current.new && mv -T ./current.new ./current && sudo -n systemctl restart auth.service',
    );
  });

  it('leaves the link alone when the target is gone', async () => {
    const given = await unit();
    const { session } = await openOn(systemd, given);
    await rm(join(given.root, 'releases/v1'), { recursive: true });
    const gone = `${given.root}/releases/v1 is gone: the release to return to was cleaned up`;
    expect(await session.targetMissing?.('v1')).toBe(gone);
    await expect(session.undo(back)).rejects.toThrow(gone);
    expect(await session.live()).toMatchObject({ revision: 'v2', settled: true });
  });
});

describe('the doctor', () => {
  it('can ask sudo', async () => {
    const { session } = await openOn(systemd, {
      ...(await unit()),
      settings: { unit: 'auth.service', manager: 'sudo' },
    });
    expect((await session.doctor?.())?.map(({ what, state }) => [what, state])).toEqual([
      ['systemd knows auth.service', 'ok'],
      ['may restart it by sudo without a password', 'ok'],
      ['may reset-failed it by sudo without a password', 'ok'],
      ['may replace ./current', 'ok'],
      ['may read ./releases', 'ok'],
    ]);
  });

  it('misses a unit', async () => {
    const { session } = await openOn(systemd, { ...(await unit()), settings: { unit: 'mail.service' } });
    expect(await session.doctor?.()).toContainEqual({
      what: 'systemd knows mail.service',
      state: 'failed',
      because: '`systemctl cat mail.service` ended with 1: No files found for mail.service.',
      next: 'name the unit as `systemctl list-units` does',
    });
  });
});
