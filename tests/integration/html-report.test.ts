// The page in a real browser: looks, accessibility, keyboard, clipboard, and that nothing leaves it.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/kit/index.ts';
import { html } from '../../src/report/html/index.ts';
import { checkOf, incidentRecord, recordOf } from '../helpers/records.ts';
import { chromiumProgram, installedProgram, installPrograms } from '../helpers/system-packages.ts';
import { textOf } from '../report/fakes.ts';

const attack =
  '</script><script>window.hacked=1</script><img src="http://127.0.0.1:9/x" onerror="window.hacked=1">\u202e';

const places: { folder: string; browser: Browser | undefined } = { folder: '', browser: undefined };

const records = async (): Promise<Record<string, RunRecord>> => ({
  incident: JSON.parse(
    await readFile(new URL('../report/fixtures/incident.json', import.meta.url), 'utf8'),
  ) as RunRecord,
  healthy: recordOf(),
  check: recordOf({ verb: 'check', exitCode: 11, checks: [checkOf({ id: 'login', outcome: 'inconclusive' })] }),
  hostile: incidentRecord({
    service: attack,
    diagnosis: { layer: 'none', headline: attack, next: [attack] },
    checks: [checkOf({ id: attack, title: attack, because: attack, outcome: 'error' })],
    actor: { kind: 'ci', name: attack, url: 'https://ci/job/7' },
  }),
});

const urlOf = (name: string): string => pathToFileURL(join(places.folder, `${name}.html`)).href;

beforeAll(async () => {
  await installPrograms([chromiumProgram]);
  places.folder = await mkdtemp(join(tmpdir(), 'holdpoint-html-'));
  for (const [name, record] of Object.entries(await records()))
    await writeFile(join(places.folder, `${name}.html`), textOf(html, record, '.holdpoint/runs/x.json'));
  const { file, env } = installedProgram(chromiumProgram);
  // Without its sandbox, which root cannot have; it opens nothing but our own pages.
  places.browser = await chromium.launch({
    executablePath: file,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
    env: { ...process.env, ...env },
    timeout: 90_000,
  });
}, 600_000);

afterAll(async () => {
  await places.browser?.close();
  await rm(places.folder, { recursive: true, force: true });
});

interface Opened {
  page: Page;
  context: BrowserContext;
  /** What the page said or asked for beside itself. */
  trouble: string[];
}

/** Opens a page (what runs in it stands in texts here: these tests know no types of a browser); whatever it asks for beside itself is noted and refused. */
const open = async (name: string, options: BrowserContextOptions = {}): Promise<Opened> => {
  const context = await (places.browser as Browser).newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const trouble: string[] = [];
  await context.route('**/*', async (route) => {
    const url = route.request().url();
    if (url === urlOf(name)) return route.continue();
    trouble.push(`asked for ${url}`);
    return route.abort();
  });
  page.on('console', (message) => trouble.push(message.text()));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('dialog', (dialog) => {
    trouble.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(urlOf(name));
  return { page, context, trouble };
};

const desk = { viewport: { width: 1100, height: 900 } };
const modes: [string, BrowserContextOptions, 'screen' | 'print'][] = [
  ['light', { ...desk, colorScheme: 'light' }, 'screen'],
  ['dark', { ...desk, colorScheme: 'dark' }, 'screen'],
  ['phone', { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }, 'screen'],
  ['phone in the dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark', isMobile: true }, 'screen'],
  ['print', { viewport: { width: 794, height: 1123 }, colorScheme: 'dark' }, 'print'],
];

const violations = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run()')) as {
    violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[];
  };
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
};

describe.each(modes)('in %s', (mode, options, media) => {
  it.each(mode === 'light' || mode === 'phone' ? ['incident', 'healthy', 'check', 'hostile'] : ['incident'])(
    '%s: nothing leaves the page, nothing is cut off, axe finds no violation, folded and unfolded',
    async (name) => {
      const { page, trouble } = await open(name, options);
      await page.emulateMedia({ media, ...(options.colorScheme ? { colorScheme: options.colorScheme } : {}) });
      const picture = join(places.folder, `${name}-${mode}.png`);
      await page.screenshot({ path: picture, fullPage: true });
      expect((await stat(picture)).size).toBeGreaterThan(10_000);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
      expect([trouble, await page.evaluate('window.hacked')]).toEqual([[], undefined]);
    },
  );
});

const paper = (page: Page): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');

