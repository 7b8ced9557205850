// One of two instances behind a proxy is broken: the release goes back, and the bad instance is named.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('is rolled back, with instance b named', async () => {
  const { record, check, world } = await play('one-bad-instance');
  expect(record).toMatchObject({ exitCode: 20, decision: { action: 'rollback' }, diagnosis: { layer: 'service' } });
  expect(check('error-rate-delta')).toMatchObject({ outcome: 'fail', attribution: 'introduced' });
  expect(check('error-rate-delta').because).toMatch(/\bb\b/);
  expect(record.diagnosis.headline).toMatch(/\bb\b/);
  expect(check('db-connections').outcome).toBe('pass');
  expect(world).toEqual({
    link: '77ab0c4',
    versions: { a: '77ab0c4', b: '77ab0c4' },
    connections: { 'auth@77ab0c4': 16 },
  });
});
