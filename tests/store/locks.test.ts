// Locks between real processes: one holder, dead ones taken over once, whoever tries at the same moment.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import { type Io, isLease } from '../../src/kit/index.ts';
import { takeLock } from '../../src/store/locks.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const io = createIo({ version: '0.0.0', env: {} });

/** A process that has ended: its pid is free. */
const deadPid = async (): Promise<number> => {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
};

const plant = async (folder: string, claim: object): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'planted.json'), JSON.stringify(claim));
};

describe('a lock', () => {
  it('is held once, named with its holder, and free again after its release', async () => {
    const folder = join(await tempFolder(), 'locks/auth');
    const first = await takeLock(io, folder, 'run 1');
    expect(isLease(first)).toBe(true);
    const self = await io.processes.self();
    expect(await takeLock(io, folder, 'run 2')).toEqual({
      heldBy: { owner: 'run 1', pid: process.pid, host: self.host, since: expect.stringMatching(/Z$/) },
    });
    if (isLease(first)) await first.release();
    expect(await readdir(folder)).toEqual([]);
    expect(isLease(await takeLock(io, folder, 'run 3'))).toBe(true);
  });

  it('goes to exactly one of many that find a dead holder at the same moment', async () => {
    const { host } = await io.processes.self();
    for (let round = 0; round < 5; round += 1) {
      const folder = join(await tempFolder(), 'locks/auth');
      await plant(folder, { owner: 'dead', pid: await deadPid(), host, since: '2026-03-01T00:00:00Z', holds: true });
      const taken = await Promise.all(Array.from({ length: 6 }, (_, n) => takeLock(io, folder, `run ${n}`)));
      const held = taken.filter(isLease);
      expect(held.length).toBeLessThanOrEqual(1);
      // When all stepped back, nobody is kept out for good.
      await Promise.all(held.map((lease) => lease.release()));
      expect(isLease(await takeLock(io, folder, 'later'))).toBe(true);
    }
  });

  it('of two that try at once goes to one of them', async () => {
    const folder = join(await tempFolder(), 'locks/auth');
    const taken = await Promise.all([takeLock(io, folder, 'run 1'), takeLock(io, folder, 'run 2')]);
    expect(taken.filter(isLease)).toHaveLength(1);
  });

  it('of a pid that was given to another process since is taken over', async () => {
    const folder = join(await tempFolder(), 'locks/auth');
    const self = await io.processes.self();
    await plant(folder, {
      ...self,
      owner: 'old',
      started: 'another boot 1',
      since: '2026-03-01T00:00:00Z',
      holds: true,
    });
    expect(isLease(await takeLock(io, folder, 'new'))).toBe(true);
  });
});

describe('a claim of another host', () => {
  const at = (now: string): Io => ({ ...io, clock: { ...io.clock, now: () => Date.parse(now) } });
  const claim = { owner: 'ci 7', pid: 1, host: 'elsewhere', since: '2026-03-01T00:00:00Z', holds: true };

  it.each([
    ['2026-03-01T05:59:59Z', false],
    ['2026-03-01T06:00:01Z', true],
  ])('at %s: taken over %s', async (now, taken) => {
    const folder = join(await tempFolder(), 'locks/auth');
    await plant(folder, claim);
    expect(isLease(await takeLock(at(now), folder, 'run'))).toBe(taken);
  });
});

it('a claim that cannot be read keeps everyone out and says which file to remove', async () => {
  const folder = join(await tempFolder(), 'locks/auth');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'torn.json'), '{"own');
  expect(await takeLock(io, folder, 'run')).toMatchObject({
    heldBy: { owner: `a claim that cannot be read (remove ${join(folder, 'torn.json')} if nothing runs)` },
  });
});
