// The platform `swarm`: a real docker command line against a small Engine API with the version check of the real one.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fingerprint } from '../../src/rollback/platforms/fingerprint.ts';
import { swarm } from '../../src/rollback/platforms/swarm.ts';
import { dockerProgram, installedProgram } from '../helpers/system-packages.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { type DeploySystem, openOn, platformContract } from '../rollback/platform-contract.ts';
import { startSwarmApi, type SwarmApi, type TaskTemplate } from '../servers/swarm-api.ts';

const template = (version: string): TaskTemplate => ({
  ContainerSpec: { Image: 'registry.example.com/shop/auth:1.4', Env: [`VERSION=${version}`, 'PASSWORD=hunter2'] },
  RestartPolicy: { Condition: 'any' },
});

const revision = (version: string): string => `auth:1.4@${fingerprint(template(version), 8)}`;

const system = async (): Promise<DeploySystem & { api: SwarmApi }> => {
  const root = await tempFolder();
  const api = await startSwarmApi(template('v1'));
  onTestFinished(() => api.close());
  api.deploy(template('v2'));
  const { file, env } = installedProgram(dockerProgram);
  return {
    root,
    api,
    settings: { service: 'shop_auth' },
    env: { HOME: root, DOCKER_HOST: api.url, PATH: `${root}/bin:${dirname(file)}:${process.env['PATH']}`, ...env },
    revision,
    deploy: async (version) => api.deploy(template(version)),
    lie: async () => {
      api.lies = true;
    },
    fail: async (text) => {
      api.interfere = ({ method }, response) => {
        if (method !== 'POST') return false;
        response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ message: text }));
        return true;
      };
    },
    failsWith: 1,
    blind: () => api.close(),
    babble: async () => {
      await mkdir(`${root}/bin`);
      await writeFile(`${root}/bin/docker`, '#!/bin/sh\necho warning: hello\n', { mode: 0o755 });
    },
    hang: async () => {
      api.interfere = () => true;
    },
  };
};

platformContract(swarm, system);

it('what the docker client prints is understood, and nothing of its environment is shown', async () => {
  const { session } = await openOn(swarm, await system());
  expect(await session.live()).toEqual({
    revision: revision('v2'),
    settled: true,
    detail: `2 of 2 tasks run with ${revision('v2')}`,
  });
});

it('goes back once; a second rollback of Swarm would toggle, and is not ordered', async () => {
  const given = await system();
  const { session } = await openOn(swarm, given);
  const order = { from: revision('v2'), to: revision('v1'), token: 1 };
  await session.undo(order);
  await session.undo(order);
  expect(given.api.writes).toEqual(['update rollback=previous']);
  expect(given.api.live()).toEqual(template('v1'));
});

it('is refused by Swarm when somebody deploys while docker is at work', async () => {
  const given = await system();
  const { session } = await openOn(swarm, given);
  given.api.interfere = ({ method }) => {
    if (method === 'POST') given.api.deploy(template('v3'));
    return false;
  };
  const order = { from: revision('v2'), to: revision('v1'), token: 1 };
  await expect(session.undo(order)).rejects.toMatchObject({ name: 'Superseded', live: revision('v3') });
  expect(given.api.live()).toEqual(template('v3'));
});
