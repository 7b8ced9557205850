// The lab: Postgres, the auth service with two releases, its users, and the project folder that holdpoint runs in.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../scenarios.ts';
import { type Caretaker, openCaretaker } from './caretaker.ts';
import { type Seeded, seedDatabase } from './database.ts';
import { startFront, urlOf } from './front.ts';
import { freePort } from './ports.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { copyPrograms, writeProject } from './project.ts';
import { layOut } from './releases.ts';
import { startSupervisor } from './supervisor.ts';
import { startUsers } from './users.ts';

/** A lab that stands. */
export interface Lab {
  /** Everything of the lab stands below it; gone after `end`. */
  folder: string;
  /** The project: `deploy-profiles/` and, after a run, `.holdpoint/`. */
  project: string;
  /** The folder with `releases` and the `current` link. */
  app: string;
  /** Variables that the profile refers to. */
  env: Record<string, string>;
  /** The pipeline's deploy command, without the revision. */
  deployArgv(revision: string, flags?: readonly string[]): string[];
  /** Where each instance answers, by name. */
  instances: Record<string, string>;
  /** Connection string of a superuser, for looking at the world from outside. */
  adminUrl: string;
  /** What the instances printed last. */
  output(): string;
  ports: number[];
  /** Names a process that must not outlive a crash of the lab; returns how to say that it is gone. */
  guard(pid: number, signal: NodeJS.Signals): () => void;
  /** Ends all processes and removes the folder. */
  end(): Promise<void>;
}

const pickPorts = async (count: number): Promise<number[]> => {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort(ports));
  return ports;
};

const startDatabase = async (caretaker: Caretaker): Promise<{ postgres: Postgres; seeded: Seeded }> => {
  const folder = join(caretaker.folder, 'postgres');
  await mkdir(folder);
  const postgres = await startPostgres(folder);
  caretaker.adopt(postgres.child, 'SIGQUIT');
  return { postgres, seeded: await seedDatabase(postgres) };
};

/** Waits for all, also when one fails: nothing may still be starting while the lab ends. */
const allOf = async <T extends unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> => {
  await Promise.allSettled(work);
  return Promise.all(work);
};

interface Parts {
  base: string;
  app: string;
  named: Record<string, string>;
  seeded: Seeded;
  restart: string;
  restartUrl: string;
}

/** What the shipped profiles of the demo refer to. */
const envOf = ({ base, app, named, seeded, restart, restartUrl }: Parts): Record<string, string> => ({
  DEMO_URL: base,
  ...Object.fromEntries(Object.entries(named).map(([name, url]) => [`DEMO_INSTANCE_${name.toUpperCase()}`, url])),
  DEMO_DATABASE_URL: seeded.probeUrl,
  DEMO_SMOKE_PASSWORD: seeded.smokePassword,
  DEMO_APP: app,
  DEMO_NODE: process.execPath,
  DEMO_RESTART: restart,
  DEMO_RESTART_URL: restartUrl,
});

const build = async (caretaker: Caretaker, scenario: Scenario): Promise<Lab> => {
  const [app, project] = [join(caretaker.folder, 'app'), join(caretaker.folder, 'project')];
  const [{ postgres, seeded }, programs] = await allOf([
    startDatabase(caretaker),
    copyPrograms(join(caretaker.folder, 'pipeline')),
    layOut(app, scenario.before, scenario.after),
    writeProject(project),
  ]);
  const [ordersPort = 0, frontPort = 0, ...ports] = await pickPorts(2 + scenario.instances.length);
  const instances = scenario.instances.map((name, index) => ({ name, port: ports[index] ?? 0 }));
  const supervisor = await startSupervisor(caretaker, {
    app,
    instances,
    databaseUrl: seeded.serviceUrl,
    port: ordersPort,
  });
  const base = await startFront(caretaker, instances, frontPort);
  await startUsers(caretaker, base, seeded);
  const named = Object.fromEntries(instances.map(({ name, port }) => [name, urlOf(port)]));
  return {
    folder: caretaker.folder,
    project,
    app,
    env: envOf({ base, app, named, seeded, restart: programs.restart, restartUrl: supervisor.restartUrl }),
    deployArgv: (revision, flags = []) => [
      process.execPath,
      programs.deploy,
      app,
      revision,
      supervisor.restartUrl,
      ...flags,
    ],
    instances: named,
    adminUrl: postgres.url('postgres', undefined, 'auth'),
    output: supervisor.output,
    ports: [postgres.port, ordersPort, frontPort, ...ports],
    guard: caretaker.guard,
    end: () => caretaker.end(),
  };
};

/** Builds the lab for a scenario, with users at work. Leaves nothing behind when it throws. */
export const startLab = async (scenario: Scenario): Promise<Lab> => {
  const caretaker = await openCaretaker();
  try {
    return await build(caretaker, scenario);
  } catch (error) {
    await caretaker.end();
    throw error;
  }
};
