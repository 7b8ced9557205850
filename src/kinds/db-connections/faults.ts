// What is wrong with one look, in words: the number, the limit, who holds the connections, where to look first.
import type { Fault } from '../../kit/index.ts';
import { type Group, groupsOf, holdersText, ownsGrowth } from './holders.ts';
import { limitOf, type Use, usesOf, useText } from './limits.ts';
import type { Scope } from './refusal.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** Why this look is bad; undefined when it is not. `before` is the last look of the baseline. */
export const faultOf = (seen: Seen, before: Seen | undefined, spec: Spec): Fault | undefined => {
  const { attempt, slots } = seen;
  if ('refused' in attempt) return refusedFault(seen, before, spec, attempt.refused);
  if (!slots) return undefined;
  const [use] = usesOf(slots, spec);
  if (use.level === 'none') return undefined;
  const limit = limitOf(use, spec);
  const fact = use.level === 'exhausted' ? exhaustedText(use, spec) : `${useText(use, spec)} (${limit.text})`;
  return {
    ...heldBy(seen, before, use, spec),
    ...(use.level === 'block' ? { asks: 'block' as const } : {}),
    reason: reasonOf(use),
    because: sentence(fact, holdersText(groupsOf(seen, before, use.name, spec), before)),
    value: use.used + (use.level === 'exhausted' ? use.own : 0),
    limit: limit.count,
    unit: 'connections',
  };
};

const reasonOf = ({ level, fewFree }: Use): string => {
  if (level === 'exhausted') return 'slots_exhausted';
  if (level === 'rollback') return 'over_rollback_limit';
  return fewFree ? 'few_free' : 'over_block_limit';
};

const sentence = (...parts: string[]): string => parts.filter(Boolean).join('; ');

const counted = (use: Use): Use => ({ ...use, used: use.used + use.own });

const exhaustedText = (use: Use, spec: Spec): string =>
  `${useText(counted(use), spec)} (${limitOf(use, spec).text})${use.own > 0 ? `, ${use.own} of them by this check` : ''}`;

const refusals: Record<Scope, string> = {
  slots: 'the server refuses new connections for lack of slots',
  all_slots: 'the server refuses every new connection for lack of slots, the superuser included',
  processes: 'the server refuses every connection: sockets that never log in hold its processes',
  role: 'the server refuses new connections of the role',
  database: 'the server refuses new connections to the database',
};

const scopeUse = (uses: readonly Use[], scope: Scope): Use | undefined => {
  const name = scope === 'role' || scope === 'database' ? scope : 'server';
  return uses.find((use) => use.name === name);
};

const refusedFault = (
  seen: Seen,
  before: Seen | undefined,
  spec: Spec,
  { code, routine, scope }: { code: string; routine: string; scope: Scope },
): Fault => {
  const refusal = `${refusals[scope]} (${code} ${routine}); this is not the network`;
  const use = seen.slots && scopeUse(usesOf(seen.slots, spec), scope);
  if (!use) {
    const because = sentence(refusal, 'nobody could be counted, because no session was left to ask');
    return { reason: 'slots_exhausted', because, next: blindNext };
  }
  const held = holdersText(groupsOf(seen, before, use.name, spec), before);
  const stale = seen.stale ? 'counted at an earlier look' : '';
  return {
    ...heldBy(seen, before, use, spec),
    reason: 'slots_exhausted',
    because: sentence(exhaustedText(use, spec), held, stale, refusal),
    value: use.used + use.own,
    limit: limitOf(use, spec).count,
    unit: 'connections',
  };
};

const blindNext =
  'ask the server as a superuser, who has reserved slots: SELECT usename, application_name, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC';

/** Whose growth it is, and where to look first. */
const heldBy = (seen: Seen, before: Seen | undefined, use: Use, spec: Spec): Pick<Fault, 'introduced' | 'next'> => {
  const groups = groupsOf(seen, before, use.name, spec);
  const introduced = ownsGrowth(seen, before, use.name, spec);
  const suspect = mostGrown(groups) ?? groups[0];
  return {
    ...(introduced === undefined ? {} : { introduced }),
    next: suspect ? nextText(suspect, use, introduced) : blindNext,
  };
};

const mostGrown = (groups: readonly Group[]): Group | undefined =>
  groups
    .filter(({ growth }) => growth !== undefined && growth > 0)
    .sort((a, b) => (b.growth ?? 0) - (a.growth ?? 0))[0];

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const nextText = ({ label, application, role }: Group, use: Use, introduced: boolean | undefined): string => {
  const condition = application === '' ? `usename = ${quoted(role)}` : `application_name = ${quoted(application)}`;
  const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${condition}`;
  const act = `scale ${label} down, or end its connections: ${terminate}`;
  if (introduced === false) return `the growth is not the release's: ${act}`;
  return use.level === 'exhausted' ? `${act}; rolling back first may need more slots while both releases run` : act;
};
