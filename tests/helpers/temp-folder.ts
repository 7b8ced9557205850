// A temporary folder per test, removed when the test ends.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes a folder of its own for the running test. */
export const tempFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'holdpoint-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};
