// A pool that is too small queues without an error: the deploy is blocked on the wait, not rolled back.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('is blocked on the pool wait, with the connections green', async () => {
  const { record, check, world } = await play('pool-too-small');
  expect(record).toMatchObject({ exitCode: 10, decision: { action: 'block' }, diagnosis: { layer: 'pool' } });
  expect(check('pool-wait')).toMatchObject({ outcome: 'fail', action: 'block', unit: 'ms' });
  expect(check('pool-wait').value).toBeGreaterThan(50);
  expect(check('db-connections').outcome).toBe('pass');
  expect(check('error-rate-delta').outcome).toBe('pass');
  expect(record.diagnosis.headline).toMatch(/^the pool is slow: mean wait \d+ ms/);
  expect(world).toEqual({ link: '9f2c1e8', versions: { a: '9f2c1e8' }, connections: { 'auth@9f2c1e8': 2 } });
});
