// The proof of a login: every look that must be refused, with every outcome, switched on and off, by table.
import { describe, expect, test } from 'vitest';
import { login } from '../../src/kinds/login/index.ts';
import type { LoginSeen, NegativeName, StepOutcome, StepSeen } from '../../src/kinds/login/seen.ts';
import type { Verdict } from '../../src/kit/samples.ts';
import { account } from '../helpers/auth-app.ts';
import { historyOf, samples, seen } from '../helpers/kinds.ts';

const step = (name: string, role: StepSeen['role'], outcome: StepOutcome, status: number): StepSeen => ({
  name,
  role,
  outcome,
  status,
  ms: 5,
  trail: `GET /me → ${status}`,
  note: '',
  reason: '',
});

const statusOf: Record<StepOutcome, number> = { granted: 200, refused: 401, throttled: 429, broken: 500 };

const names = {
  anonymous: 'a stranger',
  wrongPassword: 'a wrong password',
  rotated: 'the session from before the login',
  deadSession: 'the session after the logout',
} as const satisfies Record<string, NegativeName>;
type Key = keyof typeof names;
const keys = Object.keys(names) as Key[];

const reasons: Record<Key, string> = {
  anonymous: 'anonymous_granted',
  wrongPassword: 'wrong_password_granted',
  rotated: 'session_kept',
  deadSession: 'session_survives',
};

const specWith = (negative: object) =>
  login.spec.parse({
    target: 'http://auth.test',
    account,
    login: { form: { page: '/login' } },
    probe: { get: '/me', granted: { status: 200 } },
    logout: { post: '/logout' },
    negative,
  });

const verdictOn = (outcomes: Partial<Record<Key, StepOutcome>>, negative: object = {}): Verdict => {
  const negatives = keys.flatMap((key) => {
    const outcome = outcomes[key];
    return outcome ? [step(names[key], 'negative', outcome, statusOf[outcome])] : [];
  });
  const one: LoginSeen = { steps: [step('sign in', 'login', 'granted', 200), ...negatives], ms: 5, observed: [] };
  return login.judge(historyOf(samples(seen(one)), [], { failAfter: 1 }), specWith(negative));
};

const allRefused = {
  anonymous: 'refused',
  wrongPassword: 'refused',
  rotated: 'refused',
  deadSession: 'refused',
} as const;

describe.each(keys)('%s', (key) => {
  test('refused is the proof', () => {
    const verdict = verdictOn(allRefused);
    expect(verdict.outcome).toBe('pass');
    expect(verdict.parts?.find(({ name }) => name === names[key])?.outcome).toBe('pass');
  });

  test('granted blocks at once, whatever the others say', () => {
    for (const others of [{}, allRefused, { anonymous: 'broken' } as const]) {
      const verdict = verdictOn({ ...others, [key]: 'granted' });
      expect(verdict).toMatchObject({ outcome: 'fail', settled: true, asks: 'block', reason: reasons[key] });
    }
  });

  test('broken is no refusal', () => {
    const verdict = verdictOn({ ...allRefused, [key]: 'broken' });
    expect(verdict).toMatchObject({ outcome: 'fail', reason: 'login_broken' });
    expect(verdict.because).toBe(`${names[key]} was not refused but met an error (GET /me → 500)`);
  });
});

/** Every set of the four that is switched off. */
const subsets = Array.from({ length: 2 ** keys.length }, (_, bits) => keys.filter((__, place) => (bits >> place) & 1));

test.each(subsets.map((off) => [off] as const))('switched off %j: each says why, the others are looked at', (off) => {
  const negative = Object.fromEntries(off.map((key) => [key, { off: `reason of ${key}` }]));
  const on = keys.filter((key) => !off.includes(key));
  const verdict = verdictOn(Object.fromEntries(on.map((key) => [key, 'refused'])), negative);
  expect(verdict.outcome).toBe('pass');
  const told = (verdict.parts ?? []).filter(({ name }) => Object.values<string>(names).includes(name));
  expect(
    told.map(({ name, outcome, because }) => [name, outcome === 'skipped' ? because : outcome]).toSorted(),
  ).toEqual(
    [
      ...on.map((key) => [names[key], 'pass']),
      ...off.map((key) => [names[key], `switched off: reason of ${key}`]),
    ].toSorted(),
  );
});

test.each(keys)('%s is not switched off without a reason', (key) => {
  for (const setting of [false, 'off', { off: '' }, {}]) expect(() => specWith({ [key]: setting })).toThrow(key);
});
