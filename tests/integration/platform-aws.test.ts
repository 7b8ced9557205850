// The platforms `lambda` and `ecs`: a real aws command line, which believes that it talks to AWS.
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AnyPlatform } from '../../src/kit/index.ts';
import { ecs } from '../../src/rollback/platforms/ecs.ts';
import { lambda } from '../../src/rollback/platforms/lambda.ts';
import { awsProgram, installedProgram } from '../helpers/system-packages.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { openOn } from '../rollback/platform-contract.ts';
import { certificate } from '../servers/aws-api/certificate.ts';
import { startAwsApi } from '../servers/aws-api/index.ts';

const opened = async (platform: AnyPlatform, settings: object) => {
  const root = await tempFolder();
  const api = await startAwsApi();
  onTestFinished(() => api.close());
  const { file, env } = installedProgram(awsProgram);
  await writeFile(join(root, 'ca.pem'), certificate);
  const aws = {
    HOME: root,
    PATH: `${dirname(file)}:${process.env['PATH']}`,
    HTTPS_PROXY: api.url,
    AWS_CA_BUNDLE: join(root, 'ca.pem'),
    AWS_ACCESS_KEY_ID: 'AKIATESTTESTTESTTEST',
    AWS_SECRET_ACCESS_KEY: 'hunter2hunter2hunter2',
    AWS_MAX_ATTEMPTS: '1',
  };
  const system = { root, settings: { region: 'eu-central-1', ...settings }, env: { ...aws, ...env } };
  const { session, acts } = await openOn(platform, system as never);
  return { api, session, acts };
};

/** Each call of aws is a Python that starts. */
const patient = { timeout: 300_000 };

describe('lambda', patient, () => {
  const settings = { function: 'auth', alias: 'live' };
  const order = { from: '8', to: '7', token: 1 };

  it('reads the alias, and goes back by one call that carries what it was read at', async () => {
    const { api, session } = await opened(lambda, settings);
    expect(await session.live()).toEqual({
      revision: '8',
      settled: true,
      detail: 'the alias live of auth means version 8',
    });
    await session.undo(order);
    expect(api.writes).toEqual([
      {
        action: 'lambda:UpdateAlias',
        body: {
          FunctionVersion: '7',
          RoutingConfig: { AdditionalVersionWeights: {} },
          RevisionId: '2f6c6c5e-1111-4222-8333-444455556666',
        },
      },
    ]);
    expect(await session.live()).toMatchObject({ revision: '7', settled: true });
  });

  it('takes the weight of a canary away', async () => {
    const { api, session } = await opened(lambda, settings);
    api.alias.RoutingConfig = { AdditionalVersionWeights: { 7: 0.1 } };
    expect(await session.live(undefined, order)).toMatchObject({ revision: '8', settled: false });
    await session.undo(order);
    expect(api.alias).toMatchObject({ FunctionVersion: '7' });
    expect(api.alias.RoutingConfig).toBeUndefined();
  });

  it('is refused by AWS when somebody moves the alias in between', async () => {
    const { api, session, acts } = await opened(lambda, settings);
    api.beforeWrite = () => {
      api.alias = { FunctionVersion: '9', RevisionId: 'of somebody else' };
    };
    await expect(session.undo(order)).rejects.toMatchObject({ name: 'Superseded', live: '9' });
    expect(api.alias.FunctionVersion).toBe('9');
    expect(acts()).toEqual([
      expect.objectContaining({ exit: 254, outTail: expect.stringContaining('(PreconditionFailedException)') }),
    ]);
  });

  it('knows a version that was deleted, and says who may not look', async () => {
    const { api, session } = await opened(lambda, settings);
    expect(await session.targetMissing?.('7')).toBeUndefined();
    expect(await session.targetMissing?.('3')).toBe('version 3 of auth was deleted');
    api.denied.add('lambda:GetAlias');
    await expect(session.live()).rejects.toThrow(
      /\(AccessDeniedException\).* not authorized to perform: lambda:GetAlias/,
    );
    expect((await session.doctor?.())?.map(({ what, state }) => [what, state])).toEqual([
      ['AWS knows the credentials', 'ok'],
      ['may read the alias live', 'failed'],
      ['may call lambda:UpdateAlias', 'unknown'],
    ]);
  });
});

describe('ecs', patient, () => {
  const settings = { cluster: 'prod', service: 'auth' };

  it('reads the service and goes back to a task definition by name', async () => {
    const { api, session } = await opened(ecs, settings);
    expect(await session.live()).toEqual({
      revision: 'auth:42',
      settled: true,
      detail: '2 of 2 tasks run auth:42 (ecs-svc/42 is COMPLETED)',
    });
    await session.undo({ from: 'auth:42', to: 'auth:41', token: 1 });
    expect(api.writes).toEqual([
      { action: 'ecs:UpdateService', body: { cluster: 'prod', service: 'auth', taskDefinition: 'auth:41' } },
    ]);
    expect(await session.live()).toMatchObject({ revision: 'auth:41', settled: true });
  });

  it('knows a task definition that was deregistered, and an account that may not act', async () => {
    const { api, session } = await opened(ecs, settings);
    expect(await session.targetMissing?.('auth:41')).toBeUndefined();
    expect(await session.targetMissing?.('auth:40')).toBe(
      'task definition auth:40 is INACTIVE: it was deregistered, and a service cannot be moved to it',
    );
    api.denied.add('ecs:UpdateService');
    await expect(session.undo({ from: 'auth:42', to: 'auth:41', token: 1 })).rejects.toThrow(
      /ended with 254: .*\(AccessDeniedException\) when calling the UpdateService operation/,
    );
    expect((await session.doctor?.())?.filter(({ state }) => state === 'failed')).toEqual([]);
  });
});
