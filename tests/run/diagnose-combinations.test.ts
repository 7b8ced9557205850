// The diagnosis on every combination of the five kinds' outcomes: what always holds, then the rows that matter in full.
import { describe, expect, it } from 'vitest';
import { dbConnections } from '../../src/kinds/db-connections/index.ts';
import { spec as dbSpec } from '../../src/kinds/db-connections/spec.ts';
import {
  type Attribution,
  type Decision,
  type Diagnosis,
  type Layer,
  type Outcome,
  type RollbackReport,
} from '../../src/kit/index.ts';
import { diagnose } from '../../src/run/diagnose.ts';
import type { Finding } from '../../src/run/finding.ts';
import { holder, look } from '../helpers/db-connections.ts';
import { check, finding, verdict } from '../helpers/findings.ts';
import { historyOf, samples, seen } from '../helpers/kinds.ts';

type Seen = Exclude<Outcome, 'skipped'>;

const outcomes = ['pass', 'fail', 'inconclusive', 'error'] as const satisfies readonly Seen[];

/** The five kinds, from the database up, with what each says and advises when it fails. */
const kinds = {
  'db-connections': ['database', '97 of 97 usable slots in use (limit 95 %)', 'scale auth@new down'],
  'pool-wait': ['pool', 'the pool is slow: mean wait 700 ms', 'compare the size of the pool'],
  'error-rate-delta': ['service', '20 % of requests fail', 'look at the failing route'],
  http: ['service', 'GET /me answered 500', 'look at the log for GET /me'],
  login: ['user', 'login is BROKEN at step 2 of 4', 'look at the log for POST /login'],
} as const satisfies Record<string, [Layer, string, string]>;

type Name = keyof typeof kinds;

const names = Object.keys(kinds) as Name[];

const because = (name: Name, outcome: Seen): string =>
  outcome === 'fail' ? kinds[name][1] : outcome === 'pass' ? `${name} is well` : `${name} saw nothing`;

const findingOf = (name: Name, outcome: Seen, attribution?: Attribution): Finding => {
  const [layer, , next] = kinds[name];
  const said = verdict(outcome, { because: because(name, outcome), ...(outcome === 'fail' ? { next } : {}) });
  return finding(check(name, layer), said, attribution);
};

type Combination = Record<Name, Seen>;

/** All 4^5 of them. */
const combinations = names.reduce<Partial<Combination>[]>(
  (some, name) => some.flatMap((one) => outcomes.map((outcome) => ({ ...one, [name]: outcome }))),
  [{}],
) as Combination[];

const decisionOf = (one: Combination): Decision => ({
  action: Object.values(one).every((outcome) => outcome === 'pass') ? 'pass' : 'block',
  because: [],
});

/** The findings stand in the order of a profile, which is not that of the layers. */
const read = (one: Combination): Diagnosis => {
  const findings = [...names].reverse().map((name) => findingOf(name, one[name]));
  return diagnose({ decision: decisionOf(one), findings, stops: [] });
};

const having = (one: Combination, ...wanted: Seen[]): Name[] => names.filter((name) => wanted.includes(one[name]));

const rankOf = (name: Name): number => ['database', 'pool', 'service', 'user'].indexOf(kinds[name][0]);

