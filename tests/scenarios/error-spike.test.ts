// One page in five fails while signing in works: the error rate alone is enough to go back.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('is rolled back on the error-rate delta', async () => {
  const { record, check, world } = await play('error-spike');
  expect(record).toMatchObject({
    exitCode: 20,
    decision: { action: 'rollback' },
    diagnosis: { layer: 'service' },
    rollback: { state: 'ROLLED_BACK', verified: true },
  });
  expect(record.decision.because.map((cause) => cause.check)).toEqual(['error-rate-delta']);
  expect(check('error-rate-delta')).toMatchObject({ outcome: 'fail', attribution: 'introduced' });
  expect(check('login').outcome).toBe('pass');
  expect(check('db-connections').outcome).toBe('pass');
  expect(world).toEqual({ link: '77ab0c4', versions: { a: '77ab0c4' }, connections: { 'auth@77ab0c4': 8 } });
});
