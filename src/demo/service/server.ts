// Composes the auth service: routes, request counting, start and orderly end. A release swaps single parts.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { accountPage, type Greeting, greetByName } from './account-page.ts';
import type { Config } from './config.ts';
import { type Database, openDatabase } from './database.ts';
import { type Answer, type Handler, html, json, readAsk, writeAnswer } from './http.ts';
import { type Authenticate, passwordAuthentication, showForm, signOut, submitForm, submitJson } from './login.ts';
import { counter, type Family, gauge } from './metrics.ts';
import { type Sessions, storedSessions } from './sessions.ts';

/** The parts in which one release may differ from another. */
export interface Parts {
  sessions(config: Config, database: Database): Sessions;
  authenticate(config: Config, database: Database): Authenticate;
  metricsPage(config: Config, families: Family[]): Handler;
  greet: Greeting;
  /** Runs before the first request is taken. */
  migrate(config: Config, database: Database): Promise<void>;
}

const metricsPage =
  (families: Family[]): Handler =>
  async () => ({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4' },
    body: families.map((family) => family.text()).join(''),
  });

/** The parts of the release that is live before the deploy. */
export const standardParts: Parts = {
  sessions: (_config, database) => storedSessions(database),
  authenticate: (_config, database) => passwordAuthentication(database),
  metricsPage: (_config, families) => metricsPage(families),
  greet: greetByName,
  migrate: async () => {},
};

type Routes = Record<string, Handler>;

const routesOf = (config: Config, parts: Parts, database: Database, families: Family[]): Routes => {
  const sessions = parts.sessions(config, database);
  const authenticate = parts.authenticate(config, database);
  const page = { timeoutMs: config.pageTimeoutMs, greet: parts.greet };
  return {
    'GET /login': showForm(sessions),
    'POST /login': submitForm(database, sessions, authenticate),
    'POST /logout': signOut(sessions),
    'POST /api/login': submitJson(sessions, authenticate),
    'POST /api/logout': signOut(sessions),
    'GET /me': accountPage(database, sessions, page),
    'GET /version': async () => json(200, { revision: config.revision, instance: config.instance }),
    'GET /metrics': parts.metricsPage(config, families),
  };
};

const failed = (error: unknown): Answer => {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  return html(500, '<h1>Something went wrong</h1>');
};

/** Probes are counted apart, so that a check cannot raise or lower the rate that it judges. */
const clientOf = (message: IncomingMessage): string =>
  message.headers['user-agent']?.startsWith('holdpoint/') ? 'probe' : 'user';

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

const startTime = (): Family => {
  const seconds = Date.now() / 1000 - process.uptime();
  return gauge('process_start_time_seconds', 'Start of this process, Unix time.', () => [[{}, seconds]]);
};

const notFound: Handler = async () => html(404, '<h1>There is no such page</h1>');

/** A running instance. */
export interface AuthService {
  close(): Promise<void>;
}

/** Starts the service on `config.port` of the loopback interface; `changes` are what this release does otherwise. */
export const startAuthService = async (config: Config, changes: Partial<Parts> = {}): Promise<AuthService> => {
  const parts = { ...standardParts, ...changes };
  const database = await openDatabase(config);
  await parts.migrate(config, database);
  const requests = counter('http_requests_total', 'Requests by route, method, status code and client.');
  const routes = routesOf(config, parts, database, [requests, startTime(), ...database.metrics]);
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = message.method ?? 'GET';
    const path = message.url?.split('?')[0] ?? '/';
    const handler = routes[`${method} ${path}`];
    const answer = await readAsk(message)
      .then(handler ?? notFound)
      .catch(failed);
    requests.add({ route: handler ? path : 'other', method, code: String(answer.status), client: clientOf(message) });
    writeAnswer(response, answer);
  };
  const server = createServer((message, response) => void respond(message, response));
  await listen(server, config.port);
  return {
    async close() {
      server.close();
      server.closeAllConnections();
      await database.close();
    },
  };
};
