// One bad sign-in in twenty is a wobble: the release passes, and the wobble is shown.
import { expect, it } from 'vitest';
import { play } from './play.ts';

it('passes, with the wobble shown', async () => {
  const { record, check, world, text } = await play('flaky');
  expect(record).toMatchObject({ exitCode: 0, decision: { action: 'pass' } });
  const login = check('login');
  expect(login.outcome).toBe('pass');
  expect(login.because).toMatch(/1 bad of \d+ samples$/);
  expect(text.replace(/\s+/g, ' ')).toContain(login.because);
  expect(world).toEqual({ link: '9f2c1e8', versions: { a: '9f2c1e8' }, connections: { 'auth@9f2c1e8': 8 } });
});
