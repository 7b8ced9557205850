// What a run told people beside its verdicts, in the summary, as Markdown and on the page.
import { describe, expect, it } from 'vitest';
import { html } from '../../src/report/html/index.ts';
import { textsOf } from '../../src/report/lines.ts';
import { markdown } from '../../src/report/markdown.ts';
import { summary } from '../../src/report/wording.ts';
import { recordOf } from '../helpers/records.ts';
import { textOf } from './fakes.ts';

const at = '2026-11-22T02:47:00.000Z';
const warn = (text: string) => ({ at, level: 'warn' as const, text });
const failed = {
  action: 'block' as const,
  because: [
    { check: 'deploy', reason: 'deploy_failed', text: 'the deploy command ./deploy.sh ended with exit code 3' },
  ],
};
const output = Array.from({ length: 12 }, (_, index) => `line ${index}`);

describe('warnings of a run', () => {
  const record = recordOf({
    notes: [
      { at, level: 'info', text: 'compared with nothing' },
      ...['a', 'b', 'c', 'd'].map((name) => warn(`no ${name}`)),
    ],
  });

  it('stand below the summary, the first three of them', () => {
    const said = textsOf(summary(record)).filter((line) => /^warning|^ {2}and|nothing/.test(line));
    expect(said).toEqual(['warning: no a', 'warning: no b', 'warning: no c', '  and 1 more in the record']);
  });

  it('take two lines by hand', () => {
    const lines = textsOf(summary({ ...record, verb: 'check' })).filter((line) => /^warning|more in/.test(line));
    expect(lines).toEqual(['warning: no a', '  and 3 more in the record']);
  });

  it('stand in the Markdown and on the page with their time', () => {
    expect(textOf(markdown, record)).toContain('**Warnings**\n\n- ⚠️ no a\n- ⚠️ no b\n- ⚠️ no c\n- ⚠️ no d\n');
    expect(textOf(html, record)).toMatch(/02:47:00<\/time><span><b class="key event">warning<\/b>: no a</);
    expect(textOf(html, record)).toContain('<b class="key event">note</b>: compared with nothing');
  });
});

describe('what the deploy command said last', () => {
  it('is told where it failed', () => {
    const record = recordOf({ decision: failed, exitCode: 10, deployOutput: output });
    const lines = textsOf(summary(record)).filter((line) => line.startsWith('deploy |'));
    expect(lines).toEqual(output.slice(-5).map((line) => `deploy | ${line}`));
    expect(textOf(markdown, record)).toContain('**The deploy command said last**\n\n    line 2\n');
  });

  it('stands on the page alone where it went well', () => {
    const record = recordOf({ deployOutput: ['<b>done</b>'] });
    expect(textOf(markdown, record) + textsOf(summary(record)).join('\n')).not.toContain('done');
    expect(textOf(html, record)).toContain('&lt;b&gt;done&lt;/b&gt;</pre>');
  });
});
