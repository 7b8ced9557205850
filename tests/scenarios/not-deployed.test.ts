// A deploy command that exits 0 and changes nothing is never a pass.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('is blocked because nothing new is live', async () => {
  const { record, world } = await play('not-deployed');
  expect(record).toMatchObject({ exitCode: 11, decision: { action: 'block' } });
  expect(record.decision.because.map(({ reason }) => reason)).toContain('not_live');
  expect(record.rollback?.acts ?? []).toEqual([]);
  expect(world).toEqual({ link: '77ab0c4', versions: { a: '77ab0c4' }, connections: { 'auth@77ab0c4': 8 } });
});
