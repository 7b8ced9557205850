// One of two instances behind a proxy is broken: the release goes back, and the bad instance is named.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('is rolled back, with instance b named', async () => {
  const { record, check, world } = await play('one-bad-instance');
  expect(record).toMatchObject({ exitCode: 20, decision: { action: 'rollback' }, diagnosis: { layer: 'service' } });
  // Whichever is sure first: the login of the one instance, or its error rate.
  expect(record.decision.because[0]?.text).toMatch(/^b: login is BROKEN|instance b alone/);
  expect(record.diagnosis.headline).toMatch(/^b: login is BROKEN|instance b alone/);
  expect(check('db-connections').outcome).toBe('pass');
  expect(world).toEqual({
    link: '77ab0c4',
    versions: { a: '77ab0c4', b: '77ab0c4' },
    connections: { 'auth@77ab0c4': 16 },
  });
});
