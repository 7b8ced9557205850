// `--help`: three situations first, one command each; every verb has an example that the command line understands.
import { expect, it } from 'vitest';
import type { Context } from '../../src/commands/context.ts';
import { program } from '../../src/commands/program.ts';
import { runHere } from '../helpers/command.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const cli = program({ version: '0' } as Context, () => {});

const help = async (...words: string[]): Promise<string> =>
  (await runHere(await tempFolder(), [...words, '--help'])).stdout;

it('opens with three situations, one command each', async () => {
  expect((await help()).split('\n').slice(0, 4)).toEqual([
    'I deployed            holdpoint run auth/production -- ./deploy.sh',
    'I fixed it by hand    holdpoint check auth/production',
    'I want to go back     holdpoint rollback auth/production',
    '',
  ]);
});

const verbs = cli.commands.map((command) => command.name());

it.each(verbs)('%s has an example of itself, with flags that it knows', async (verb) => {
  const text = await help(verb);
  const examples = (text.split(/^Examples?:$/m)[1] ?? '').split('\n').filter((line) => line.includes('holdpoint '));
  expect(examples.length).toBeGreaterThan(0);
  const known = cli.commands.find((command) => command.name() === verb)?.options.map(({ long }) => long);
  for (const example of examples) {
    expect(example).toContain(`holdpoint ${verb}`);
    const flags = (example.split(' -- ')[0] ?? '').split(/\s+/).filter((word) => word.startsWith('--'));
    expect(flags.filter((flag) => !known?.includes(flag))).toEqual([]);
  }
});

it.each(verbs)('%s does not tell defaults that are nothing', async (verb) => {
  expect(await help(verb)).not.toMatch(/default:\s+(?:\[\]|false)/);
});
