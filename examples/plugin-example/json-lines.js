// A source: counters out of the last line of a JSON lines file, `{ "requests": 10, "errors": 0 }`.
import { resolve } from 'node:path';
import * as z from 'zod';

const settings = z.strictObject({
  /** Relative to the project root. */
  path: z.string().min(1),
});

const lastLine = (text) => JSON.parse(text.trim().split('\n').at(-1) ?? '{}');

const open = async ({ path }, { io, root }) => ({
  resolution: 1000,
  read: async (selectors) => {
    const values = lastLine(await io.files.read(resolve(root, path)));
    const seriesOf = (name) =>
      Number.isFinite(values[name]) ? [{ labels: {}, value: values[name], instance: path }] : [];
    return selectors.map((name) => ({ at: io.clock.now(), series: seriesOf(name), instances: [{ id: path }] }));
  },
  close: async () => {},
});

export const jsonLines = {
  holdpointSource: 1,
  name: 'json-lines',
  about: 'Counters out of the last line of a file.',
  example: 'json-lines: { path: var/counters.jsonl, total: requests, errors: errors }',
  settings,
  open,
};
