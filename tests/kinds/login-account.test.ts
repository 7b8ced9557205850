// One account at several instances and in several checks: its refusals count together, over the whole run.
import { describe, expect, test } from 'vitest';
import { openAccount } from '../../src/kinds/login/account.ts';
import type { LoginSeen, StepSeen } from '../../src/kinds/login/seen.ts';
import type { Closable, World } from '../../src/kit/kind.ts';
import type { Phase } from '../../src/kit/samples.ts';
import { closedAfterEach } from '../helpers/kept.ts';
import { account, type AuthApp, type Knobs, startAuthApp } from '../helpers/auth-app.ts';
import { openLogin, wordsOf } from '../helpers/login.ts';

const kept = closedAfterEach();

const services = (...all: Knobs[]): Promise<AuthApp[]> =>
  Promise.all(all.map(async (knobs) => kept(await startAuthApp(knobs))));

const opened = async (apps: readonly AuthApp[]) =>
  kept(
    await openLogin({
      instances: Object.fromEntries(apps.map(({ url }, index) => [`web-${index + 1}`, url])),
      account,
      login: { json: { post: '/api/login', token: 'data.token' } },
      probe: { get: '/me', granted: { status: 200, contains: '{{username}}' } },
    }),
  );

const passwords = (apps: readonly AuthApp[]): number => apps.reduce((sum, { passwords: sent }) => sum + sent.length, 0);

const refusing: Knobs = { login: 401 };

describe('an account at several instances', () => {
  test.each([3, 6])('that all refuse it (%i of them) is sent four times up to the end of the hold', async (count) => {
    const apps = await services(...Array.from({ length: count }, () => refusing));
    const { look } = await opened(apps);
    const sent = async (phase: Phase, looks: number): Promise<number> => {
      for (let n = 0; n < looks; n += 1) await look(phase);
      return passwords(apps);
    };
    expect([await sent('baseline', 2), await sent('warmup', 2), await sent('hold', 4)]).toEqual([2, 2, 4]);
    expect(await sent('verify', 3)).toBe(5);
  });

  test('is signed in at each in every look while it is let in', async () => {
    const apps = await services({}, {}, {}, {}, {}, {});
    const { look } = await opened(apps);
    await look('baseline');
    expect(passwords(apps)).toBe(6);
    const looks = await look('hold');
    // And one wrong password.
    expect(passwords(apps)).toBe(13);
    expect(looks.every((one) => 'seen' in one && one.seen.steps.at(-1)?.outcome === 'granted')).toBe(true);
  });

  test('is left in peace at the one that refuses it, and looked at at the others', async () => {
    const apps = await services({}, refusing, {});
    const { look, judge } = await opened(apps);
    const looks = [];
    for (let n = 0; n < 6; n += 1) looks.push(...(await look('hold')));
    expect(apps[1]?.passwords).toHaveLength(4);
    expect(apps[2]?.passwords).toHaveLength(6);
    expect(wordsOf(judge(looks))).toBe(
      'web-2: login REFUSED the right password at step 1 of 2 (POST /api/login → 401): not tried again after 4 refusals in a row, as more could lock the account',
    );
  });

  test('says of an instance that was spared that nothing was seen there', async () => {
    const apps = await services(refusing, refusing, refusing, refusing, refusing);
    const { look } = await opened(apps);
    await look('warmup');
    const missed = (await look('hold')).filter((one) => 'missed' in one);
    expect(missed).toContainEqual({
      group: expect.stringMatching(/^web-\d$/) as string,
      missed: {
        by: 'ours',
        reason: 'account_spared',
        because:
          'not tried here: the account was refused 4 times in a row elsewhere in this run, and more could lock it',
      },
    });
  });

  test('that is held back at one is tried nowhere else', async () => {
    const apps = await services({ login: 429 }, {});
    const { look } = await opened(apps);
    await look('warmup');
    const before = passwords(apps);
    await expect(look('hold')).rejects.toMatchObject({ missed: { by: 'throttle', reason: 'rate_limited' } });
    expect(passwords(apps)).toBe(before);
  });
});

