// The deploy of the lab's pipeline: puts a release beside the others, points `current` at it and restarts the service.
import { cp, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { requestRestart } from './restart.ts';

/** Points `current` at a release. A link is renamed over the old one, so that no reader ever sees none. */
export const pointCurrentAt = async (app: string, revision: string): Promise<void> => {
  const fresh = join(app, `.current-${process.pid}`);
  await symlink(join('releases', revision), fresh);
  await rename(fresh, join(app, 'current'));
};

/**
 * `APP_FOLDER REVISION RESTART_URL [--dry-run]`: copies `artifacts/REVISION` to `releases/REVISION`, flips, restarts.
 * Returns the exit code. A dry run exits 0 and changes nothing: the slip behind the `not-deployed` scenario.
 */
export const deploy = async (args: readonly string[], say: (line: string) => void): Promise<number> => {
  const [app = '', revision = '', restartUrl = '', flag] = args;
  if (flag === '--dry-run') {
    say(`would deploy ${revision}`);
    return 0;
  }
  await cp(join(app, 'artifacts', revision), join(app, 'releases', revision), { recursive: true });
  await pointCurrentAt(app, revision);
  await requestRestart(restartUrl);
  say(`deployed ${revision}`);
  return 0;
};
