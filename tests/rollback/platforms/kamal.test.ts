// The platform `kamal` against recorded argument lists and outputs: those of its source (lib/kamal/cli/app.rb).
import { describe, expect, it } from 'vitest';
import { kamal } from '../../../src/rollback/platforms/kamal.ts';
import { type Recording, recordedSystem, type State } from '../../helpers/recorded-cli.ts';
import { openOn, platformContract } from '../platform-contract.ts';

const names: Record<State, string> = { v1: '1111111', v2: '2222222', v3: '3333333', back: '1111111' };

const hosts = (...versions: string[]): string =>
  versions
    .map(
      (version, index) =>
        `  INFO [7a4b] Running docker ps --latest on 10.0.0.${index + 1}\n  INFO [7a4b] Finished in 0.2 seconds with exit status 0 (successful).\nApp Host: 10.0.0.${index + 1}\n${version}\n\n`,
    )
    .join('');

const containers = (host: number, ...versions: string[]): string =>
  [
    `App Host: 10.0.0.${host}`,
    'CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES',
    ...versions.map(
      (version) =>
        `9d1f2a  acme/auth:${version}  "docker-entrypoint.s…"  2 days ago  Exited (0)  auth-web-production-${version}`,
    ),
    '',
  ].join('\n');

const version = 'kamal app version --destination production';
const list = 'kamal app containers --destination production';
const all = ['1111111', '2222222', '3333333'] as const;

const recording: Recording = {
  source: 'https://github.com/basecamp/kamal/blob/main/lib/kamal/cli/app.rb',
  settings: { destination: 'production' },
  readings: [
    { call: version, answer: (state) => hosts(names[state], names[state]) },
    { call: list, answer: () => `${containers(1, ...all)}\n${containers(2, ...all)}` },
    { call: 'kamal lock status --destination production', answer: () => 'There is no deploy lock' },
  ],
  act: 'kamal rollback 1111111 --destination production',
  revision: (name) => names[name],
};

platformContract(kamal, () => recordedSystem(recording));

const opened = async () => {
  const system = await recordedSystem(recording);
  return { system, ...(await openOn(kamal, system)) };
};

describe('what is live', () => {
  it('is what every host runs', async () => {
    const { session } = await opened();
    expect(await session.live()).toEqual({
      revision: '2222222',
      settled: true,
      detail: '10.0.0.1 runs 2222222, 10.0.0.2 runs 2222222',
      instances: { '10.0.0.1': '2222222', '10.0.0.2': '2222222' },
    });
  });

  it.each([
    [hosts('1111111', '2222222'), '1111111+2222222', '10.0.0.1 runs 1111111, 10.0.0.2 runs 2222222'],
    [hosts('2222222', ''), '2222222', '10.0.0.1 runs 2222222, 10.0.0.2 runs nothing'],
  ])('is not settled: %#', async (text, revision, detail) => {
    const { session, system } = await opened();
    await system.answer(version, text);
    expect(await session.live()).toMatchObject({ revision, settled: false, detail });
  });

  it('is the way half gone after a kill', async () => {
    const { session, system, acts } = await opened();
    await system.answer(version, hosts('1111111', '2222222'));
    await session.undo({ from: '2222222', to: '1111111', token: 2 });
    expect(acts()).toHaveLength(1);
  });

  it('is nothing where no host runs the app', async () => {
    const { session, system } = await opened();
    await system.answer(version, hosts('', ''));
    await expect(session.live()).rejects.toThrow('no host runs the app: 10.0.0.1, 10.0.0.2');
  });
});

it('asks for the container before, because kamal ends with 0 without it', async () => {
  const { session, system, acts } = await opened();
  expect(await session.targetMissing?.('1111111')).toBeUndefined();
  await system.answer(list, `${containers(1, ...all)}\n${containers(2, '2222222', '3333333')}`);
  const gone = '1 of 2 hosts have no container of 1111111 any more (retain_containers): 10.0.0.2';
  expect(await session.targetMissing?.('1111111')).toBe(gone);
  await expect(session.undo({ from: '2222222', to: '1111111', token: 1 })).rejects.toThrow(gone);
  expect(acts()).toEqual([]);
  await system.answer(list, 'nothing');
  expect(await session.targetMissing?.('1111111')).toBe(
    'whether 1111111 is still there cannot be told: `kamal app containers --destination production` names no host',
  );
});
