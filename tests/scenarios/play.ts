// Plays a scenario with the real command line, looks at the world while the lab still stands, and again when it is gone.
import { mkdtempSync, readFileSync, readlinkSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { expect } from 'vitest';
import { type Called, callHoldpoint } from '../../src/demo/call.ts';
import { startLab } from '../../src/demo/lab/lab.ts';
import { findScenario } from '../../src/demo/scenarios.ts';
import type { RecordedCheck, RunRecord } from '../../src/kit/index.ts';
import { childPids, connectionsByName, isListening, isRunning } from '../demo/world.ts';

/** What stood when holdpoint had ended and the lab had not. */
interface World {
  /** The release behind the `current` link. */
  link: string;
  /** What each instance says that it runs. */
  versions: Record<string, string>;
  /** Client connections of Postgres by application name. */
  connections: Record<string, number>;
}

/** A scenario that was played. */
export interface Played {
  calls: (Called & { record: RunRecord })[];
  /** The record of the last call. */
  record: RunRecord;
  /** What the last call printed for people. */
  text: string;
  world: World;
  /** The check of that id in the last record. */
  check(id: string): RecordedCheck;
}

const cli = [process.execPath, resolve(import.meta.dirname, '../../bin/holdpoint.cjs')] as const;

const versionOf = async (url: string): Promise<string> =>
  ((await (await fetch(`${url}/version`)).json()) as { revision: string }).revision;

const withRecord = (called: Called, text: string): Called & { record: RunRecord } => {
  if (!called.record) throw new Error(`exit code ${called.exitCode} and no record; it printed:\n${text}`);
  return { ...called, record: called.record };
};

const checkOf = (record: RunRecord, id: string): RecordedCheck => {
  const check = record.checks.find((one) => one.id === id);
  if (!check) throw new Error(`the record has no check ${id}`);
  return check;
};

/** Plays it to the end; asserts by itself that the lab leaves no process, no port and no folder. */
export const play = async (name: string): Promise<Played> => {
  const scenario = findScenario(name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  const notes = mkdtempSync(join(tmpdir(), 'holdpoint-test-'));
  const printed = join(notes, 'printed.txt');
  const lab = await startLab(scenario);
  const pids = childPids(process.pid);
  try {
    const caller = {
      cli,
      reporters: [`plain=${printed}`],
      env: process.env,
      cwd: notes,
      signal: new AbortController().signal,
    };
    const calls: Played['calls'] = [];
    let text = '';
    for (const ending of scenario.endings) {
      const called = await callHoldpoint(scenario, ending, lab, caller);
      text = existsSync(printed) ? readFileSync(printed, 'utf8') : '';
      calls.push(withRecord(called, text));
    }
    const record = calls.at(-1)?.record as RunRecord;
    const world: World = {
      link: basename(readlinkSync(join(lab.app, 'current'))),
      versions: Object.fromEntries(
        await Promise.all(
          Object.entries(lab.instances).map(async ([instance, url]) => [instance, await versionOf(url)] as const),
        ),
      ),
      connections: await connectionsByName(lab.adminUrl),
    };
    return { calls, record, text, world, check: (id) => checkOf(record, id) };
  } finally {
    pids.push(...childPids(process.pid));
    await lab.end();
    rmSync(notes, { recursive: true, force: true });
    expect(pids.length).toBeGreaterThanOrEqual(4);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await Promise.all(lab.ports.map(isListening))).toEqual(lab.ports.map(() => false));
    expect(existsSync(lab.folder)).toBe(false);
  }
};
