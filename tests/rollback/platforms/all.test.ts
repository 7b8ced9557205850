// All built-in platforms at once: each example is a valid profile fragment, each name stands in the documents.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { privileges } from '../../../src/commands/privileges.ts';
import { platforms } from '../../../src/rollback/index.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/platforms.md'), 'utf8');

describe.each(Object.entries(platforms).map(([name, make]) => [name, make()] as const))('%s', (name, platform) => {
  it('is listed under its own name', () => {
    expect(platform.name).toBe(name);
  });

  it('has an example that its own schema takes', () => {
    const { rollback } = parse(platform.example) as { rollback: Record<string, unknown> };
    expect(Object.keys(rollback)).toEqual([name]);
    expect(platform.settings.safeParse(rollback[name]).error?.issues).toBeUndefined();
  });

  it('says what is different after a rollback, and what it must be allowed', () => {
    expect(platform.aftermath).toMatch(/^\S.+\.$/);
    expect(privileges[name]).toMatch(/\S/);
  });

  it('takes no key that it does not know', () => {
    const { rollback } = parse(platform.example) as { rollback: Record<string, object> };
    const parsed = platform.settings.safeParse({ ...rollback[name], unheardOf: 1 });
    expect(parsed.error?.issues.map(({ code }) => code)).toEqual(['unrecognized_keys']);
  });

  it('stands in both tables of the documents, with its fence', () => {
    const fence = name === 'flux' ? '–' : platform.fence;
    expect(page).toContain(`| \`${name}\` | ${fence} |`);
    const tested = page.slice(page.indexOf('## How each is tested'));
    expect(tested).toContain(`\`${name}\``);
  });
});

it('their names are unique and sorted', () => {
  const names = Object.keys(platforms);
  expect(names).toEqual([...new Set(names)].sort());
  expect(names).toHaveLength(17);
});
