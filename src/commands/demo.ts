// `holdpoint demo`: plays a scenario of the incident lab with this very command line.
import { join } from 'node:path';
import { runDemo, scenarioNames } from '../demo/index.ts';
import type { Context } from './context.ts';

export interface DemoOptions {
  scenario: string;
  reporter: string[];
}

/** The names for `--scenario`. */
export const scenarios = (): readonly string[] => scenarioNames;

/** 0 when the scenario ended as the table of scenarios says, 1 when it did not. */
export const demoCommand = async ({ scenario, reporter }: DemoOptions, context: Context): Promise<number> => {
  if (scenario === 'list') {
    context.stdout.write(`${scenarioNames.join('\n')}\n`);
    return 0;
  }
  return runDemo({
    scenario,
    reporters: reporter,
    cli: [process.execPath, join(context.packageRoot, 'bin', 'holdpoint.cjs')],
    out: (text) => void context.stderr.write(text),
    env: process.env,
    cwd: context.cwd,
    signal: context.interrupts.signal,
  });
};
