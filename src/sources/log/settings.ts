// The settings of the source `log`.
import * as z from 'zod';
import { someText } from '../../kit/units.ts';
import { historySettings } from '../history-settings.ts';

const namedGroup = /\(\?<[a-zA-Z_]\w*>/;

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
};

export const logSettings = z
  .strictObject({
    /** The log of the one instance; relative to the project root. */
    file: someText().optional(),
    /** One log per instance: a map name → file. */
    files: z
      .record(z.string(), someText())
      .refine((files) => Object.keys(files).length > 0, 'needs at least one file')
      .optional(),
    /** What a line looks like: `text` has no fields but `line`. */
    format: z.enum(['json', 'combined', 'postgres', 'text']).default('json'),
    /** In place of a format: its named groups are the fields of a line. */
    pattern: z
      .string()
      .refine(isPattern, 'is not a regular expression')
      .refine((text) => namedGroup.test(text), 'needs at least one named group like (?<code>[0-9A-Z]{5})')
      .optional(),
    /** Fields by another name: `{ code: err.code }`. */
    fields: z.record(z.string().regex(/^[a-zA-Z_]\w*$/, 'must be a name like code'), someText()).prefault({}),
    ...historySettings(),
  })
  .refine(({ file, files }) => (file === undefined) !== (files === undefined), 'needs one of file, files')
  .meta({ choices: [['file', 'files']] });

export type LogSettings = z.output<typeof logSettings>;
