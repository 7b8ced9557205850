// Finds forms in a page as a browser would submit them: the one importer of node-html-parser.
import type { HTMLElement } from 'node-html-parser';
import { isBeyondMeasure, withoutOpenComment } from './page-measure.ts';

/** A form of a page. */
export interface PageForm {
  /** Absolute URL that it is sent to. */
  action: string;
  method: 'GET' | 'POST';
  /** Successful controls (HTML 4.10.21.4) in their order. */
  fields: [string, string][];
  /** Names of hidden fields: tokens above all. */
  hidden: string[];
  usernameField: string | undefined;
  passwordField: string | undefined;
  /** Where the code of a second factor goes. */
  codeField: string | undefined;
}

/** Loads the library, so that the first measured look does not pay for it. */
export const prepareForms = async (): Promise<void> => {
  await import('node-html-parser');
};

/** A page as elements; one that is larger than any page for people has none. */
export const parsePage = async (html: string): Promise<HTMLElement> => {
  const { parse } = await import('node-html-parser');
  // Forms inside <noscript> count: we run no scripts.
  return parse(isBeyondMeasure(html) ? '' : withoutOpenComment(html), {
    blockTextElements: { script: true, style: true },
  });
};

/** The type of a control, in lower case; empty without one. */
export const typeOf = (control: HTMLElement): string => (control.getAttribute('type') ?? '').toLowerCase();

const isNamed = (control: HTMLElement): boolean =>
  Boolean(control.getAttribute('name')) && !control.hasAttribute('disabled');

/** Types of inputs that are pressed, not filled in. */
export const buttons = ['submit', 'image', 'button', 'reset', 'file'];

const isSuccessful = (control: HTMLElement): boolean => {
  const type = typeOf(control);
  if (control.tagName === 'BUTTON' || buttons.includes(type)) return false;
  return (type !== 'checkbox' && type !== 'radio') || control.hasAttribute('checked');
};

const valueOf = (control: HTMLElement): string => {
  if (control.tagName === 'TEXTAREA') return control.textContent;
  if (control.tagName !== 'SELECT')
    return control.getAttribute('value') ?? (typeOf(control) === 'checkbox' ? 'on' : '');
  const options = control.querySelectorAll('option');
  const chosen = options.find((option) => option.hasAttribute('selected')) ?? options[0];
  return chosen?.getAttribute('value') ?? chosen?.textContent.trim() ?? '';
};

/** What a form may hold. */
export const controlTags = 'input, select, textarea, button';

/** Controls inside the form, and those elsewhere that name it by `form=`. */
export const controlsOf = (page: HTMLElement, form: HTMLElement): HTMLElement[] => {
  const id = form.getAttribute('id');
  const inside = new Set(form.querySelectorAll(controlTags));
  return page.querySelectorAll(controlTags).filter((control) => {
    const owner = control.getAttribute('form');
    return isNamed(control) && (owner === undefined ? inside.has(control) : owner === id);
  });
};

/** The button that a person would press, where it has a name. */
const pressed = (controls: HTMLElement[]): [string, string][] => {
  const submits = controls.filter(
    (control) => typeOf(control) === 'submit' || (control.tagName === 'BUTTON' && typeOf(control) === ''),
  );
  const first = submits[0];
  return first ? [[first.getAttribute('name') ?? '', first.getAttribute('value') ?? '']] : [];
};

/** The name under which a control is sent. */
export const nameOf = (control: HTMLElement | undefined): string | undefined => control?.getAttribute('name');

const usernameIn = (controls: HTMLElement[], password: HTMLElement | undefined): string | undefined => {
  const told = controls.find((control) => /\b(?:username|email)\b/.test(control.getAttribute('autocomplete') ?? ''));
  const before = password ? controls.slice(0, controls.indexOf(password)) : controls;
  const texts = before.filter(
    (control) => control.tagName === 'INPUT' && ['', 'text', 'email', 'tel'].includes(typeOf(control)),
  );
  return nameOf(told ?? texts.at(-1));
};

