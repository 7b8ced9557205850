// The body of a curl line in the form in which a check writes it: JSON, the fields of a form, or a text.
import { UsageError } from '../../kit/index.ts';
import type { Reading } from './reading.ts';

/** At most one sort of body. `type`: the Content-Type that curl would send where the body says none by itself. */
export interface Body {
  json?: unknown;
  form?: Record<string, string>;
  body?: string;
  type?: string;
}

const urlencoded = 'application/x-www-form-urlencoded';

/** JSON as data, a form as its fields, everything else as it is. Throws a UsageError for JSON that is none. */
export const bodyOf = ({ data, headers, isJson, inQuery }: Reading): Body => {
  if (data.length === 0 || inQuery) return {};
  const text = data.join(isJson ? '' : '&');
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (isJson || type?.includes('json')) return jsonBody(text);
  if (type !== undefined && !type.includes(urlencoded)) return { body: text };
  return formBody(text);
};

const jsonBody = (text: string): Body => {
  // A variable without quotes, or a number that JavaScript would round: the text stays as it is.
  if (/[\uE000]|\d{16}/.test(text)) return { body: text, type: 'application/json' };
  try {
    return { json: JSON.parse(text) };
  } catch (cause) {
    throw new UsageError('the data of the curl line is no JSON', { cause });
  }
};

/** Only a form whose fields say all of it: curl sends JSON under this type, too, when nobody says otherwise. */
const formBody = (text: string): Body => {
  const fields = text.split('&');
  const pairs = [...new URLSearchParams(text)];
  const isForm =
    fields.every((field) => /^[^=\s{["]+=/.test(field)) && new Set(pairs.map(([name]) => name)).size === fields.length;
  return isForm ? { form: Object.fromEntries(pairs) } : { body: text, type: urlencoded };
};
