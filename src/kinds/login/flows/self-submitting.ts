// Pages that are no pages: a form of hidden fields that a script sends at once.
import type { HTMLElement } from 'node-html-parser';
import { buttons, controlsOf, controlTags, nameOf, type PageForm, parsePage, toForm, typeOf } from '../html.ts';

const isPressed = (control: HTMLElement): boolean => control.tagName === 'BUTTON' || buttons.includes(typeOf(control));

/** Fields of protocols whose pages send themselves: SAML, WS-Federation, OpenID Connect's form_post. */
const protocolField = /^(?:SAMLResponse|SAMLRequest|wresult|id_token|code)$/;

const isSentByScript = (page: HTMLElement): boolean =>
  [
    page.querySelector('body')?.getAttribute('onload'),
    ...page.querySelectorAll('script').map((script) => script.textContent),
  ].some((code) => /\.submit\s*\(/.test(code ?? ''));

/** Links, and buttons outside the form. */
const isForReading = (page: HTMLElement, form: HTMLElement): boolean => {
  const inside = new Set(form.querySelectorAll(controlTags));
  return page.querySelector('a') !== null || page.querySelectorAll(controlTags).some((control) => !inside.has(control));
};

/**
 * The form of hidden fields that a script sends at once. A page with links, buttons or other forms waits for
 * somebody: many pages hide the form of their logout and send it when a link is clicked.
 */
export const selfSubmittingForm = async (html: string, url: string): Promise<PageForm | undefined> => {
  if (!/\btype\s*=\s*["']?hidden\b/i.test(html)) return undefined;
  const page = await parsePage(html);
  const [form, other] = page.querySelectorAll('form');
  if (!form || other) return undefined;
  const fields = controlsOf(page, form).filter((control) => !isPressed(control));
  if (fields.length === 0 || fields.some((control) => typeOf(control) !== 'hidden')) return undefined;
  const isProtocol = fields.some((control) => protocolField.test(nameOf(control) ?? ''));
  const sendsItself = isSentByScript(page) && !isForReading(page, form);
  return isProtocol || sendsItself ? toForm(page, form, url) : undefined;
};
