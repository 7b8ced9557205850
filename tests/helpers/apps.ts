// Starts a real application as a process of a test's own: a temporary folder, a free port, and a recording of all traffic in front.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startChild } from '../../src/demo/lab/children.ts';
import { ownPackage } from '../../src/io/package.ts';
import { freePort } from '../../src/demo/lab/ports.ts';
import { type Recording, startRecording } from './apps-recording.ts';

/** The account of every application; the characters of its password show each wrong encoding. */
export const appAccount = { username: 'smoke', password: 'Pr0be+pass/word&1' };

/** Where a program starts. */
export interface AppPlace {
  folder: string;
  /** The port that it listens on. */
  port: number;
  /** The address that others see: the recording's. */
  url: string;
}

/** What is started. */
export interface AppProgram {
  argv: readonly [string, ...string[]];
  env?: Record<string, string>;
  /** Text on stdout or stderr that says it is ready. */
  ready: string;
  /** Files of its folder: path → content. */
  files?: Record<string, string>;
}

/** A running application. */
export interface App {
  /** Its address; everything that goes there is recorded. */
  url: string;
  recording: Recording;
  /** What it printed. */
  output(): string;
  stop(): Promise<void>;
}

/** A file of an application that npm installed. Throws with the command that installs it. */
export const installedApp = (...path: string[]): string => {
  const file = join(ownPackage().root, 'tests', 'servers', 'apps', ...path);
  if (existsSync(file)) return file;
  const command = 'npm ci --ignore-scripts --omit=optional --prefix tests/servers/apps';
  throw new Error(`${join(...path)} is not installed and this test needs it; install it: ${command}`);
};

/** Starts it; ready within 15 s, or an error with what it printed. Stop it. */
export const startApp = async (name: string, plan: (place: AppPlace) => AppProgram): Promise<App> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-app-'));
  const port = await freePort();
  const recording = await startRecording(port);
  const cleanUp = async (): Promise<void> => {
    await recording.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { argv, env = {}, ready, files = {} } = plan({ folder, port, url: recording.url });
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), content);
    }
    const child = await startChild({
      name,
      argv,
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: folder, ...env },
      ready,
      farewell: [['SIGTERM', 3000]],
    });
    const stop = async (): Promise<void> => {
      await child.stop();
      await cleanUp();
    };
    return { url: recording.url, recording, output: child.output, stop };
  } catch (error) {
    await cleanUp();
    throw error;
  }
};
