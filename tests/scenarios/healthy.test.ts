// A harmless release under noisy traffic passes and stays.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('passes, with every check green', async () => {
  const { record, world } = await play('healthy');
  expect(record).toMatchObject({ exitCode: 0, decision: { action: 'pass' }, diagnosis: { layer: 'none' } });
  expect(record.rollback).toBeUndefined();
  expect(record.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
    ['login', 'pass'],
    ['error-rate-delta', 'pass'],
    ['db-connections', 'pass'],
    ['pool-wait', 'pass'],
  ]);
  expect(world).toEqual({ link: '9f2c1e8', versions: { a: '9f2c1e8' }, connections: { 'auth@9f2c1e8': 8 } });
});
