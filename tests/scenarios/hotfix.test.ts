// An outage stands and is mended by hand: `check` says before and after whether the service has recovered.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('first has not recovered, then has, and nothing acted', async () => {
  const { calls, world, text } = await play('hotfix');
  expect(calls.map(({ record }) => [record.verb, record.exitCode, record.decision.action])).toEqual([
    ['check', 10, 'block'],
    ['check', 0, 'pass'],
  ]);
  expect(calls.map(({ record }) => record.rollback)).toEqual([undefined, undefined]);
  expect(calls[0]?.record.checks.find(({ id }) => id === 'login')?.outcome).toBe('fail');
  expect(calls[0]?.record.diagnosis.headline).toContain('500');
  expect(text).toMatch(/^RECOVERED/m);
  expect(world).toEqual({ link: '77ab0c4', versions: { a: '77ab0c4' }, connections: { 'auth@77ab0c4': 8 } });
});
