// A small AWS for tests: a proxy behind which each host of AWS is this process, with one alias and one ECS service.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { bodyOf } from '../../helpers/servers.ts';
import { certificate, key } from './certificate.ts';

export interface AwsApi {
  /** For HTTPS_PROXY. */
  url: string;
  alias: {
    FunctionVersion: string;
    RevisionId: string;
    RoutingConfig?: { AdditionalVersionWeights: Record<string, number> };
  };
  /** Number of the task definition of the PRIMARY deployment. */
  taskDefinition: number;
  /** Every call that changes something, with what it carried. */
  writes: { action: string; body: Record<string, unknown> }[];
  /** Called before each write is applied: what somebody else does meanwhile. */
  beforeWrite: (() => void) | undefined;
  /** `ecs:UpdateService`: actions that are denied. */
  denied: Set<string>;
  close(): Promise<void>;
}

/** An answer: a body, or an error of AWS with its status. */
type Answer = { body: object | string } | { status: number; error: string; message: string };

const textOf = (body: Record<string, unknown>, name: string): string =>
  typeof body[name] === 'string' ? body[name] : '';

const revisionIds = { first: '2f6c6c5e-1111-4222-8333-444455556666', next: '7d1f0a2b-9999-4222-8333-444455556666' };

const updateAlias = (api: AwsApi, body: Record<string, unknown>): Answer => {
  if (body['RevisionId'] !== api.alias.RevisionId)
    return {
      status: 412,
      error: 'PreconditionFailedException',
      message: 'The Revision Id provided does not match the latest Revision Id.',
    };
  const given = body['RoutingConfig'] as AwsApi['alias']['RoutingConfig'];
  const weights = given?.AdditionalVersionWeights ?? {};
  api.alias = {
    FunctionVersion: textOf(body, 'FunctionVersion'),
    RevisionId: revisionIds.next,
    ...(Object.keys(weights).length > 0 ? { RoutingConfig: { AdditionalVersionWeights: weights } } : {}),
  };
  return { body: { ...api.alias, Name: 'live' } };
};

const lambda = (api: AwsApi, method: string, path: string, body: Record<string, unknown>): Answer => {
  if (path === '/2015-03-31/functions/auth/aliases/live')
    return method === 'PUT' ? updateAlias(api, body) : { body: { ...api.alias, Name: 'live' } };
  const [, version = ''] = /functions\/auth\/configuration\?Qualifier=(.+)$/.exec(path) ?? [];
  return ['7', '8', '9'].includes(version)
    ? { body: { FunctionName: 'auth', Version: version, State: 'Active' } }
    : { status: 404, error: 'ResourceNotFoundException', message: `Function not found: auth:${version}` };
};

const definitionArn = (number: number): string =>
  `arn:aws:ecs:eu-central-1:123456789012:task-definition/auth:${number}`;

const service = (api: AwsApi): object => ({
  serviceName: 'auth',
  status: 'ACTIVE',
  desiredCount: 2,
  runningCount: 2,
  deployments: [
    {
      id: `ecs-svc/${api.taskDefinition}`,
      status: 'PRIMARY',
      taskDefinition: definitionArn(api.taskDefinition),
      desiredCount: 2,
      runningCount: 2,
      rolloutState: 'COMPLETED',
    },
  ],
});

const ecs = (api: AwsApi, action: string, body: Record<string, unknown>): Answer => {
  const name = textOf(body, 'taskDefinition').split(':').at(-1);
  if (action === 'DescribeServices') return { body: { services: [service(api)], failures: [] } };
  if (action === 'DescribeTaskDefinition')
    return { body: { taskDefinition: { status: Number(name) > 40 ? 'ACTIVE' : 'INACTIVE' } } };
  api.taskDefinition = Number(name);
  return { body: { service: service(api) } };
};

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:role/deploy</Arn><UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

const isWrite = (action: string): boolean => /^\w+:Update/.test(action);

/** `ecs:UpdateService`, by the host and the header or the method of the request. */
const actionOf = ({ method = '', headers, url = '' }: IncomingMessage): string => {
  const [host = ''] = (headers.host ?? '').split('.');
  const target = String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1);
  if (host !== 'lambda') return `${host}:${target || 'GetCallerIdentity'}`;
  const resource = url.includes('/aliases/') ? 'Alias' : 'FunctionConfiguration';
  return `lambda:${method === 'PUT' ? 'Update' : 'Get'}${resource}`;
};

const answer = async (api: AwsApi, request: IncomingMessage): Promise<Answer> => {
  const action = actionOf(request);
  const text = await bodyOf(request);
  const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
  if (api.denied.has(action))
    return { status: 400, error: 'AccessDeniedException', message: `deploy is not authorized to perform: ${action}` };
  if (isWrite(action)) {
    api.writes.push({ action, body });
    api.beforeWrite?.();
  }
  if (action.startsWith('lambda:')) return lambda(api, request.method ?? '', request.url ?? '', body);
  return action.startsWith('ecs:') ? ecs(api, action.slice('ecs:'.length), body) : { body: identity };
};

const send = (response: ServerResponse, given: Answer): void => {
  if ('body' in given && typeof given.body === 'string') {
    response.writeHead(200, { 'content-type': 'text/xml' }).end(given.body);
    return;
  }
  const failed = 'status' in given;
  response.writeHead(failed ? given.status : 200, {
    'content-type': 'application/x-amz-json-1.1',
    ...(failed ? { 'x-amzn-errortype': given.error } : {}),
  });
  response.end(
    JSON.stringify(failed ? { __type: given.error, message: given.message, Message: given.message } : given.body),
  );
};

/** Starts the proxy on a free port; whoever uses it has to trust the certificate. */
export const startAwsApi = async (): Promise<AwsApi> => {
  const sockets = new Set<Socket>();
  const inner = createServer((request, response) => {
    void answer(api, request).then(
      (given) => send(response, given),
      (error: unknown) => response.writeHead(599).end(String(error)),
    );
  });
  const proxy = createServer();
  proxy.on('connect', (_, socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const secured = new TLSSocket(socket, { isServer: true, cert: certificate, key });
    secured.on('error', () => undefined);
    inner.emit('connection', secured);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const api: AwsApi = {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    alias: { FunctionVersion: '8', RevisionId: revisionIds.first },
    taskDefinition: 42,
    writes: [],
    beforeWrite: undefined,
    denied: new Set(),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
  return api;
};
