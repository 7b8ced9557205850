// `holdpoint explain`: every part with its example and what it must be allowed, every exit code with what to do.
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { privileges } from '../../src/commands/privileges.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { exitMeanings } from '../../src/kit/index.ts';
import { runHere } from '../helpers/command.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const explain = async (...words: string[]) => runHere(await tempFolder(), ['explain', ...words]);
const { kinds, sources, platforms } = builtIn();

describe('holdpoint explain', () => {
  it.each(Object.entries(exitMeanings))('%s: what it means, and what now', async (code, meaning) => {
    const { stdout } = await explain(code);
    expect(stdout.split('\n').slice(0, 4)).toEqual([`exit code ${code}`, meaning, '', 'what now:']);
    expect(stdout).toMatch(/\n {2}1\. /);
  });

  it('a kind: layer, example, what it must be allowed, reasons', async () => {
    const { stdout } = await explain('db-connections');
    expect(stdout).toMatch(/^kind db-connections\nlayer: database\n/);
    expect(stdout).toContain('\nwhat it must be allowed:\non Postgres:\nCREATE ROLE holdpoint LOGIN');
    expect(stdout).toContain('\nreasons:\n');
  });

  it('a reason that several have: all of them', async () => {
    const { stdout } = await explain('too_slow');
    expect(stdout.match(/^reason too_slow$/gm)?.length).toBeGreaterThan(1);
  });

  it.each([
    ['slots_exausted', 'did you mean "slots_exhausted"?'],
    ['slots', 'did you mean slots_exhausted?'],
    ['53300', 'it stands in db-connections, connection-budget, db-errors, slots_exhausted'],
    ['connection', 'did you mean db-connections, connection-budget, connection_errors?'],
    ['frobnication', '`holdpoint explain` lists everything'],
  ])('%s: %s', async (topic, hint) => {
    const { exitCode, stderr } = await explain(topic);
    expect([exitCode, stderr]).toEqual([2, `nothing is named "${topic}"; ${hint}\n`]);
  });

  it('without a word lists all topics', async () => {
    const { stdout } = await explain();
    for (const name of [...kinds.keys(), ...sources.keys(), ...platforms.keys()]) expect(stdout).toContain(name);
  });
});

it('what must be allowed is said of parts that there are', () => {
  const known = [...kinds.keys(), ...sources.keys(), ...platforms.keys()];
  expect(Object.keys(privileges).filter((name) => !known.includes(name))).toEqual([]);
});

it.each(['kubernetes', 'argo-rollouts'])('the role for %s is a manifest', (name) => {
  const role = parse(privileges[name] ?? '') as { kind: string; rules: { verbs: string[] }[] };
  expect([role.kind, role.rules.map(({ verbs }) => verbs)]).toEqual([
    'Role',
    [['get', 'patch'], ['get', 'list'], ['get']],
  ]);
});