describe('every combination', () => {
  it('is one of 1024', () => expect(new Set(combinations.map((one) => JSON.stringify(one))).size).toBe(1024));

  /** Breaches of what always holds, in words; so that one test shows all combinations that break a rule. */
  const breaches = (rule: (one: Combination, told: Diagnosis) => boolean): string[] =>
    combinations.filter((one) => !rule(one, read(one))).map((one) => JSON.stringify(one));

  /** The failing check of the deepest layer; of two in one layer either may be it. */
  const roots = (one: Combination): Name[] => {
    const failing = having(one, 'fail');
    return failing.filter((name) => rankOf(name) === Math.min(...failing.map(rankOf)));
  };

  const belowRoot = (one: Combination): Name[] => {
    const [root] = roots(one);
    return root === undefined ? [] : names.filter((name) => rankOf(name) < rankOf(root));
  };

  /** What a service stands on: only there may a cause lie unseen. */
  const foundations = (one: Combination): Name[] => belowRoot(one).filter((name) => rankOf(name) < 2);

  it('begins with the failure of the deepest layer', () => {
    expect(
      breaches((one, { headline }) =>
        having(one, 'fail').length === 0 ? true : roots(one).some((name) => headline.startsWith(`${kinds[name][1]}.`)),
      ),
    ).toEqual([]);
  });

  it('names the layer of that failure; a user’s above a green database and a green pool is the service’s', () => {
    expect(
      breaches((one, { layer }) => {
        const [root] = roots(one);
        if (root === undefined) return layer === 'none';
        const isGreenBelow = foundations(one).every((name) => one[name] === 'pass');
        return layer === (root === 'login' && isGreenBelow ? 'service' : kinds[root][0]);
      }),
    ).toEqual([]);
  });

  it('names every check that fails, and says of none that passes that it fails', () => {
    expect(
      breaches((one, { headline }) => {
        const fails = /([\w, -]+?) (?:fails|fail) (?:now|in)/g;
        const named = [...headline.matchAll(fails)].flatMap(([, list = '']) => list.trim().split(/, | and /));
        const root = roots(one).find((name) => headline.startsWith(kinds[name][1]));
        return (
          JSON.stringify([...named].sort()) ===
          JSON.stringify(
            having(one, 'fail')
              .filter((name) => name !== root)
              .sort(),
          )
        );
      }),
    ).toEqual([]);
  });

  it('blames the service or the pool itself only where the layers that it stands on were seen to be green', () => {
    expect(
      breaches((one, { headline }) => {
        const below = foundations(one);
        const isProven = below.length > 0 && below.every((name) => one[name] === 'pass');
        return headline.includes('so the fault is in the') === isProven;
      }),
    ).toEqual([]);
  });

  it('leaves the cause open where a layer below was not seen, and names who did not see it', () => {
    expect(
      breaches((one, { headline }) => {
        const unseen = foundations(one).filter((name) => ['error', 'inconclusive'].includes(one[name]));
        const open = /[^.]*so the cause may lie there/.exec(headline)?.[0] ?? '';
        return unseen.length > 0 ? unseen.every((name) => open.includes(name)) : open === '';
      }),
    ).toEqual([]);
  });

  it('ends with the first step, which is that of the failure it begins with', () => {
    expect(
      breaches((one, { headline, next }) => {
        const root = roots(one).find((name) => headline.startsWith(kinds[name][1]));
        if (root === undefined) return !headline.includes('First:');
        return headline.endsWith(`First: ${kinds[root][2]}.`) && next[0] === kinds[root][2];
      }),
    ).toEqual([]);
  });

  it('without a failure tells what could not be seen, the deepest first, and that it says nothing about the release', () => {
    expect(
      breaches((one, { headline, next }) => {
        const blind = having(one, 'error', 'inconclusive');
        if (having(one, 'fail').length > 0 || blind.length === 0) return true;
        const deepest = blind.filter((name) => rankOf(name) === Math.min(...blind.map(rankOf)));
        const word = (name: Name): string => (one[name] === 'error' ? 'could not measure' : 'could not tell');
        return (
          deepest.some((name) => headline.startsWith(`${word(name)}: ${name}: ${name} saw nothing`)) &&
          blind.every((name) => headline.includes(name)) &&
          next.at(-1)?.startsWith('this says nothing about the release') === true
        );
      }),
    ).toEqual([]);
  });

  it('has whole sentences, no holes, and is short enough to be read', () => {
    expect(
      breaches(
        (_, { headline, next }) =>
          headline.length > 0 &&
          headline.length < 420 &&
          !/undefined|NaN| {2}|\.\.|, ,|, \.|; \./.test(headline) &&
          next.length <= 5 &&
          new Set(next).size === next.length,
      ),
    ).toEqual([]);
  });

  it('does not depend on the order of the checks', () => {
    const forward = (one: Combination): Diagnosis =>
      diagnose({ decision: decisionOf(one), findings: names.map((name) => findingOf(name, one[name])), stops: [] });
    // Of two in the one layer the first in the profile is named first.
    const isTie = (one: Combination): boolean => one.http !== 'pass' && one['error-rate-delta'] !== 'pass';
    const words = ({ headline }: Diagnosis): string =>
      headline
        .split(/[ ,;.]+/)
        .sort()
        .join(' ');
    expect(breaches((one, told) => isTie(one) || words(forward(one)) === words(told))).toEqual([]);
  });
});

