// A platform: the live revision is the text of a file, and going back means writing the earlier text.
import { resolve } from 'node:path';
import * as z from 'zod';

const settings = z.strictObject({
  /** Relative to the project root. */
  file: z.string().min(1),
});

const open = async ({ file }, { io, root }) => {
  const path = resolve(root, file);
  const live = async () => {
    const revision = (await io.files.read(path)).trim();
    return { revision, settled: true, detail: `${file} says ${revision}` };
  };
  return {
    live,
    undo: async ({ from, to }) => {
      const { revision } = await live();
      // Recognised by its name: the engine's own class is in another copy of the kit.
      if (revision !== from)
        throw Object.assign(new Error(`${revision} is live, not ${from}`), { name: 'Superseded', live: revision });
      await io.files.write(path, `${to}\n`);
    },
    manual: ({ to }) => `echo ${to} > ${file}`,
    close: async () => {},
  };
};

export const marker = {
  holdpointPlatform: 1,
  name: 'marker',
  about: 'The live revision stands in a file.',
  example: 'marker: { file: var/revision }',
  settings,
  fence: 'client',
  open,
};
