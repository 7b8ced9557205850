// Run-time references `{{name}}` filled into texts, encoded by the place where they stand.

/** How a value is written so that it stays one value in its place. */
export type Place = 'text' | 'url' | 'json' | 'form';

const encode: Record<Place, (value: string) => string> = {
  text: (value) => value,
  url: encodeURIComponent,
  form: encodeURIComponent,
  json: (value) => JSON.stringify(value).slice(1, -1),
};

/** All names that a text refers to. */
export const references = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].map(([, name]) => name ?? '');

/** Fills `{{name}}`. Throws an Error that names an unknown reference and the known ones. */
export const fill = (text: string, values: Readonly<Record<string, string>>, place: Place = 'text'): string =>
  text.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value !== undefined) return encode[place](value);
    throw new Error(`{{${name}}} is not known here; known: ${Object.keys(values).sort().join(', ') || 'nothing'}`);
  });
