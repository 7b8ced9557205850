// The world of one check: io, its sources, shared resources, and a way to learn secrets and leave marks.
import {
  type Closable,
  type Io,
  type Json,
  type Mark,
  type Registry,
  type Shared,
  type Source,
  UsageError,
  type World,
} from '../kit/index.ts';

/** What all checks of a run have in common. */
export interface Surroundings {
  io: Io;
  root: string;
  registry: Registry;
  learn(secret: string, name: string): void;
  onMark(mark: Mark): void;
}

/** Resources by key with the number of users; the last one closes. */
type Pool = Map<string, { opening: Promise<Closable<unknown>>; users: number }>;

/** Makes worlds that share resources with each other, one run long. */
export const createWorlds = (around: Surroundings): ((check: string, every: number) => World) => {
  const pool: Pool = new Map();
  return (check, every) => ({
    io: around.io,
    check,
    root: around.root,
    every,
    source: ({ source, settings }) => openSource(around, source, settings),
    shared: (key, open) => share(pool, key, open),
    learn: around.learn,
    mark: (name: string, data?: Json) =>
      around.onMark({ at: around.io.clock.now(), name, ...(data === undefined ? {} : { data }) }),
  });
};

const openSource = async (around: Surroundings, name: string, settings: unknown): Promise<Source> => {
  const registered = around.registry.sources.get(name);
  if (!registered) throw new UsageError(`no source is named "${name}"`);
  return registered.part.open(settings, { io: around.io, root: around.root, learn: around.learn });
};

const share = async <T>(pool: Pool, key: string, open: () => Promise<Closable<T>>): Promise<Shared<T>> => {
  const entry = pool.get(key) ?? { opening: open(), users: 0 };
  pool.set(key, entry);
  entry.users += 1;
  try {
    const { value } = await entry.opening;
    return { value: value as T, release: () => leave(pool, key) };
  } catch (error) {
    pool.delete(key);
    throw error;
  }
};

const leave = async (pool: Pool, key: string): Promise<void> => {
  const entry = pool.get(key);
  if (!entry) return;
  entry.users -= 1;
  if (entry.users > 0) return;
  pool.delete(key);
  await (await entry.opening).close();
};
