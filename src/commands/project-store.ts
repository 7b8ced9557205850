// The store of a verb that works without a profile: beside the profiles of the project, or the one that is named.
import type { Store } from '../kit/index.ts';
import { projectRoot } from '../profile/index.ts';
import { openStore } from '../store/index.ts';
import type { Context } from './context.ts';
import { usable } from './session.ts';
import { namedStore } from './store-url.ts';

/** Gives the store to `work` and closes it on every path. */
export const withProjectStore = async <T>(
  options: { store?: string },
  context: Context,
  work: (store: Store) => Promise<T>,
): Promise<T> => {
  const url = namedStore(options, context);
  const warn = (text: string): void => void context.stderr.write(`holdpoint: ${text}\n`);
  const project = url === undefined ? await projectRoot(context.cwd, context.io.files) : undefined;
  const store = openStore(url ?? '.holdpoint', { io: context.io, root: project ?? context.cwd, warn });
  try {
    return await usable(store, () => work(store));
  } finally {
    await store.close();
  }
};
