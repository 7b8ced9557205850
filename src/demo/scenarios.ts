// The scenarios of the lab: what the new release changes, and how a run must end.
import type { Release } from './lab/releases.ts';
import { keyFile } from './changes/signed-sessions.ts';

/** How one call of holdpoint must end. */
export interface Ending {
  /** `run` with a deploy command, or `check` by hand. */
  verb: 'run' | 'check';
  exitCodes: readonly number[];
  action: 'pass' | 'block' | 'rollback';
  /** A file that somebody puts into the live release by hand before this call. */
  fix?: { file: string; text: string };
}

/** One story. */
export interface Scenario {
  name: string;
  /** What stands and what is deployed, two to three lines for a person. */
  story: readonly string[];
  before: Release;
  after: Release;
  /** Names of the instances; more than one stand behind a proxy. */
  instances: readonly string[];
  /** The profile, of those that holdpoint ships. */
  profile: string;
  /** Flags of the deploy command. */
  deployFlags?: readonly string[];
  endings: readonly Ending[];
  /** The release that must be live at the end. */
  liveAtEnd: 'before' | 'after';
}

/** Names as a pipeline gives them. */
const oldRevision = '77ab0c4';
const newRevision = '9f2c1e8';

const release = (revision: string, code: string, changes: Partial<Release['config']> = {}): Release => ({
  code,
  config: { revision, poolSize: 8, pageTimeoutMs: 5000, ...changes },
});

const good = release(oldRevision, 'auth');

const runEndsWith = (action: Ending['action'], ...exitCodes: number[]): Ending[] => [
  { verb: 'run', action, exitCodes },
];

type Story = Pick<Scenario, 'name' | 'story' | 'after' | 'endings' | 'liveAtEnd'> & Partial<Scenario>;

const scenario = (story: Story): Scenario => ({ before: good, instances: ['a'], profile: 'demo', ...story });

/** Every scenario, the default first. */
export const scenarios: readonly Scenario[] = [
  scenario({
    name: 'incident',
    story: [
      'The new release gives every session a database connection of its own and never gives it back.',
      'Postgres has 37 usable slots; they are full within seconds, and from then on nobody can sign in.',
      'Users who are signed in notice nothing yet. This outage once lasted 33 hours.',
    ],
    after: release(newRevision, 'auth-listening'),
    endings: runEndsWith('rollback', 20),
    liveAtEnd: 'before',
  }),
  scenario({
    name: 'healthy',
    story: [
      'The new release greets its users more kindly and changes nothing else.',
      'The traffic has its usual 0.5 % of errors, before and after.',
    ],
    after: release(newRevision, 'auth-welcome'),
    endings: runEndsWith('pass', 0),
    liveAtEnd: 'after',
  }),
  scenario({
    name: 'pool-too-small',
    story: [
      'The new release was given a pool of 2 connections instead of 8, for the same load.',
      'Nothing fails; every request queues for a connection.',
    ],
    after: release(newRevision, 'auth-welcome', { poolSize: 2 }),
    endings: runEndsWith('block', 10),
    liveAtEnd: 'after',
  }),
  scenario({
    name: 'error-spike',
    story: [
      'The new release takes for granted that every account has a display name. One in five has none.',
      'One page request in five answers 500; signing in works.',
    ],
    after: release(newRevision, 'auth-initials'),
    endings: runEndsWith('rollback', 20),
    liveAtEnd: 'before',
  }),
  scenario({
    name: 'login-broken',
    story: [
      'The new release signs its sessions with a key file that the pipeline did not ship.',
      'Every sign-in answers 500; the database is well.',
    ],
    after: release(newRevision, 'auth-signed'),
    endings: runEndsWith('rollback', 20),
    liveAtEnd: 'before',
  }),
  scenario({
    name: 'preexisting',
    story: [
      'Signing in was broken before this deploy: a key file is missing.',
      'The new release is the same code; going back to the old one would mend nothing.',
    ],
    before: release(oldRevision, 'auth-signed'),
    after: release(newRevision, 'auth-signed'),
    endings: runEndsWith('block', 13),
    liveAtEnd: 'after',
  }),
  scenario({
    name: 'rollback-does-not-help',
    story: [
      'The migration of the new release renames a column that every login reads.',
      'The old release cannot live with the new table either.',
    ],
    after: release(newRevision, 'auth-renamed'),
    endings: runEndsWith('rollback', 21),
    liveAtEnd: 'before',
  }),
  scenario({
    name: 'flaky',
    story: [
      "The new release fails one sign-in in twenty of the smoke account, nobody else's.",
      'A wobble, not an outage.',
    ],
    after: release(newRevision, 'auth-wobbling'),
    endings: runEndsWith('pass', 0),
    liveAtEnd: 'after',
  }),
  scenario({
    name: 'one-bad-instance',
    story: [
      'Two instances stand behind a round-robin proxy.',
      'The new release has a page timeout of 5 ms for instance b: somebody meant seconds.',
    ],
    after: { ...release(newRevision, 'auth-welcome'), instanceConfig: { b: { pageTimeoutMs: 5 } } },
    instances: ['a', 'b'],
    profile: 'demo-two-instances',
    endings: runEndsWith('rollback', 20),
    liveAtEnd: 'before',
  }),
  scenario({
    name: 'metrics-down',
    story: [
      'The new release serves its users well, but its /metrics answers 503.',
      'What cannot be measured is not passed, and not rolled back either.',
    ],
    after: release(newRevision, 'auth-unmeasured'),
    endings: runEndsWith('block', 12),
    liveAtEnd: 'after',
  }),
  scenario({
    name: 'not-deployed',
    story: ['Somebody left --dry-run in the deploy command: it exits 0 and changes nothing.'],
    after: release(newRevision, 'auth-welcome'),
    deployFlags: ['--dry-run'],
    endings: runEndsWith('block', 11),
    liveAtEnd: 'before',
  }),
  scenario({
    name: 'hotfix',
    story: [
      'An outage stands: nobody can sign in, a key file is missing from the live release.',
      'Somebody puts it there by hand; `holdpoint check` looks before and after.',
    ],
    before: release(oldRevision, 'auth-signed'),
    after: release(newRevision, 'auth-signed'),
    endings: [
      { verb: 'check', action: 'block', exitCodes: [10] },
      { verb: 'check', action: 'pass', exitCodes: [0], fix: { file: keyFile, text: 'a key put there by hand\n' } },
    ],
    liveAtEnd: 'before',
  }),
];

/** The scenario of that name, or `undefined`. */
export const findScenario = (name: string): Scenario | undefined => scenarios.find((one) => one.name === name);