const isCodeName = (control: HTMLElement): boolean =>
  /otp|2fa|mfa|two.?fa|code|pin\b/i.test(`${nameOf(control)} ${control.getAttribute('id') ?? ''}`);

/** By autocomplete, by name, or because nothing else can be filled in. */
const codeIn = (controls: HTMLElement[]): HTMLElement | undefined => {
  const texts = controls.filter(
    (control) => control.tagName === 'INPUT' && ['', 'text', 'tel', 'number', 'password'].includes(typeOf(control)),
  );
  const told = texts.find((control) => control.getAttribute('autocomplete') === 'one-time-code');
  return told ?? texts.find(isCodeName) ?? (texts.length === 1 ? texts[0] : undefined);
};

/** What is no URL leads nowhere: no origin allows it. */
const resolved = (reference: string, base: string): string =>
  URL.canParse(reference, base) ? new URL(reference, base).href : 'invalid:';

/** A form as a browser would send it from the page at `url`. */
export const toForm = (page: HTMLElement, form: HTMLElement, url: string): PageForm => {
  const controls = controlsOf(page, form);
  const password = controls.find((control) => typeOf(control) === 'password');
  const fields = controls
    .filter(isSuccessful)
    .map((control): [string, string] => [nameOf(control) ?? '', valueOf(control)]);
  return {
    action: resolved(
      form.getAttribute('action') ?? url,
      resolved(page.querySelector('base')?.getAttribute('href') ?? url, url),
    ),
    method: form.getAttribute('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
    fields: [...fields, ...pressed(controls)],
    hidden: controls.filter((control) => typeOf(control) === 'hidden').map((control) => nameOf(control) ?? ''),
    usernameField: usernameIn(controls, password),
    passwordField: nameOf(password),
    codeField: nameOf(codeIn(controls)),
  };
};

/** For each form the whole page is looked through; a page for people has a handful. */
const mostForms = 50;

/** The form that the selector names; without one the first with a password field, else the first of the page. */
export const findForm = async (html: string, url: string, selector?: string): Promise<PageForm | undefined> => {
  const page = await parsePage(html);
  const forms = page
    .querySelectorAll(selector ?? 'form')
    .slice(0, mostForms)
    .map((form) => toForm(page, form, url));
  return forms.find(({ passwordField }) => passwordField !== undefined) ?? forms[0];
};

/** A value of the first element that a CSS selector names: its attribute; default: value, content or href, else its text. */
export const selected = async (html: string, selector: string, attribute?: string): Promise<string | undefined> => {
  const element = (await parsePage(html)).querySelector(selector);
  if (attribute !== undefined) return element?.getAttribute(attribute);
  const told = ['value', 'content', 'href'].map((name) => element?.getAttribute(name));
  return told.find((value) => value !== undefined) ?? element?.textContent.trim();
};

/** The content of `<meta name="…">`. */
export const metaContent = async (html: string, name: string): Promise<string | undefined> => {
  const metas = (await parsePage(html)).querySelectorAll('meta');
  return metas.find((meta) => meta.getAttribute('name') === name)?.getAttribute('content');
};

/** What a page loads or sends, as the browser would: a link to follow is not among it. */
const loading: readonly [selector: string, attribute: string][] = [
  ['script[src], img[src], iframe[src], audio[src], video[src], source[src], embed[src]', 'src'],
  ['link[rel~=stylesheet][href], link[rel~=icon][href], link[rel~=preload][href]', 'href'],
  ['object[data]', 'data'],
  ['form[action]', 'action'],
];

/** URLs with plain http that a page loads from or sends its form to. */
export const plainLoads = async (html: string): Promise<string[]> => {
  const page = await parsePage(html);
  const all = loading.flatMap(([selector, attribute]) =>
    page.querySelectorAll(selector).map((element) => element.getAttribute(attribute) ?? ''),
  );
  return all.filter((url) => /^http:\/\//i.test(url));
};

/** Whether a page asks for a password. */
export const asksForPassword = (html: string): boolean =>
  // A tag ends at the next `<` at the latest: else a page of nothing but beginnings would hold us up for minutes.
  /<input\b[^<>]*\btype\s*=\s*["']?password\b/i.test(html);
