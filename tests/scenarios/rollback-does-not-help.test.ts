// A migration outlives its release: going back does not help, and the report says so and where to look.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('ends rolled back and still failing, and says where the cause lies', async () => {
  const { record, check, world } = await play('rollback-does-not-help');
  expect(record).toMatchObject({
    exitCode: 21,
    decision: { action: 'rollback' },
    rollback: { state: 'UNVERIFIED', verified: false, to: '77ab0c4' },
  });
  expect(check('login')).toMatchObject({ outcome: 'fail', attribution: 'introduced' });
  expect(record.diagnosis.headline).toMatch(/^Going back to 77ab0c4 did not help/);
  expect(record.diagnosis.next.join(' ')).toMatch(/migration/);
  expect(world).toEqual({ link: '77ab0c4', versions: { a: '77ab0c4' }, connections: { 'auth@77ab0c4': 8 } });
});
