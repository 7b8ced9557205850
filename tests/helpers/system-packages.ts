// Programs of Debian packages that the tests need: found on this machine, else installed, else the one command to type.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownPackage } from '../../src/io/package.ts';

const execute = promisify(execFile);

/** A program (or another file) and the Debian packages that hold all of it. */
export interface SystemProgram {
  name: string;
  packages: readonly string[];
  /** Where it stands below `/`; default: among the programs. */
  path?: string;
}

export const pgBouncerProgram: SystemProgram = { name: 'pgbouncer', packages: ['pgbouncer'] };
/** The server alone: mariadb-server would bring a service that starts by itself. */
export const mariaDbProgram: SystemProgram = {
  name: 'mariadbd',
  packages: ['mariadb-server-core', 'mariadb-client-core'],
};

/** The browser itself: the script of that name in /usr/bin finds it under / only. */
export const chromiumProgram: SystemProgram = {
  name: 'chromium',
  packages: ['chromium'],
  path: 'usr/lib/chromium/chromium',
};
export const pushgatewayProgram: SystemProgram = {
  name: 'prometheus-pushgateway',
  packages: ['prometheus-pushgateway'],
};
export const prometheusProgram: SystemProgram = { name: 'prometheus', packages: ['prometheus'] };

const pythonPackages = 'usr/lib/python3/dist-packages';
/** Python with the modules of Django's admin on Postgres. */
export const djangoPrograms = {
  python: { name: 'python3', packages: ['python3'] },
  django: { name: 'django', packages: ['python3-django'], path: `${pythonPackages}/django/__init__.py` },
  driver: { name: 'psycopg2', packages: ['python3-psycopg2'], path: `${pythonPackages}/psycopg2/__init__.py` },
} satisfies Record<string, SystemProgram>;

export const curlProgram: SystemProgram = { name: 'curl', packages: ['curl'] };
/** Its package says /bin, where an unpacked one stays. */
export const zshProgram: SystemProgram = { name: 'zsh', packages: ['zsh'], path: 'bin/zsh' };
export const fishProgram: SystemProgram = { name: 'fish', packages: ['fish'] };

/** kubectl 1.20 on Debian 12; any newer one that is there is taken. */
export const kubectlProgram: SystemProgram = { name: 'kubectl', packages: ['kubernetes-client'] };

/** The client alone is used; Debian has it together with the daemon, which nothing starts. */
export const dockerProgram: SystemProgram = { name: 'docker', packages: ['docker.io'] };

/** aws-cli 2.9 on Debian 12. */
export const awsProgram: SystemProgram = { name: 'aws', packages: ['awscli'] };

/** Where a program stands: under `/`, or under a folder that packages were unpacked into. */
export interface Installed {
  file: string;
  /** `/usr`, or `usr` of that folder: what a program takes for its base. */
  base: string;
  /** What it needs in its environment to find its libraries. */
  env: Record<string, string>;
}

/** Packages are unpacked here when we may not install them; removed with node_modules. */
const cacheFolder = (): string => join(ownPackage().root, 'node_modules', '.cache', 'holdpoint-servers');

const libraries = (root: string): string =>
  ['usr/lib', 'lib'].map((folder) => join(root, folder, 'x86_64-linux-gnu')).join(':');

/** The program if it is here. Root takes none from the cache: an unprivileged account may not reach it. */
const find = (program: SystemProgram, cache: string): Installed | undefined => {
  const roots = process.getuid?.() === 0 ? ['/'] : ['/', join(cache, 'root')];
  const paths =
    program.path === undefined
      ? ['usr/sbin', 'usr/bin', 'usr/local/bin'].map((folder) => join(folder, program.name))
      : [program.path];
  const places = roots.flatMap((root) => paths.map((path) => ({ root, path })));
  const place = places.find(({ root, path }) => existsSync(join(root, path)));
  if (!place) return undefined;
  const { root, path } = place;
  const env: Record<string, string> = root === '/' ? {} : { LD_LIBRARY_PATH: libraries(root) };
  return { file: join(root, path), base: join(root, 'usr'), env };
};

const apt = async (args: readonly string[], cwd = '/'): Promise<string> => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await execute('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '-qq', ...args], options);
  return stdout;
};

const policy = '/usr/sbin/policy-rc.d';

/** Debian starts a service when its package is installed, unless this file forbids it: one that is there is left alone. */
const withoutServices = async (work: () => Promise<void>): Promise<void> => {
  const ours = await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  try {
    await work();
  } finally {
    if (ours) await rm(policy);
  }
};

const installAsRoot = async (packages: readonly string[]): Promise<void> => {
  await apt(['update']);
  await withoutServices(async () => {
    await apt(['install', '-y', '--no-install-recommends', ...packages]);
  });
};

/** What an ordinary user may do: ask apt with lists of our own what is missing, download and unpack it. */
const unpack = async (packages: readonly string[], cache: string): Promise<void> => {
  const [lists, archives, root] = [join(cache, 'lists'), join(cache, 'archives'), join(cache, 'root')];
  await Promise.all(
    [join(lists, 'partial'), join(archives, 'partial'), root].map((f) => mkdir(f, { recursive: true })),
  );
  const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${archives}`];
  await apt([...own, 'update']);
  const plan = await apt([...own, 'install', '--simulate', '--no-install-recommends', ...packages]);
  const missing = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
  await apt([...own, 'download', ...missing], archives);
  for (const file of await readdir(archives)) {
    if (file.endsWith('.deb')) await execute('dpkg', ['-x', join(archives, file), root]);
  }
  await Promise.all([lists, archives].map((folder) => rm(folder, { recursive: true })));
};

/**
 * Installs what is missing of these programs, all in one go: as root with apt-get, else unpacked into `cache`.
 * Nothing is started. Throws what apt-get says.
 */
export const installPrograms = async (programs: readonly SystemProgram[], cache = cacheFolder()): Promise<void> => {
  const packages = programs.filter((program) => !find(program, cache)).flatMap((program) => program.packages);
  if (packages.length === 0) return;
  await (process.getuid?.() === 0 ? installAsRoot(packages) : unpack(packages, cache));
};

/** The program; throws with the command that installs it when it is not here. */
export const installedProgram = (program: SystemProgram, cache = cacheFolder()): Installed => {
  const found = find(program, cache);
  if (found) return found;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${program.packages.join(' ')}`;
  throw new Error(`${program.name} is not installed and this test needs it; install it as root: ${command}`);
};
