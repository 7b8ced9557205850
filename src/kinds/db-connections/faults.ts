// What is wrong with the slots at one look, in words: the number, the limit, who holds them, where to look first.
import type { Fault } from '../../kit/index.ts';
import type { Scope } from '../database/slots.ts';
import { groupsOf, holdersText, isRestarted, ownerOf, unnamedText } from './holders.ts';
import { counted, limitOf, type Use, usesOf, useText } from './limits.ts';
import { nextOf } from './next.ts';
import { abortedText } from './pressure.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';
import { wordsFor } from './words.ts';

/** Why the slots of this look are bad; undefined when they are not. `before` is the last look of the baseline. */
export const slotFault = (seen: Seen, before: Seen | undefined, spec: Spec): Fault | undefined => {
  const { attempt, slots } = seen;
  if ('refused' in attempt) return refusedFault(seen, before, spec, attempt.refused);
  if (!slots) return undefined;
  const [use] = usesOf(slots, spec);
  if (use.level === 'none') return undefined;
  return {
    ...useFault(seen, before, use, spec),
    ...(use.level === 'block' ? { asks: 'block' as const } : {}),
    reason: reasonOf(use),
  };
};

const reasonOf = ({ level, fewFree }: Use): string => {
  if (level === 'exhausted') return 'slots_exhausted';
  if (level === 'rollback') return 'over_rollback_limit';
  return fewFree ? 'few_free' : 'over_block_limit';
};

const sentence = (...parts: string[]): string => parts.filter(Boolean).join('; ');

/**
 * How full it is, who holds it, whose the growth is and what to do. `about`: words that stand right after the number;
 * `refusal`: words at the end.
 */
export const useFault = (
  seen: Seen,
  before: Seen | undefined,
  use: Use,
  spec: Spec,
  { about = '', refusal = '' } = {},
): Omit<Fault, 'reason'> => {
  const limit = limitOf(use, spec);
  const shown = counted(use);
  const ours = shown.used > use.used ? `, ${shown.used - use.used} of them by this check` : '';
  const fact = about === '' ? `${useText(shown, spec)} (${limit.text})${ours}` : `${useText(shown, spec)}; ${about}`;
  const groups = groupsOf(seen, before, use.name, spec);
  const { owned, unattributed } = ownerOf(seen, before, use, spec);
  const whose = unattributed === undefined ? '' : `the growth is unattributed: ${unattributed}`;
  return {
    ...(owned === undefined ? {} : { introduced: owned }),
    because: sentence(fact, holdersText(groups, before), whose, ...circumstances(seen, before), refusal),
    next: nextOf(seen, groups, owned, use.level === 'exhausted' || refusal !== ''),
    value: shown.used,
    limit: limit.count,
    unit: 'connections',
  };
};

/** What a reader must know about the count before believing it. */
const circumstances = (seen: Seen, before: Seen | undefined): string[] => {
  const { slots, stale, breakGlass } = seen;
  return [
    slots && slots.starting > 0 ? `${slots.starting} of them still log in` : '',
    slots?.standby ? 'the server is a standby' : '',
    before?.slots ? '' : unnamedText(seen),
    slots && before?.slots && isRestarted(slots, before.slots) && slots.maxConnections !== before.slots.maxConnections
      ? `max_connections was ${before.slots.maxConnections} in the baseline and is ${slots.maxConnections} now`
      : '',
    stale ? 'counted at an earlier look' : '',
    abortedText(before, seen),
    glassText(breakGlass),
  ];
};

const glassText = (breakGlass: Seen['breakGlass']): string => {
  if (breakGlass === undefined) return '';
  return breakGlass.refused === undefined
    ? 'counted through a walsender, because no slot was left (breakGlass)'
    : `breakGlass did not get in either (${breakGlass.refused})`;
};

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

const unlisted = 'connections that still log in take slots, too, and may not be listed';

const refusedFault = (
  seen: Seen,
  before: Seen | undefined,
  spec: Spec,
  { code, routine, scope }: { code: string; routine: string; scope: Scope },
): Fault => {
  const reason = 'slots_exhausted';
  const refusal = `${refusals[scope]} (${code} ${routine}); this is not the network`;
  const uses = seen.slots && usesOf(seen.slots, spec);
  const own = uses && scopeUse(uses, scope);
  // A limit of the account that counts no connections, such as those per hour, has no use of its own.
  const use = own ?? uses?.[0];
  if (use) {
    const unseen = scope === 'processes' || own === undefined || use.level === 'exhausted' ? '' : unlisted;
    return { ...useFault(seen, before, use, spec, { refusal: sentence(unseen, refusal) }), reason };
  }
  const nobody = 'nobody could be counted, because no session was left to ask';
  return { reason, because: sentence(refusal, nobody, glassText(seen.breakGlass)), next: wordsFor(seen).ask };
};
