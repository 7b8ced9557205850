// What came back where a check fails stands in every report that people read, below or beside its sentence.
import { describe, expect, it } from 'vitest';
import type { Part, RunRecord } from '../../src/kit/index.ts';
import { evidenceOf, partText } from '../../src/report/evidence.ts';
import { layOut } from '../../src/report/lines.ts';
import { markdownOf } from '../../src/report/markdown.ts';
import { summary } from '../../src/report/wording.ts';
import { checkOf, recordOf } from '../helpers/records.ts';

const evidence = 'application layer; answered 500, text/html, "sorry"; by hand: curl -i https://a.example/me';
const opened: Part = {
  name: 'open /login',
  outcome: 'pass',
  because: 'granted',
  evidence: 'not of a step that went well',
};
const failed: Part = { name: 'sign in', outcome: 'fail', because: 'broken', evidence };
const failing = (id: string, fields = {}) =>
  checkOf({ id, title: id, outcome: 'fail', because: 'login is BROKEN', parts: [opened, failed], ...fields });

const plainText = (record: RunRecord): string =>
  layOut(summary(record), { columns: 200, colour: false, clean: (text) => text }).join('\n');

describe('the evidence of a failing check', () => {
  it('is that of the first part that failed', () => {
    expect(evidenceOf(failing('login'))).toBe(evidence);
    expect(evidenceOf({ outcome: 'pass', parts: [failed] })).toBeUndefined();
    expect(evidenceOf({ outcome: 'fail', parts: [opened] })).toBeUndefined();
  });

  it('stands beside the sentence of its part', () => {
    expect(partText(failed)).toBe(`broken; ${evidence}`);
    expect(partText({ because: 'granted' })).toBe('granted');
  });

  it('stands in the summary below each failing check of a run', () => {
    const text = plainText(recordOf({ checks: [failing('a'), failing('b')] }));
    expect(text).toContain(`fail a: login is BROKEN\n      ${evidence}\nfail b: login is BROKEN\n      ${evidence}\n`);
  });

  it('stands on the screen of a check by hand only where one is unwell: else there is no room', () => {
    expect(plainText(recordOf({ verb: 'check', checks: [failing('a')] }))).toContain(`      ${evidence}\n`);
    expect(plainText(recordOf({ verb: 'check', checks: [failing('a'), failing('b')] }))).not.toContain(evidence);
  });

  it('stands in Markdown as something to copy', () => {
    expect(markdownOf(recordOf({ checks: [failing('login')] }))).toContain(`- login: \`${evidence}\``);
  });
});
