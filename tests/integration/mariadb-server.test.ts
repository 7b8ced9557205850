// The MariaDB that tests start: it greets, and it refuses in its first packet when it is full.
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type MariaDbPlan, startMariaDb, type TestMariaDb } from '../helpers/mariadb.ts';
import { isServerPlatform } from '../helpers/postgres-versions.ts';

const start = async (plan: MariaDbPlan = {}): Promise<TestMariaDb> => {
  const server = await startMariaDb(plan);
  onTestFinished(() => server.stop());
  return server;
};

/** The first packet of the server, without its header of four bytes: https://mariadb.com/kb/en/connection/ */
const firstPacket = ({ port }: TestMariaDb): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.once('error', reject).once('data', (packet) => resolve(packet.subarray(4)));
  });

describe.skipIf(!isServerPlatform)('MariaDB of the tests', () => {
  it('greets with its version', async () => {
    const server = await start();
    const greeting = await firstPacket(server);
    expect(greeting[0]).toBe(10);
    expect(greeting.toString('latin1')).toContain('MariaDB');
  });

  it('refuses with 1040 when all connections and the spare one are taken', async () => {
    const server = await start({ maxConnections: 10 });
    const greetings = [];
    for (let taken = 0; taken < 11; taken += 1) greetings.push((await firstPacket(server))[0]);
    const refusal = await firstPacket(server);
    expect([new Set(greetings), refusal[0], refusal.readUInt16LE(1)]).toEqual([new Set([10]), 255, 1040]);
  });

  it('says what is wrong with a setting that it does not know', async () => {
    await expect(startMariaDb({ settings: { nonsense: '1' } })).rejects.toThrow("unknown variable 'nonsense=1'");
  });
});
