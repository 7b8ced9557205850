// The store of a verb that takes no lock: beside the profiles of the project, or the one that is named.
import type { Store } from '../kit/index.ts';
import { projectRoot } from '../profile/index.ts';
import { openStore } from '../store/index.ts';
import type { Context } from './context.ts';
import { usable } from './session.ts';
import { namedStore } from './store-url.ts';

/** `root`: where the default store stands; one that is named is relative to where the command is typed. */
export const storeBeside = (root: string, options: { store?: string | undefined }, context: Context): Store => {
  const url = namedStore(options, context);
  return openStore(url ?? '.holdpoint', {
    io: context.io,
    root: url === undefined ? root : context.cwd,
    warn: (text) => void context.stderr.write(`holdpoint: ${text}\n`),
  });
};

/** Gives the store of the project around the current folder to `work` and closes it on every path. */
export const withProjectStore = async <T>(
  options: { store?: string },
  context: Context,
  work: (store: Store) => Promise<T>,
): Promise<T> => {
  const store = storeBeside((await projectRoot(context.cwd, context.io.files)) ?? context.cwd, options, context);
  try {
    return await usable(store, () => work(store));
  } finally {
    await store.close();
  }
};
