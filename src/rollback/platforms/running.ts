// Which revision the service really runs: asked of each of its instances over HTTP.
import * as z from 'zod';
import { once } from '../../kit/once.ts';
import { type HttpFailure, type Io, type Json, secretUrl } from '../../kit/index.ts';

const pointer = once(() => z.string().regex(/^(?:\/.*)?$/, 'is a JSON pointer like /revision'));

/** Where instances tell their revision: one `url`, or `urls` as a list or a map from name to URL. */
export const versionSchema = once(() =>
  z
    .strictObject({
      url: secretUrl().optional(),
      urls: z.union([z.array(secretUrl()).min(1), z.record(z.string(), secretUrl())]).optional(),
      pointer: pointer().prefault('/revision'),
    })
    .refine(({ url, urls }) => (url === undefined) !== (urls === undefined), 'needs either `url` or `urls`'),
);

export type VersionSettings = z.infer<ReturnType<typeof versionSchema>>;

/** What one instance answered: a revision, or why none could be had. */
export type Answer = { name: string; revision: string } | { name: string; problem: string };

/** Milliseconds for one answer. */
const timeout = 2000;

/** Asks all instances at once. Never throws for what they answer. */
export const askInstances = (io: Io, spec: VersionSettings, signal?: AbortSignal): Promise<Answer[]> =>
  Promise.all(instancesOf(spec).map(([name, url]) => ask(io, name, url, spec.pointer, signal)));

const instancesOf = ({ url, urls }: VersionSettings): [name: string, url: string][] => {
  const all = url === undefined ? (urls ?? []) : [url];
  return Array.isArray(all) ? all.map((each) => [hostOf(each), each]) : Object.entries(all);
};

/** What a URL may carry besides its host is nobody's business in a sentence. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'an instance without a valid URL');

const ask = async (io: Io, name: string, url: string, path: string, signal?: AbortSignal): Promise<Answer> => {
  try {
    const response = await io.http.request({ method: 'GET', url, timeout, fresh: true, ...(signal ? { signal } : {}) });
    if (response.status !== 200) return { name, problem: `answers ${response.status}` };
    const revision = at(JSON.parse(response.body) as Json, path);
    return typeof revision === 'string' || typeof revision === 'number'
      ? { name, revision: String(revision) }
      : { name, problem: `tells no revision at ${path === '' ? 'the top' : path}` };
  } catch (error) {
    if (error instanceof SyntaxError) return { name, problem: 'does not answer in JSON' };
    if (isHttpFailure(error)) return { name, problem: `does not answer (${error.code})` };
    throw error;
  }
};

const isHttpFailure = (error: unknown): error is HttpFailure => error instanceof Error && error.name === 'HttpFailure';

/** RFC 6901: `~1` stands for `/`, `~0` for `~`. */
const at = (json: Json, path: string): Json | undefined =>
  path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>(
      (value, step) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step)
          ? (value as Record<string, Json>)[step]
          : undefined,
      json,
    );
