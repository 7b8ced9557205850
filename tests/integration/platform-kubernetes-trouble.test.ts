// Trouble between real kubectl and its API server in the middle of a rollback: what passes by itself is gone through.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { kubernetes } from '../../src/rollback/platforms/kubernetes/index.ts';
import { openOn } from '../rollback/platform-contract.ts';
import { kubeSystem } from '../rollback/platforms/kubernetes-system.ts';
import { send, statusOf } from '../servers/kube-api/index.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const refuse =
  (code: number, reason: string, message: string): Answer =>
  (_, response) =>
    send(response, code, statusOf(code, reason, message));

const reset: Answer = (request) => request.socket.resetAndDestroy();

const opened = async (over: object = {}) => {
  const system = await kubeSystem('Deployment', ['auth']);
  const settings = { ...(system.settings as object), deployment: 'auth', ...over };
  const { session, acts } = await openOn(kubernetes, { ...system, settings });
  const [from = '', to = ''] = (['v2', 'v1'] as const).map((name) => system.revision?.(name));
  return { api: system.api, session, acts, order: { from, to, token: 1 } };
};

/** Deals with the first `times` requests of this method for this resource. */
const trouble = (times: number, method: string, resource: string, answer: Answer) => {
  const left = { count: times };
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.method !== method || !request.url?.includes(`/${resource}`) || left.count === 0) return false;
    left.count -= 1;
    answer(request, response);
    return true;
  };
};

describe('a patch', () => {
  it.each<[string, Answer]>([
    [
      'that meets writes of others (409)',
      refuse(409, 'Conflict', 'Operation cannot be fulfilled on deployments.apps "auth": the object has been modified'),
    ],
    ['that meets a new leader (500)', refuse(500, 'InternalError', 'etcdserver: leader changed')],
    [
      'that meets an API server that is going down (503)',
      refuse(503, 'ServiceUnavailable', 'apiserver is shutting down'),
    ],
    ['whose connection is reset before it arrives', reset],
  ])('%s is sent once more', async (_, answer) => {
    const { api, session, acts, order } = await opened();
    api.interfere = trouble(1, 'PATCH', 'deployments', answer);
    await session.undo(order);
    expect(api.writes).toEqual(['PATCH deployments/auth']);
    expect(acts().map(({ exit }) => exit)).toEqual([1, 0]);
    expect(await session.live()).toMatchObject({ revision: order.to, settled: true });
  });

  it('whose answer is lost is found to have been done', async () => {
    const { api, session, acts, order } = await opened();
    api.beforeWrite = () => {
      api.beforeWrite = undefined;
      // The patch that is being applied now is the last that this connection carries.
      api.interfere = undefined;
    };
    let socket: IncomingMessage['socket'] | undefined;
    api.interfere = (request) => {
      if (request.method === 'PATCH') socket = request.socket;
      return false;
    };
    const put = api.cluster.put;
    api.cluster.put = (object) => {
      const stored = put(object);
      socket?.resetAndDestroy();
      return stored;
    };
    await session.undo(order);
    expect(api.writes).toEqual(['PATCH deployments/auth']);
    expect(acts().map(({ exit }) => exit)).toEqual([1]);
    expect(await session.live()).toMatchObject({ revision: order.to, settled: true });
  });

  it('that meets conflicts three times is given up, with what the API server said', async () => {
    const { api, session, acts, order } = await opened();
    api.interfere = trouble(9, 'PATCH', 'deployments', refuse(409, 'Conflict', 'the object has been modified'));
    await expect(session.undo(order)).rejects.toThrow(
      / patch deployments\.apps auth --type=json --patch-file=\/dev\/stdin` ended with 1: .*\(Conflict\): .*the object has been modified/,
    );
    expect(acts()).toHaveLength(3);
  });

  it.each<[string, Answer, RegExp]>([
    ['the token has run out (401)', refuse(401, 'Unauthorized', 'Unauthorized'), /You must be logged in to the server/],
    [
      'an admission policy forbids (403)',
      refuse(403, 'Forbidden', 'deployments.apps "auth" is forbidden: change window is closed'),
      /\(Forbidden\): .*change window is closed/,
    ],
    ['the deployment is gone (404)', refuse(404, 'NotFound', 'deployments.apps "auth" not found'), /\(NotFound\)/],
  ])('is not sent again when %s', async (_, answer, message) => {
    const { api, session, acts, order } = await opened();
    api.interfere = trouble(1, 'PATCH', 'deployments', answer);
    await expect(session.undo(order)).rejects.toThrow(message);
    expect(acts()).toHaveLength(1);
    expect(api.writes).toEqual([]);
  });

  it('that the API server takes too long for is stopped at its deadline, and no file or process stays', async () => {
    const { api, session, acts, order } = await opened({ deadline: '2s' });
    api.interfere = trouble(1, 'PATCH', 'deployments', () => undefined);
    await expect(session.undo(order)).rejects.toThrow(/ had not ended after 2 s and was stopped/);
    expect(acts()).toEqual([expect.objectContaining({ timedOut: true })]);
  });
});

describe('what is live cannot be told', () => {
  it.each<[string, string, Answer, RegExp]>([
    ['when the token has run out', 'deployments', refuse(401, 'Unauthorized', 'Unauthorized'), /You must be logged in/],
    [
      'when the account may not list ReplicaSets',
      'replicasets',
      refuse(403, 'Forbidden', 'User "deployer" cannot list resource "replicasets"'),
      /get replicasets\.apps .* ended with 1: .*\(Forbidden\): .*cannot list resource "replicasets"/,
    ],
    [
      'when there is no such deployment',
      'deployments/auth',
      refuse(404, 'NotFound', 'deployments.apps "auth" not found'),
      /get deployments\.apps auth -o json` ended with 1: .*\(NotFound\): /,
    ],
  ])('%s', async (_, resource, answer, message) => {
    const { api, session } = await opened();
    api.interfere = trouble(9, 'GET', resource, answer);
    await expect(session.live()).rejects.toThrow(message);
  });

  it('when the context of the kubeconfig does not exist; the doctor says so, too', async () => {
    const { session } = await opened({ context: 'prod-us' });
    await expect(session.live()).rejects.toThrow(/context "prod-us" does not exist/);
    expect((await session.doctor?.())?.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['failed', 'failed', 'failed', 'failed']),
    );
  });
});
