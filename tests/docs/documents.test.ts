// The documents are held against the program: every YAML in them loads, every command in them exists with its flags.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Context } from '../../src/commands/context.ts';
import { program } from '../../src/commands/program.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { validateProfiles } from '../../src/commands/validate.ts';
import { ioOf } from '../profile/project.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

const shipped = Object.fromEntries(
  readdirSync(join(root, 'checks')).map((name) => [`/shipped/${name}`, textOf(`checks/${name}`)]),
);

const one = {
  login: {
    target: 'https://a.example.com',
    account: { username: 'u', password: '${secret:P}' },
    login: { form: { page: '/' } },
    probe: { get: '/', granted: { contains: 'u' } },
  },
};

/** A fragment of a profile as a whole one: checks, a rollback section, or one platform. */
const whole = (fragment: Record<string, unknown>): Record<string, unknown> => {
  if ('service' in fragment) return fragment;
  if ('rollback' in fragment) return { service: 'auth', store: { durable: true }, checks: one, ...fragment };
  const [name = ''] = Object.keys(fragment);
  if (builtIn().platforms.has(name)) return { service: 'auth', checks: one, rollback: fragment };
  return { service: 'auth', checks: { ...one, ...fragment } };
};

const blocks = pages.flatMap((page) =>
  [...textOf(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => ({ page, text })),
);

describe('every YAML in the documents loads', () => {
  it('there are some', () => expect(blocks.length).toBeGreaterThanOrEqual(10));

  it.each(blocks)('$page: $text', async ({ text }) => {
    const profile = stringify(whole(parse(text) as Record<string, unknown>));
    const io = ioOf({ files: { ...shipped, 'deploy-profiles/auth.yaml': profile } });
    const options = {
      names: ['auth'],
      show: false,
      cwd: '/project',
      io,
      registry: builtIn(),
      checksFolder: '/shipped',
    };
    expect((await validateProfiles(options)).problems).toEqual([]);
  });
});

const commands = pages.flatMap((page) =>
  [...textOf(page).matchAll(/`(?:npx )?holdpoint ([a-z][^`]*)`/g)].map(([, line = '']) => ({ page, line })),
);

const cli: Command = program({ version: '0' } as Context, () => {});

describe('every command in the documents exists, with its flags', () => {
  it('there are some', () => expect(commands.length).toBeGreaterThanOrEqual(10));

  it.each(commands)('$page: holdpoint $line', ({ line }) => {
    const [verb = '', ...rest] = (line.split(' -- ')[0] ?? '').split(/\s+/);
    const command = cli.commands.find((known) => known.name() === verb);
    expect(command, verb).toBeDefined();
    const flags = rest.filter((word) => word.startsWith('--'));
    const known = command?.options.map(({ long }) => long);
    expect(flags.filter((flag) => !known?.includes(flag))).toEqual([]);
  });
});

const links = pages.flatMap((page) =>
  [...textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target = '']) => ({ page, target })),
);

it.each(links)('$page links to $target, which is there', ({ page, target }) => {
  expect(existsSync(resolve(root, dirname(page), target))).toBe(true);
});
