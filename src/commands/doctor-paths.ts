// Does the way back lead through the service under test? Then it is gone exactly when it is needed.
import type { Finding, Json, Profile } from '../kit/index.ts';

/** A text of the way back, and where it stands. */
export interface PathPart {
  /** `rollback.control`. */
  where: string;
  text: string;
  /** It only confirms what is live: without it a rollback can be ordered, but not proven. */
  confirms?: boolean;
}

const what = 'the way back does not lead through the service under test';

/**
 * Names each part that mentions a host of the service. GitHub's outage of 3 November 2023 lasted 20 minutes longer
 * because the tools that roll back asked the broken authorization service (github.blog, availability report).
 */
export const pathFindings = (profile: Profile, parts: readonly PathPart[]): Finding[] => {
  const hosts = serviceHosts(profile);
  const through = parts.flatMap((part) =>
    hosts.filter((host) => mentions(part.text, host)).map((host) => ({ part, host })),
  );
  const seen = hosts.length === 0 ? 'no check names a host of it' : `none of its parts names ${hosts.join(', ')}`;
  if (through.length === 0) return [{ what, state: 'ok', because: seen }];
  return through.map(({ part: { where, confirms }, host }) =>
    confirms
      ? {
          what,
          state: 'unknown',
          because: `${where} asks ${host}, the service itself: while it is down, nobody sees what it runs`,
        }
      : {
          what,
          state: 'failed',
          because: `${where} goes through ${host}, which is the service under test`,
          next: 'give the way back an address, a login and a network that do not need this service',
        },
  );
};

/** The settings of the platform, the control, the notifications and the proxies, each with its place. */
export const pathParts = ({ rollback, notify }: Profile, env: (name: string) => string | undefined): PathPart[] => [
  ...(rollback ? stringsIn(rollback.settings as Json, `rollback.${rollback.platform.name}`) : []),
  ...(rollback?.control ? stringsIn(rollback.control as Json, 'rollback.control') : []),
  ...notify.targets.map(({ url, format }) => ({ where: `notify.${format}`, text: url })),
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy'].flatMap((name) => {
    const text = env(name);
    return text === undefined ? [] : [{ where: name, text }];
  }),
];

const stringsIn = (value: Json, where: string): PathPart[] => {
  if (typeof value === 'string')
    return [{ where, text: value, ...(/\.version\b/.test(where) ? { confirms: true } : {}) }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => stringsIn(inner, `${where}.${key}`));
};

/** Hosts that the checks log in to or send requests to; a metrics server is not the service. */
const serviceHosts = ({ checks }: Profile): string[] => {
  const places = checks.flatMap(({ spec }) => {
    const { target, instances } = (spec ?? {}) as { target?: Json; instances?: Json };
    return [target, instances].flatMap((place) => stringsIn(place ?? null, '').map(({ text }) => text));
  });
  return [...new Set(places.filter((text) => URL.canParse(text)).map((text) => new URL(text).host))].filter(Boolean);
};

/** As a whole host: `auth.example.com` is no part of `my-auth.example.com`. */
const mentions = (text: string, host: string): boolean =>
  new RegExp(`(?<![\\w.-])${escaped(host)}(?![\\w-]|\\.\\w)`, 'i').test(text);

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
