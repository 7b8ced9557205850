// The documents are held against the program: every YAML in them loads, every command in them exists with its flags.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Context } from '../../src/commands/context.ts';
import { shellWords } from '../../src/commands/curl/shell-words.ts';
import { jsonSchemas } from '../../src/commands/explain-schema.ts';
import { program } from '../../src/commands/program.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { validateProfiles } from '../../src/commands/validate.ts';
import { ioOf } from '../profile/project.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));
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

const kinds = Object.entries(shipped).map(([path, text]) => ({
  id: path.replace(/^.*\/|\.yaml$/g, ''),
  kind: (parse(text) as { kind: string }).kind,
}));
const schema = new Ajv({ strict: false, validateFormats: false }).compile(
  jsonSchemas(builtIn(), kinds).get('profile') ?? {},
);

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

  it.each(blocks)('and keeps to the JSON Schema: $page: $text', ({ text }) => {
    const isRight = schema(whole(parse(text) as Record<string, unknown>));
    expect(isRight ? [] : schema.errors).toEqual([]);
  });
});

const commands = pages.flatMap((page) =>
  [...textOf(page).matchAll(/`(?:npx )?holdpoint ([a-z][^`]*)`/g)].map(([, line = '']) => ({ page, line })),
);

/** Lines of the snippets for shells and pipelines, with continued lines joined. */
const snippets = pages.flatMap((page) =>
  [...textOf(page).matchAll(/```(?:sh|yml|groovy)?\n([\s\S]*?)```/g)].flatMap(([, text = '']) =>
    [...text.replaceAll(/\\\n\s*/g, '').matchAll(/(?:^|[\s(])(?:npx )?holdpoint ([a-z]+(?: [^|;&\n]*)?)/g)].map(
      ([, line = '']) => ({ page, line }),
    ),
  ),
);

const verbs = program({ version: '0' } as Context, () => {}).commands.map((command) => command.name());

/** What the command line itself says of a command that it only reads; what follows ` -- ` belongs to somebody else. */
const refusal = async (line: string): Promise<string> => {
  const told: string[] = [];
  const cli = program({ version: '0' } as Context, () => {});
  for (const command of [cli, ...cli.commands])
    command
      .exitOverride()
      .configureOutput({ writeErr: (text) => void told.push(text), writeOut: () => {} })
      .action(() => {});
  const [ours = '', ...others] = line.replace(/ *(?:#.*|\d?>.*|\).*)$/, '').split(' -- ');
  const words = [...shellWords(ours.trim()), ...(others.length > 0 ? ['--', 'command'] : [])];
  await cli.parseAsync(words, { from: 'user' }).catch((error: Error) => {
    if (!(error instanceof CommanderError && error.exitCode === 0)) told.push(error.message);
  });
  return told.join('');
};

describe('every command in the documents exists, with its flags', () => {
  it('there are some', () => expect(commands.length).toBeGreaterThanOrEqual(10));

  it.each(commands)('$page: holdpoint $line', async ({ line }) => {
    expect(verbs).toContain(line.split(/\s/)[0]);
    // A verb alone names it in a sentence.
    expect(line.includes(' ') ? await refusal(line) : '').toBe('');
  });
});

describe('every command in the snippets exists, with its flags', () => {
  // A sentence in the output of a program is no command.
  const typed = snippets.filter(({ line }) => verbs.includes(line.split(/\s/)[0] ?? ''));

  it('there are some', () => expect(typed.length).toBeGreaterThanOrEqual(20));

  it.each(typed)('$page: holdpoint $line', async ({ line }) => expect(await refusal(line)).toBe(''));
});

const pipelines = pages.flatMap((page) =>
  [...textOf(page).matchAll(/```yml\n([\s\S]*?)```/g)].map(([, text = '']) => ({ page, text })),
);

describe('every snippet for a pipeline is YAML with nothing written twice', () => {
  it('there are some', () => expect(pipelines.length).toBeGreaterThanOrEqual(5));

  it.each(pipelines)('$page: $text', ({ text }) => {
    expect(() => parse(text, { strict: true, uniqueKeys: true }) as unknown).not.toThrow();
  });
});

/** Headings as GitHub makes anchors of them. */
const anchorsOf = (page: string): string[] =>
  [
    ...textOf(page)
      .replaceAll(/```[\s\S]*?```/g, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

const links = pages.flatMap((page) =>
  [...textOf(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, target = '', anchor]) => ({
    page,
    target,
    anchor,
  })),
);

it.each(links)('$page links to $target#$anchor, which is there', ({ page, target, anchor }) => {
  const path = target === '' ? page : relative(root, resolve(root, dirname(page), target));
  expect(existsSync(join(root, path))).toBe(true);
  expect(anchor === undefined ? [undefined] : anchorsOf(path)).toContain(anchor);
});

it('every page is reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const here of reached)
    for (const { page, target } of links)
      if (page === here && target.endsWith('.md')) reached.add(relative(root, resolve(root, dirname(page), target)));
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});
