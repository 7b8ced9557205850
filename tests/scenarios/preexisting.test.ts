// A fault that stood before the deploy blocks it and rolls nothing back.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('is blocked as failing since before this release', async () => {
  const { record, check, world } = await play('preexisting');
  expect(record).toMatchObject({ exitCode: 13, decision: { action: 'block' } });
  expect(record.rollback?.acts ?? []).toEqual([]);
  expect(check('login')).toMatchObject({ outcome: 'fail', attribution: 'preexisting' });
  expect(record.diagnosis.headline).toContain('It was so before this deploy');
  expect(world).toEqual({ link: '9f2c1e8', versions: { a: '9f2c1e8' }, connections: { 'auth@9f2c1e8': 8 } });
});
