// `holdpoint demo`: builds the incident lab, lets holdpoint loose on it as a user would, and tells whether it ended as told.
import { readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../kit/index.ts';
import { type Caller, callHoldpoint } from './call.ts';
import { differences, exitSentence, liveDifference } from './compare.ts';
import { type Lab, startLab } from './lab/lab.ts';
import { type Ending, findScenario, type Scenario, scenarios } from './scenarios.ts';

/** How `holdpoint demo` was called. */
export interface DemoOptions extends Caller {
  scenario: string;
  /** Takes the demo's own prose; holdpoint's output goes straight to this process's stdout and stderr. */
  out(text: string): void;
}

/** The names for `--scenario`, the default first. */
export const scenarioNames: readonly string[] = scenarios.map(({ name }) => name);

const named = (name: string): Scenario => {
  const scenario = findScenario(name);
  if (!scenario) throw new UsageError(`there is no scenario ${name}; there are: ${scenarioNames.join(', ')}`);
  return scenario;
};

const introduce = ({ name, story }: Scenario): string => [`scenario ${name}`, ...story].join('\n  ').concat('\n\n');

const announce = ({ fix }: Ending): string =>
  fix ? `\nNow ${fix.file} is put into the live release by hand.\n\n` : '';

const play = async (scenario: Scenario, lab: Lab, options: DemoOptions): Promise<string[]> => {
  const problems: string[] = [];
  for (const ending of scenario.endings) {
    if (options.signal.aborted) return problems;
    options.out(announce(ending));
    const called = await callHoldpoint(scenario, ending, lab, options);
    options.out(`\n${exitSentence(called.exitCode)}\n`);
    problems.push(...differences(called, ending));
  }
  const live = basename(await readlink(join(lab.app, 'current')));
  return [...problems, ...liveDifference(live, scenario[scenario.liveAtEnd].config.revision)];
};

const conclude = (scenario: Scenario, problems: readonly string[]): string =>
  problems.length === 0
    ? `The scenario ${scenario.name} ended as it must.\n`
    : `The scenario ${scenario.name} did not end as it must:\n${problems.map((problem) => `  ${problem}\n`).join('')}`;

/** Where a record is kept, when nobody asked for one: the lab's own is gone with the lab. */
const farewell = (reporters: readonly string[]): string =>
  reporters.some((reporter) => reporter.startsWith('json='))
    ? ''
    : 'The lab is gone, and its record with it; to keep the record: --reporter json=FILE\n';

/**
 * Plays one scenario. Returns 0 when it ended as told, 1 when it did not, 130 or 143 when a signal ended it.
 * Throws a UsageError for an unknown scenario, or when the Postgres binaries are not installed.
 */
export const runDemo = async (options: DemoOptions): Promise<number> => {
  const scenario = named(options.scenario);
  options.out(introduce(scenario));
  const lab = await startLab(scenario);
  try {
    const problems = await play(scenario, lab, options);
    if (options.signal.aborted) return options.signal.reason === 'SIGTERM' ? 143 : 130;
    options.out(conclude(scenario, problems) + farewell(options.reporters));
    return problems.length === 0 ? 0 : 1;
  } finally {
    await lab.end();
  }
};
