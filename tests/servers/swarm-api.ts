// A small Docker Engine API for tests: one service of a swarm, whose updates are compared with its version and set.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, serve } from '../helpers/servers.ts';

/** What an author writes of a task. */
export interface TaskTemplate {
  ContainerSpec: { Image: string; Env: string[] };
  RestartPolicy: { Condition: string };
  ForceUpdate?: number;
}

export interface SwarmApi {
  url: string;
  /** Deploys, as somebody else would. */
  deploy(template: TaskTemplate): void;
  /** The template that is live. */
  live(): TaskTemplate;
  /** `POST update rollback=previous`, in order. */
  writes: string[];
  /** Sees each request first; true when it has dealt with it (or will not answer it). */
  interfere: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Takes orders and does nothing. */
  lies: boolean;
  close(): Promise<void>;
}

interface Service {
  version: number;
  spec: TaskTemplate;
  previous: TaskTemplate | undefined;
  status: string | undefined;
}

const id = 'x1auth0000000000000000000';
const name = 'shop_auth';

const specOf = (template: TaskTemplate): object => ({
  Name: name,
  Labels: {},
  TaskTemplate: template,
  Mode: { Replicated: { Replicas: 2 } },
});

const serviceJson = ({ version, spec, previous, status }: Service): object => ({
  ID: id,
  Version: { Index: version },
  CreatedAt: '2026-01-01T00:00:00Z',
  UpdatedAt: '2026-01-01T00:00:00Z',
  Spec: specOf(spec),
  ...(previous ? { PreviousSpec: specOf(previous) } : {}),
  ...(status === undefined ? {} : { UpdateStatus: { State: status, Message: status } }),
});

const taskJson =
  ({ spec }: Service) =>
  (slot: number): object => ({
    ID: `t${slot}auth000000000000000000000`,
    Version: { Index: 1 },
    Spec: spec,
    ServiceID: id,
    Slot: slot,
    NodeID: '',
    Status: { Timestamp: '2026-01-01T00:00:00Z', State: 'running' },
    DesiredState: 'running',
  });

/** Answers a request; a text is an error of the daemon. */
const answer = async (api: SwarmApi, service: Service, request: IncomingMessage): Promise<object | string> => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://docker');
  const path = pathname.replace(/^\/v[\d.]+/, '');
  if (path === '/services') return [serviceJson(service)];
  if (path === '/tasks') return [1, 2].map(taskJson(service));
  if (path === `/services/${name}` || path === `/services/${id}`) return serviceJson(service);
  if (request.method !== 'POST' || path !== `/services/${id}/update`) return `page not found: ${path}`;
  await bodyOf(request);
  api.writes.push(`update rollback=${searchParams.get('rollback') ?? ''}`);
  if (Number(searchParams.get('version')) !== service.version)
    return 'rpc error: code = Unknown desc = update out of sequence';
  if (!service.previous) return 'rpc error: code = FailedPrecondition desc = service x1 does not have a previous spec';
  if (!api.lies) {
    const { spec, previous } = service;
    Object.assign(service, { spec: previous, previous: spec, status: 'rollback_completed' });
    service.version += 1;
  }
  return { Warnings: null };
};

const send = (response: ServerResponse, body: object | string): void => {
  const isError = typeof body === 'string';
  response.writeHead(isError ? 500 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isError ? { message: body } : body));
};

/** Starts the API on a free port, with one service; `url` is what DOCKER_HOST takes. */
export const startSwarmApi = async (first: TaskTemplate): Promise<SwarmApi> => {
  const service: Service = { version: 40, spec: first, previous: undefined, status: undefined };
  const api: SwarmApi = {
    url: '',
    deploy: (template) => {
      Object.assign(service, { previous: service.spec, spec: template, status: 'completed' });
      service.version += 1;
    },
    live: () => service.spec,
    writes: [],
    interfere: undefined,
    lies: false,
    close: () => server.close(),
  };
  const server = await serve(async (request, response) => {
    response.setHeader('api-version', '1.41');
    response.setHeader('ostype', 'linux');
    if (request.url === '/_ping') {
      response.end('OK');
    } else if (!api.interfere?.(request, response)) {
      send(response, await answer(api, service, request));
    }
  });
  api.url = `tcp://127.0.0.1:${server.port}`;
  return api;
};
