// The incident: a release that never gives connections back is caught, named and rolled back, and the rollback is proven.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('ends rolled back and verified, with the connection limit and the release named first', async () => {
  const { record, check, world, text } = await play('incident');
  expect(record).toMatchObject({
    exitCode: 20,
    decision: { action: 'rollback' },
    release: { from: '9f2c1e8', to: '77ab0c4', liveAtEnd: '77ab0c4' },
    rollback: { state: 'ROLLED_BACK', from: '9f2c1e8', to: '77ab0c4', verified: true, fence: 'client' },
  });
  expect(record.decision.because.map((cause) => cause.check)).toContain('db-connections');
  expect(check('db-connections')).toMatchObject({ outcome: 'fail', attribution: 'introduced', action: 'rollback' });
  expect(record.diagnosis.layer).toBe('database');
  expect(record.diagnosis.headline).toMatch(
    /^ordinary slots exhausted on 127\.0\.0\.1 \(53300 InitPostgres, 3 of 3 tries\); 37 usable of 40 \(3 superuser\), \d+ in use/,
  );
  expect(record.diagnosis.headline).toMatch(/auth@9f2c1e8 holds \d+ \(\+\d+ since [\d:]{8} UTC\)/);
  expect(record.diagnosis.headline).toContain('new logins fail now; this is not the network.');
  expect(text).toContain(record.diagnosis.headline.slice(0, 40));
  expect(world.link).toBe('77ab0c4');
  expect(world.versions).toEqual({ a: '77ab0c4' });
  expect(world.connections).toEqual({ 'auth@77ab0c4': 8 });
});
