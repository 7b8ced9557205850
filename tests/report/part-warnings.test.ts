// Parts that warn beside a check that passes stand in every report that people read, and block nothing.
import { expect, it } from 'vitest';
import type { Part, RunRecord } from '../../src/kit/index.ts';
import { junit } from '../../src/report/junit.ts';
import { layOut } from '../../src/report/lines.ts';
import { markdownOf } from '../../src/report/markdown.ts';
import { summary } from '../../src/report/wording.ts';
import { checkOf, recordOf } from '../helpers/records.ts';

const warning = (name: string): Part => ({ name, outcome: 'warn', because: 'it has no SameSite' });
const withParts = (parts: Part[], fields: Partial<RunRecord> = {}): RunRecord =>
  recordOf({ checks: [checkOf({ id: 'login', title: 'Login', because: 'signed in; 1 warning', parts })], ...fields });

const plainText = (record: RunRecord): string =>
  layOut(summary(record), { columns: 100, colour: false, clean: (text) => text }).join('\n');

const junitText = (record: RunRecord): string => {
  const written: string[] = [];
  const out = {
    write: (text: string) => void written.push(text),
    redact: (text: string) => text,
    colour: false,
    columns: 80,
    rows: 24,
    isTerminal: false,
  } as unknown as Parameters<typeof junit.open>[0];
  const session = junit.open(out, {} as Parameters<typeof junit.open>[1]);
  void session.end(record);
  return written.join('');
};

const good: Part = { name: 'HSTS', outcome: 'pass', because: 'told' };

it('in the summary after what passed', () => {
  expect(plainText(withParts([warning('cookie sid'), good]))).toContain(
    'warn Login: cookie sid: it has no SameSite\n1 check passed, 1 with warnings, 0 skipped\nexit code 0',
  );
});

it('in the summary four of them at most', () => {
  const text = plainText(withParts(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => warning(`cookie ${name}`))));
  expect(text).toContain('warn Login: cookie d: it has no SameSite\n  and 2 more in the record\n');
  expect(text).not.toContain('cookie e');
});

it('not where something more urgent is to be said', () => {
  const blocked = withParts([warning('cookie sid')], { decision: { action: 'block', because: [] }, exitCode: 10 });
  expect(plainText(blocked)).not.toContain('cookie sid');
});

it('in Markdown, all of them', () => {
  expect(markdownOf(withParts([warning('cookie <sid>'), good])).join('\n')).toContain(
    '**Warnings**\n\n- ⚠️ Login: cookie &lt;sid>: it has no SameSite\n',
  );
});

it('in JUnit beside what the check said', () => {
  expect(junitText(withParts([warning('cookie sid')]))).toMatch(
    /<system-out>\s*signed in; 1 warning&#10;warn: cookie sid: it has no SameSite\s*<\/system-out>/,
  );
});
