// A project whose rollback is carried out by children that can be killed: its system, its job, and what became of both.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { buildChild } from './child.ts';
import { order } from './desk.ts';
import type { Job } from './fixtures/roll-back.ts';
import { commandSystem } from './systems.ts';

/** Builds the program of the children for the tests of a file; returns where it is, once they run. */
export const childProgram = (): (() => string) => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdpoint-child-'));
    program = await buildChild(folder);
    // Also for a child that runs as another user.
    await chmod(folder, 0o755);
    await chmod(program, 0o644);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => program;
};

/** `undo`: the lines of the script that goes back; default: it does, and notes itself in a log. */
export const childProject = async (undo?: string) => {
  const system = await commandSystem();
  if (undo !== undefined)
    await writeFile(join(system.root, 'scripts/undo.sh'), `#!/bin/sh\n${undo}\n`, { mode: 0o755 });
  const job: Job = {
    root: system.root,
    platform: 'command',
    settings: system.settings,
    order: { ...order, from: 'v2', to: 'v1' },
  };
  const live = async (): Promise<string> => (await readFile(join(system.root, 'live'), 'utf8')).trim();
  const undone = async (): Promise<string[]> =>
    (await readFile(join(system.root, 'undo.log'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  return { system, job, live, undone };
};
