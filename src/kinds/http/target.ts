// Where a probe goes: one base URL, or one per instance.
import * as z from 'zod';
import { once } from '../../kit/once.ts';

const isBaseUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** An http or https URL; a password in it is masked in every output. */
export const baseUrl = once(() =>
  z.string().refine(isBaseUrl, 'must be an http or https URL like https://auth.example.com').meta({ secret: 'url' }),
);

/** The keys that say where a probe goes. */
export const targetShape = once(() => ({
  /** Base URL; paths of the check start here. */
  target: baseUrl().optional(),
  /** One look each, instead of one through the balancer: a list of base URLs, or a map name → base URL. */
  instances: z.union([z.array(baseUrl()).min(1), z.record(z.string(), baseUrl())]).optional(),
  /** `host:port` to dial instead of the target's; Host header and TLS name are kept. */
  connectTo: z
    .string()
    .regex(/^\[?[^\s/]+\]?:\d+$/, 'must be host:port')
    .optional(),
}));

/** An overlay that names instances replaces the target of the base, and the other way round. */
export const targetChoices: string[][] = [['target', 'instances']];

interface Targets {
  target?: string | undefined;
  instances?: string[] | Record<string, string> | undefined;
}

/** One base URL to look at; `group` names the instance. */
export interface Place {
  group?: string;
  base: string;
}

const entriesOf = (instances: string[] | Record<string, string>): [string, string][] =>
  Array.isArray(instances) ? instances.map((base) => [new URL(base).host, base]) : Object.entries(instances);

/** Whether a check says where to look. */
export const hasPlace = ({ target, instances }: Targets): boolean =>
  target !== undefined || (instances !== undefined && Object.keys(instances).length > 0);

/** The places of a check; instances, where given, take the place of the target. */
export const placesOf = ({ target, instances }: Targets): Place[] => {
  if (instances !== undefined) return entriesOf(instances).map(([group, base]) => ({ group, base }));
  return target === undefined ? [] : [{ base: target }];
};

/** A path (or whole URL) of a check as a URL of this base. A base with a path of its own keeps it: `/v1` + `/me`. */
export const urlOf = (base: string, path: string): string => {
  if (/^https?:\/\//i.test(path)) return path;
  const { origin, pathname } = new URL(base);
  return new URL(`${pathname.replace(/\/$/, '')}${path.startsWith('/') ? path : `/${path}`}`, origin).href;
};

/** The URL without query and fragment. */
export const withoutQuery = (url: string): string => new URL(url).href.split(/[?#]/)[0] ?? url;

/** A path as it may be shown: the names of its query, whose values may be tokens. */
export const shownPath = (path: string): string => {
  const [whole = ''] = path.split('#');
  const [shown = '', ...query] = whole.split('?');
  const names = [...new URLSearchParams(query.join('?')).keys()].map((name) => `${name}=…`);
  return names.length === 0 ? shown : `${shown}?${names.join('&')}`;
};