it('is light, dark where the system is dark, and light on paper', async () => {
  expect(await paper((await open('healthy', { colorScheme: 'light' })).page)).toBe('rgb(253, 253, 252)');
  const { page } = await open('healthy', { colorScheme: 'dark' });
  expect(await paper(page)).toBe('rgb(18, 19, 21)');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await paper(page)).toBe('rgb(253, 253, 252)');
});

it('text within a picture has the same size on a phone', async () => {
  const sizes = [];
  for (const width of [360, 1100]) {
    const { page } = await open('incident', { viewport: { width, height: 800 } });
    sizes.push(await page.evaluate("document.querySelector('text.tick').getBoundingClientRect().height"));
  }
  expect(sizes[0]).toBe(sizes[1]);
});

describe('by keyboard', () => {
  const focused = `(() => { const it = document.activeElement, style = getComputedStyle(it);
    return [it.tagName, it.textContent.trim().slice(0, 40), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]; })()`;

  it('everything can be reached, in order, and is seen to be focused', async () => {
    const { page } = await open('incident');
    const walk: (readonly [tag: string, text: string, seen: boolean])[] = [];
    for (let step = 0; step < 16; step += 1) {
      await page.keyboard.press('Tab');
      walk.push(await page.evaluate<(typeof walk)[number]>(focused));
    }
    expect(walk.map(([tag]) => tag)).toEqual(['BUTTON', ...Array(4).fill('A'), ...Array(10).fill('SUMMARY'), 'BODY']);
    expect(walk.slice(0, -1).filter(([, , seen]) => !seen)).toEqual([]);
    expect(walk[1]?.[1]).toContain('database connections');
  });

  it('a check is jumped to, and a table is unfolded and scrolled', async () => {
    const { page } = await open('incident');
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(page.url()).toMatch(/#c0$/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toMatch(/^Numbers of/);
  });
});

it('a screen reader is told headings without a gap, outcomes as words, and what each picture shows', async () => {
  const { page } = await open('incident');
  const tree = await page.locator('body').ariaSnapshot();
  const levels = [...tree.matchAll(/heading .*\[level=(\d)\]/g)].map(([, level]) => Number(level));
  expect(levels[0]).toBe(1);
  expect(levels.filter((level, index) => level - (levels[index - 1] ?? 0) > 1)).toEqual([]);
  expect(tree).toContain('heading "Diagnosis database" [level=2]');
  expect(tree).toContain('link "fail database connections"');
  expect(tree).toMatch(/img "connections in use From 18:51:44 to 18:52:10 UTC\. Stacked\. auth@77ab0c4: 8 at the end/);
});

describe('on paper', () => {
  it('what was unfolded is printed whole, what is folded is left out', async () => {
    const { page } = await open('incident');
    await page.getByText('Numbers of “connections in use”').click();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('details:visible').count()).toBe(1);
    expect(await page.getByRole('button').count()).toBe(0);
    const cut =
      "(() => { const it = document.querySelector('details[open] .scroll'); return it.scrollHeight - it.clientHeight; })()";
    expect(await page.evaluate(cut)).toBeLessThanOrEqual(0);
  });

  it('a check may go over two pages, a picture may not, and so no page stays half empty', async () => {
    const { page } = await open('incident');
    await page.emulateMedia({ media: 'print' });
    const breaks =
      "['article', 'figure > .plot', '.glance li'].map((one) => getComputedStyle(document.querySelector(one)).breakInside)";
    expect(await page.evaluate(breaks)).toEqual(['auto', 'avoid', 'avoid']);
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
    expect([...pdf.matchAll(/\/Type\s*\/Page\b/g)].length).toBeLessThanOrEqual(4);
  });
});

describe('copy as Markdown', () => {
  const markdown = "document.getElementById('markdown').textContent";

  it('puts the whole text on the clipboard', async () => {
    const { page, context, trouble } = await open('incident');
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toBe(await page.evaluate(markdown));
    expect(copied).toMatch(/^## ROLLED BACK and verified: auth\/default runs 77ab0c4 again/);
    expect(trouble).toEqual([]);
  });

  it('shows and selects the text where the clipboard is refused', async () => {
    const { page } = await open('incident');
    await page.evaluate(
      "navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); document.execCommand = () => false",
    );
    await page.getByRole('button', { name: 'Copy as Markdown' }).press('Enter');
    await page.getByText('The text is selected below').waitFor();
    expect(await page.evaluate('String(getSelection()).trim()')).toBe(String(await page.evaluate(markdown)).trim());
  });

  it('is not offered without scripts, and the page is whole', async () => {
    const { page } = await open('incident', { javaScriptEnabled: false });
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('ROLLED BACK and verified');
    expect(await page.locator('svg.plot').count()).toBe(5);
  });
});
