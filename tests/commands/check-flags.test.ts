// `check` without a profile: what is refused, what is asked, and that what was typed stands for itself.
import { expect, it } from 'vitest';
import { runHere } from '../helpers/command.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

it.each([
  [[], 'name a profile, or say what to look at: --login URL --user NAME (a login), --postgres URL (its connections)'],
  [['auth', '--login', 'http://a/login'], 'name a profile, or give --login, --user and --postgres: not both'],
  [['--login', 'auth.example.com', '--user', 'a'], '--login must be a URL like https://auth.example.com/login'],
  [['--login', 'http://a.example.com/login'], '--login needs --user NAME: the account that signs in'],
  [['--postgres', 'mysql://a@b/c'], '--postgres must be a URL like postgres://probe@db.example.com/auth'],
  [['--postgres', 'postgres://db/auth'], '--postgres names no user: name the role of the service with --role'],
  [
    ['--login', 'http://a.example.com/login', '--user', 'smoke'],
    'no password was given: type it, hand it over on stdin, or set HOLDPOINT_PASSWORD',
  ],
])('refuses %j', async (args, sentence) => {
  const { exitCode, stderr } = await runHere(await tempFolder(), ['check', ...args]);
  expect([exitCode, stderr]).toEqual([2, `${sentence}\n`]);
});

it.each([
  [{ answers: ['abc'] }, 'a password of 3 characters cannot be masked in the output; it needs at least 4'],
  [{ env: { HOLDPOINT_PASSWORD: '' } }, 'HOLDPOINT_PASSWORD is empty: set it to the password, or unset it to be asked'],
])('refuses the password of %j', async (typed, sentence) => {
  const args = ['check', '--login', 'http://a.example.com/login', '--user', 'smoke'];
  const { exitCode, stderr } = await runHere(await tempFolder(), args, typed);
  expect([exitCode, stderr]).toEqual([2, `${sentence}\n`]);
});

it('asks for the password of the server, too, where its URL has none and somebody is there', async () => {
  const args = ['check', '--postgres', 'postgres://probe@db.example.com/auth', '--watch', '1s'];
  const asked = async (typed: Parameters<typeof runHere>[2]): Promise<string[]> =>
    (await runHere(await tempFolder(), args, typed)).asked;
  expect(await asked({ terminal: true })).toEqual(['[password of probe at db.example.com (empty: none): ]']);
  expect(await asked({ terminal: true, env: { HOLDPOINT_POSTGRES_PASSWORD: 'Pr0be+pass' } })).toEqual([]);
  expect(await asked({})).toEqual([]);
});

it('asks for the password without an echo, and names account and host', async () => {
  const args = ['check', '--login', 'http://a.example.com/login', '--user', 'smoke', '--watch', '1s'];
  const { asked, stderr } = await runHere(await tempFolder(), args, { answers: ['Pr0be+pass'] });
  expect(asked).toEqual(['[password of smoke at a.example.com: ]']);
  expect(stderr).toBe('--watch is shorter than hold.for (9 s): it could not end with "recovered"\n');
});

it('what was typed stands for itself', async () => {
  const args = ['check', '--login', 'http://a.example.com/login?a=${x}', '--user', '${env:HOME}', '--watch', '1s'];
  const { stderr } = await runHere(await tempFolder(), args, { answers: ['Pr0be+pass'] });
  expect(stderr).toBe('--watch is shorter than hold.for (9 s): it could not end with "recovered"\n');
});
