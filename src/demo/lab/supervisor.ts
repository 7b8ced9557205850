// Starts the instances of the service from the `current` link, and restarts them when a pipeline or a platform asks.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Caretaker } from './caretaker.ts';
import type { Child } from './children.ts';

/** One instance of the service. */
export interface Instance {
  name: string;
  port: number;
}

/** What the supervisor works with. */
export interface SupervisorPlan {
  /** The folder with the `current` link. */
  app: string;
  instances: readonly Instance[];
  databaseUrl: string;
  /** Where it listens for orders. */
  port: number;
}

/** A supervisor with its instances running. */
export interface Supervisor {
  /** `POST` here restarts all instances from what `current` points at. The path holds a secret of this lab. */
  restartUrl: string;
  /** The last output of each instance, for messages. */
  output(): string;
}

const startInstance = (caretaker: Caretaker, plan: SupervisorPlan, instance: Instance): Promise<Child> =>
  caretaker.start({
    name: `auth service ${instance.name}`,
    argv: [process.execPath, join(plan.app, 'current', 'server.mjs')],
    cwd: plan.app,
    env: { AUTH_INSTANCE: instance.name, AUTH_PORT: String(instance.port), AUTH_DATABASE_URL: plan.databaseUrl },
    ready: 'ready',
    farewell: [['SIGTERM', 1000]],
  });

/** Lets one restart end before the next begins. */
const oneAfterTheOther = (work: () => Promise<void>): (() => Promise<void>) => {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.catch(() => undefined).then(work);
    return last;
  };
};

const serveOrders = (port: number, path: string, restart: () => Promise<void>, caretaker: Caretaker): Promise<void> => {
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== path) {
      response.writeHead(404).end('no such order\n');
      return;
    }
    restart().then(
      () => response.writeHead(200).end('restarted\n'),
      (error: Error) => response.writeHead(500).end(`${error.message}\n`),
    );
  });
  caretaker.onEnd(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
};

/** Starts all instances and the ear for orders. */
export const startSupervisor = async (caretaker: Caretaker, plan: SupervisorPlan): Promise<Supervisor> => {
  const startAll = (): Promise<Child[]> =>
    Promise.all(plan.instances.map((instance) => startInstance(caretaker, plan, instance)));
  let children = await startAll();
  const restart = oneAfterTheOther(async () => {
    await Promise.all(children.map((child) => child.stop()));
    children = await startAll();
  });
  const path = `/${randomBytes(16).toString('hex')}/restart`;
  await serveOrders(plan.port, path, restart, caretaker);
  return {
    restartUrl: `http://127.0.0.1:${plan.port}${path}`,
    output: () => children.map((child) => `${child.name}:\n${child.output()}`).join('\n'),
  };
};