const all = (over: Partial<Combination>): Combination => ({
  'db-connections': 'pass',
  'pool-wait': 'pass',
  'error-rate-delta': 'pass',
  http: 'pass',
  login: 'pass',
  ...over,
});

describe('the rows that matter, in full', () => {
  it.each<[string, Partial<Combination>, Layer | 'none', string]>([
    ['all is well', {}, 'none', '5 checks passed; nothing points to a fault.'],
    [
      'the incident',
      { 'db-connections': 'fail', 'pool-wait': 'fail', 'error-rate-delta': 'fail', http: 'fail', login: 'fail' },
      'database',
      '97 of 97 usable slots in use (limit 95 %). pool-wait, http, error-rate-delta and login fail now, most likely because of it. First: scale auth@new down.',
    ],
    [
      'the database fills up, nobody has noticed yet',
      { 'db-connections': 'fail' },
      'database',
      '97 of 97 usable slots in use (limit 95 %). First: scale auth@new down.',
    ],
    [
      'the pool is too small',
      { 'pool-wait': 'fail', login: 'fail' },
      'pool',
      'the pool is slow: mean wait 700 ms. login fails now, most likely because of it. db-connections is green, so the fault is in the pool: its size, or connections that are held for long. First: compare the size of the pool.',
    ],
    [
      'the pool, and nobody saw the database',
      { 'db-connections': 'error', 'pool-wait': 'fail' },
      'pool',
      'the pool is slow: mean wait 700 ms. db-connections could not be measured, so the cause may lie there. First: compare the size of the pool.',
    ],
    [
      'errors of the code',
      { 'error-rate-delta': 'fail' },
      'service',
      '20 % of requests fail. db-connections and pool-wait are green, so the fault is in the service itself: its code or its configuration. First: look at the failing route.',
    ],
    [
      'a login that is broken alone',
      { login: 'fail' },
      'service',
      'login is BROKEN at step 2 of 4. db-connections, pool-wait, http and error-rate-delta are green, so the fault is in the service itself: its code or its configuration. First: look at the log for POST /login.',
    ],
    [
      'a login that is broken, and nothing below was seen',
      {
        'db-connections': 'error',
        'pool-wait': 'error',
        'error-rate-delta': 'inconclusive',
        http: 'error',
        login: 'fail',
      },
      'user',
      'login is BROKEN at step 2 of 4. db-connections and pool-wait could not be measured, so the cause may lie there. First: look at the log for POST /login.',
    ],
    [
      'a login that is broken before the error rate can tell',
      { 'error-rate-delta': 'inconclusive', login: 'fail' },
      'service',
      'login is BROKEN at step 2 of 4. db-connections, pool-wait and http are green, so the fault is in the service itself: its code or its configuration. First: look at the log for POST /login.',
    ],
    [
      'a login that is broken, a green pool, and a database that nobody saw',
      { 'db-connections': 'error', login: 'fail' },
      'user',
      'login is BROKEN at step 2 of 4. pool-wait, http and error-rate-delta are green; db-connections could not be measured, so the cause may lie there. First: look at the log for POST /login.',
    ],
    [
      'the metrics are down, and all that is seen is well',
      { 'error-rate-delta': 'error' },
      'none',
      'could not measure: error-rate-delta: error-rate-delta saw nothing',
    ],
    [
      'nothing could be seen',
      {
        'db-connections': 'error',
        'pool-wait': 'error',
        'error-rate-delta': 'inconclusive',
        http: 'error',
        login: 'error',
      },
      'none',
      'could not measure: db-connections: db-connections saw nothing. Also, pool-wait, http and login could not be measured, error-rate-delta could not tell.',
    ],
  ])('%s', (_, over, layer, headline) => {
    const told = read(all(over));
    expect(told.layer).toBe(layer);
    expect(told.headline).toBe(headline);
  });

  const told = (findings: Finding[], rollback?: RollbackReport): string =>
    diagnose({ decision: { action: 'block', because: [] }, findings, stops: [], ...(rollback ? { rollback } : {}) })
      .headline;

  it('what was so before this deploy does not explain what is new', () => {
    expect(told([findingOf('db-connections', 'fail', 'preexisting'), findingOf('login', 'fail')])).toBe(
      'login is BROKEN at step 2 of 4. db-connections failed before this deploy already. First: look at the log for POST /login.',
    );
    expect(told([findingOf('db-connections', 'fail', 'preexisting'), findingOf('login', 'fail', 'preexisting')])).toBe(
      '97 of 97 usable slots in use (limit 95 %). It was so before this deploy: the release did not cause it. login fails now, most likely because of it. First: scale auth@new down.',
    );
    expect(told([findingOf('db-connections', 'fail', 'unknown'), findingOf('login', 'fail')])).toBe(
      '97 of 97 usable slots in use (limit 95 %). Whether this release caused it is not known. login fails now, most likely because of it. First: scale auth@new down.',
    );
  });

  it('what only warns does not explain what blocks', () => {
    const churn = findingOf('db-connections', 'fail');
    expect(told([{ ...churn, verdict: { ...churn.verdict, asks: 'warn' } }, findingOf('login', 'fail')])).toBe(
      'login is BROKEN at step 2 of 4. db-connections fails, too, which is only a warning. First: look at the log for POST /login.',
    );
  });

  it('two failures of one layer stand beside each other', () => {
    expect(told([findingOf('error-rate-delta', 'fail'), findingOf('http', 'fail')])).toBe(
      '20 % of requests fail. http fails in the same layer. First: look at the failing route.',
    );
  });
});

