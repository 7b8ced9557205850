// Who holds the connections, how that grew since the baseline, and whether the growth is the release's.
import { isoTime } from '../../kit/index.ts';
import type { LimitName } from './limits.ts';
import type { Holder, Seen } from './seen.ts';
import type { Spec } from './spec.ts';

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
const inScope = (holder: Holder, limit: LimitName, { role, database }: Spec): boolean => {
  if (limit === 'role') return holder.role === role;
  return limit === 'server' || database === undefined || holder.database === database;
};

const labelOf = ({ application, role }: Holder): string => application || `role ${role || 'unknown'}`;

const sum = (holders: readonly Holder[], what: 'connections' | 'began' = 'connections'): number =>
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

/**
 * Whether the growth above the baseline's count belongs to the service's role: true for half of it or more, false for a
 * quarter or less, undefined in between, without a baseline, without growth, and when rows are hidden from us.
 */
export const ownsGrowth = (now: Seen, before: Seen | undefined, limit: LimitName, spec: Spec): boolean | undefined => {
  if (!now.slots || !before?.slots || now.slots.hidden > 0 || before.slots.hidden > 0) return undefined;
  const scoped = now.holders.filter((holder) => inScope(holder, limit, spec));
  const earlier = before.holders.filter((holder) => inScope(holder, limit, spec));
  const growth = sum(scoped) - sum(earlier);
  if (growth <= 0) return undefined;
  const ours = scoped.filter(({ role }) => role === spec.role);
  const gained = sum(ours) - sum(earlier.filter(({ role }) => role === spec.role));
  // Connections that were there before cannot be the release's; only the same clock can tell.
  const own = now.clock === before.clock ? Math.min(gained, sum(ours, 'began')) : gained;
  if (own * 2 >= growth) return true;
  return own * 4 <= growth ? false : undefined;
};
