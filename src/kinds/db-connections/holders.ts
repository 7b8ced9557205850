// Who holds the connections, how that grew since the baseline, and whether the growth is the release's.
import { isoTime, plural } from '../../kit/index.ts';
import type { Holder, Slots } from '../database/slots.ts';
import { type LimitName, type Use, usesOf } from './limits.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';
import { wordsFor } from './words.ts';

/** All connections that share an application name (or, without one, a role). */
export interface Group {
  label: string;
  application: string;
  role: string;
  connections: number;
  /** Against the baseline; undefined without one. */
  growth: number | undefined;
}

/** Only these connections count against the limit in question. */
export const inScope = (holder: Holder, limit: LimitName, { role, database }: Spec): boolean => {
  if (limit === 'role') return holder.role === role;
  return limit === 'server' || database === undefined || holder.database === database;
};

/** The application name, or the role where there is none. */
export const labelOf = ({ application, role }: Holder): string => application || `role ${role || 'unknown'}`;

/** The name under which this check and those of other runs connect: they take slots, but are nobody's growth. */
const ourName = 'holdpoint';

/** Not a session of holdpoint: those of another run are not ours, and not the release's either. */
export const isForeign = ({ application }: Pick<Holder, 'application'>): boolean => application !== ourName;

/** All connections of these holders, or those that began since our first look. */
export const sum = (holders: readonly Holder[], what: 'connections' | 'began' = 'connections'): number =>
  holders.reduce((all, holder) => all + holder[what], 0);

/** Groups by application name, largest first. */
export const groupsOf = (now: Seen, before: Seen | undefined, limit: LimitName, spec: Spec): Group[] => {
  const scoped = now.holders.filter((holder) => inScope(holder, limit, spec));
  const groups = [...new Set(scoped.map(labelOf))].map((label): Group => {
    const holders = scoped.filter((holder) => labelOf(holder) === label);
    const earlier = before?.holders.filter((holder) => labelOf(holder) === label && inScope(holder, limit, spec));
    const { application = '', role = '' } = holders[0] ?? {};
    const connections = sum(holders);
    return { label, application, role, connections, growth: earlier && connections - sum(earlier) };
  });
  return groups.sort((a, b) => b.connections - a.connections);
};

/** `auth@9f2c1 holds 84 (+61 since 13:02:10 UTC), auth@77ab0 13`; empty when nobody is known. */
export const holdersText = (groups: readonly Group[], before: Seen | undefined): string => {
  const since = before?.dbNow === undefined ? '' : ` since ${isoTime(before.dbNow * 1000).slice(11, 19)} UTC`;
  return groups
    .slice(0, 3)
    .map(({ label, connections, growth }, index) => {
      const grown = growth ? ` (${growth > 0 ? '+' : ''}${growth}${index === 0 ? since : ''})` : '';
      return `${label}${index === 0 ? ' holds' : ''} ${connections}${grown}`;
    })
    .join(', ');
};

/** Whose the growth above the baseline's count is; `unattributed` says why that cannot be told. */
export interface Owner {
  /** true: at least half of it is the service's role's; false: less, or there is none and the limit fell. */
  owned?: boolean;
  unattributed?: string;
}

/** Nothing is said without a baseline and without growth. */
export const ownerOf = (now: Seen, before: Seen | undefined, { name, limit }: Use, spec: Spec): Owner => {
  if (!now.slots || !before?.slots) return {};
  const hidden = unknownIn(now.slots, name) + unknownIn(before.slots, name);
  if (hidden > 0)
    return { unattributed: `${hidden} rows are hidden from the probe's role, which needs ${wordsFor(now).privilege}` };
  const counts = (holder: Holder): boolean => isForeign(holder) && inScope(holder, name, spec);
  const [scoped, earlier] = [now.holders.filter(counts), before.holders.filter(counts)];
  const growth = sum(scoped) - sum(earlier);
  if (growth <= 0) return limit < (limitBefore(before.slots, name, spec) ?? limit) ? { owned: false } : {};
  if (isRestarted(now.slots, before.slots)) return { unattributed: 'the server was restarted after the baseline' };
  const ours = scoped.filter(({ role }) => role === spec.role);
  const gained = sum(ours) - sum(earlier.filter(({ role }) => role === spec.role));
  // Connections that were there before cannot be the release's; only the same clock can tell.
  const own = now.clock === before.clock ? Math.min(gained, sum(ours, 'began')) : gained;
  return { owned: own * 2 >= growth };
};

const limitBefore = (before: Slots, name: LimitName, spec: Spec): number | undefined =>
  usesOf(before, spec).find((use) => use.name === name)?.limit;

/** Rows of which nobody knows whose they are. */
export const unknownIn = ({ hidden, hiddenByRole, unnamed = 0 }: Slots, limit: LimitName): number =>
  limit === 'role' && hiddenByRole === 0 ? hidden : hidden + unnamed;

/** `12 connections hidden from the probe's role, which needs PROCESS`; empty when all can be named. */
export const unnamedText = (seen: Seen): string => {
  const unnamed = seen.slots?.unnamed ?? 0;
  return unnamed === 0
    ? ''
    : `${plural(unnamed, 'connection')} hidden from the probe's role, which needs ${wordsFor(seen).privilege}`;
};

/** The start is told to the second, as an age: two looks at the same one may differ. */
const tolerance = 2;

/** A server that was started again has other limits and only new connections: nothing to compare with. */
export const isRestarted = (now: Slots, before: Slots): boolean =>
  Math.abs(now.startedAt - before.startedAt) > tolerance;