describe('the headline of the incident, from what db-connections really says', () => {
  const spec = dbSpec.parse({ postgres: 'postgres://probe@db/auth', role: 'auth_svc', database: 'auth' });
  const refused = {
    host: 'auth-db',
    attempt: { refused: { code: '53300', routine: 'InitPostgres', scope: 'slots' as const } },
  };
  const growth = [holder('auth@9f2c1', 84, { began: 84 }), holder('auth@77ab0', 13)];
  const now = look({ used: 97, usedByRole: 97, usedInDatabase: 97 }, growth, refused);
  const before = look({ used: 36, usedByRole: 36 }, [holder('auth@9f2c1', 23), holder('auth@77ab0', 13)]);
  const history = historyOf(samples(seen(now, now, now)), seen(before));
  const found = finding(check('db-connections', 'database'), dbConnections.judge(history, spec), 'introduced');
  const findings = [findingOf('login', 'fail'), found, findingOf('error-rate-delta', 'inconclusive')];
  const decision: Decision = { action: 'rollback', because: [] };
  const report = (state: RollbackReport['state']): RollbackReport => {
    const parts = { reason: '', because: 'as it went.', from: '9f2c1', to: '77ab0', guards: [], acts: [] };
    return { ...parts, state, verified: state === 'ROLLED_BACK' };
  };

  const fact =
    'ordinary slots exhausted on auth-db (53300 InitPostgres, 3 of 3 tries); 97 usable of 100 (3 superuser), 97 in use; auth@9f2c1 holds 84 (+61 since 13:02:10 UTC), auth@77ab0 13; new logins fail now; this is not the network. login fails now, most likely because of it.';
  const first =
    'First: scale auth@9f2c1 down, or end its connections; rolling back first may need more slots while both releases run.';
  const step =
    "scale auth@9f2c1 down, or end its connections: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'auth@9f2c1'; rolling back first may need more slots while both releases run";

  it.each([undefined, report('REFUSED'), report('FAILED'), report('WITHHELD')])(
    'names number, limit, owner, growth, consequence and the first action, before the way back: %o',
    (rollback) => {
      const told = diagnose({ decision, findings, stops: [], ...(rollback ? { rollback } : {}) });
      expect(told).toMatchObject({ layer: 'database', headline: `${fact} ${first}` });
      expect(told.next[0]).toBe(step);
    },
  );

  it('once it is rolled back keeps the cause, and nothing is urgent any more', () => {
    expect(diagnose({ decision, findings, stops: [], rollback: report('ROLLED_BACK') })).toEqual({
      layer: 'database',
      headline: fact,
      next: ['nothing is urgent: 77ab0 is live again; mend the cause before 9f2c1 is deployed once more'],
    });
  });

  it('when going back did not help, what outlives the release comes first', () => {
    const { headline, next } = diagnose({ decision, findings, stops: [], rollback: report('UNVERIFIED') });
    expect(headline).toMatch(
      /^Going back to 77ab0 did not help: as it went\. .* First seen as: ordinary slots exhausted on auth-db/,
    );
    expect(headline).not.toContain('First: ');
    expect(next[0]).toMatch(/^Look at what the release changed that a rollback does not take back/);
  });
});
