// What cannot be measured is neither passed nor rolled back.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('is blocked because it could not be measured', async () => {
  const { record, check, world } = await play('metrics-down');
  expect(record).toMatchObject({ exitCode: 12, decision: { action: 'block' } });
  expect(record.rollback?.acts ?? []).toEqual([]);
  expect(check('error-rate-delta')).toMatchObject({ outcome: 'error' });
  expect(check('error-rate-delta').because).toContain('503');
  expect(check('login').outcome).toBe('pass');
  expect(world).toEqual({ link: '9f2c1e8', versions: { a: '9f2c1e8' }, connections: { 'auth@9f2c1e8': 8 } });
});