const step = (outcome: StepSeen['outcome'], role: StepSeen['role'] = 'login'): StepSeen => ({
  name: role === 'negative' ? 'a wrong password' : 'sign in',
  role,
  outcome,
  status: 401,
  ms: 1,
  trail: 'POST /login → 401',
  note: '',
  reason: '',
});

const seen = (...steps: StepSeen[]): LoginSeen => ({ steps, ms: 1 });

describe('the count of an account', () => {
  const signal = new AbortController().signal;
  const enter = (ledger: ReturnType<typeof openAccount>, phase: Phase = 'hold', wrong = false, place = 'a') =>
    ledger.enter({ place, phase, wrong, signal });
  const takes = async (ledger: ReturnType<typeof openAccount>, ...steps: StepSeen[]): Promise<boolean> => {
    const turn = await enter(ledger);
    if (turn.may) turn.leave(seen(...steps));
    return turn.may;
  };

  test.each<[string, StepSeen[], boolean]>([
    ['a refusal', [step('refused')], true],
    ['our own wrong password before a service that breaks', [step('refused', 'negative'), step('broken')], true],
    ['a session that is refused: some services answer a wrong password like this', [step('refused', 'probe')], true],
    ['an error', [step('broken')], false],
    ['a login that was let in', [step('granted'), step('granted', 'probe')], false],
  ])('takes in %s', async (_, steps, isCounted) => {
    const ledger = openAccount();
    await takes(ledger, ...steps);
    expect(ledger.isUneasy()).toBe(isCounted);
  });

  test('goes on over errors in between', async () => {
    const ledger = openAccount();
    const taken = [];
    for (let n = 0; n < 3; n += 1) {
      taken.push(await takes(ledger, step('refused')));
      taken.push(await takes(ledger, step('broken')));
    }
    taken.push(await takes(ledger, step('refused')), await takes(ledger, step('broken')));
    expect(taken).toEqual([...Array<boolean>(7).fill(true), false]);
  });

  test('begins anew when the account is let in', async () => {
    const ledger = openAccount();
    await takes(ledger, step('refused'));
    await takes(ledger, step('granted'), step('granted', 'probe'));
    expect(ledger.isUneasy()).toBe(false);
  });

  test('holds a look back while those under way could use up what is left', async () => {
    const ledger = openAccount();
    const first = await Promise.all([enter(ledger), enter(ledger), enter(ledger, 'hold', true)]);
    let came = false;
    const late = enter(ledger).then((turn) => {
      came = true;
      return turn;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(came).toBe(false);
    for (const turn of first) if (turn.may) turn.leave(seen(step('granted'), step('granted', 'probe')));
    expect((await late).may).toBe(true);
  });

  test('lets go of a look that the engine gives up', async () => {
    const ledger = openAccount();
    await Promise.all([enter(ledger, 'warmup'), enter(ledger, 'warmup')]);
    const given = new AbortController();
    const late = ledger.enter({ place: 'b', phase: 'warmup', wrong: false, signal: given.signal });
    given.abort();
    expect(await late).toMatchObject({ may: false, missed: { by: 'ours', reason: 'account_spared' } });
  });
});

test('one account in two checks of a run counts together', async () => {
  const [app] = await services(refusing);
  const pool = new Map<string, Closable<unknown>>();
  const shared: World['shared'] = async <T>(key: string, make: () => Promise<Closable<T>>) => {
    const known = pool.get(key) ?? (await make());
    pool.set(key, known);
    return { value: known.value as T, release: async () => undefined };
  };
  const spec = {
    target: app?.url,
    account,
    login: { json: { post: '/api/login', token: 'data.token' } },
    probe: { get: '/me', granted: { status: 200, contains: '{{username}}' } },
  };
  const checks = [kept(await openLogin(spec, { shared })), kept(await openLogin(spec, { shared }))];
  for (let n = 0; n < 4; n += 1) await Promise.all(checks.map(({ look }) => look('hold')));
  expect(app?.passwords).toHaveLength(4);
});
