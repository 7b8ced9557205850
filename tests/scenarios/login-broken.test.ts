// Nobody can sign in, for a reason that is not the database: the release goes back and the service is named.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('is rolled back, with the service named and the database green', async () => {
  const { record, check, world } = await play('login-broken');
  expect(record).toMatchObject({
    exitCode: 20,
    decision: { action: 'rollback' },
    diagnosis: { layer: 'service' },
    rollback: { state: 'ROLLED_BACK', verified: true },
  });
  expect(check('login')).toMatchObject({ outcome: 'fail', attribution: 'introduced', action: 'rollback' });
  expect(check('db-connections').outcome).toBe('pass');
  expect(record.diagnosis.headline).toContain('500');
  expect(world).toEqual({ link: '77ab0c4', versions: { a: '77ab0c4' }, connections: { 'auth@77ab0c4': 8 } });
});
