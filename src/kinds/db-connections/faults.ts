// What is wrong with the slots at one look, in words: the number, the limit, who holds them, where to look first.
import type { Fault } from '../../kit/index.ts';
import type { Refused, Scope, Slots } from '../database/slots.ts';
import { groupsOf, holdersText, isRestarted, ownerOf, unnamedText } from './holders.ts';
import { counted, limitOf, slotsText, type Use, usesOf, useText } from './limits.ts';
import { nextOf } from './next.ts';
import { abortedText } from './pressure.ts';
import { keptOutText, lackText, type Tries } from './refused.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';
import { wordsFor } from './words.ts';

/**
 * Why the slots of this look are bad; undefined when they are not. `before` is the last look of the baseline, `tries` tells
 * how often we were refused by now.
 */
export const slotFault = (
  seen: Seen,
  before: Seen | undefined,
  spec: Spec,
  tries: () => Tries | undefined,
): Fault | undefined => {
  const { attempt, slots } = seen;
  if ('refused' in attempt) return refusedFault(seen, before, spec, attempt.refused, tries());
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

/** The words of a refusal around those of the use: what stands first, and what at the end. */
interface Refusal {
  lack: string;
  end: string;
}

/** How full it is, who holds it, whose the growth is and what to do. `about`: words that stand right after the number. */
export const useFault = (
  seen: Seen,
  before: Seen | undefined,
  use: Use,
  spec: Spec,
  { about = '', refusal }: { about?: string; refusal?: Refusal } = {},
): Omit<Fault, 'reason'> => {
  const limit = limitOf(use, spec);
  const shown = counted(use);
  const ours = shown.used > use.used ? `, ${shown.used - use.used} of them by this check` : '';
  const plain = about === '' ? `${useText(shown, spec)} (${limit.text})${ours}` : `${useText(shown, spec)}; ${about}`;
  const fact = refusal ? `${refusal.lack}; ${refusedUseText(shown, seen.slots, spec)}${ours}` : plain;
  const groups = groupsOf(seen, before, use.name, spec);
  const { owned, unattributed } = ownerOf(seen, before, use, spec);
  const whose = unattributed === undefined ? '' : `the growth is unattributed: ${unattributed}`;
  return {
    ...(owned === undefined ? {} : { introduced: owned }),
    because: sentence(fact, holdersText(groups, before), whose, ...circumstances(seen, before), refusal?.end ?? ''),
    next: nextOf(seen, groups, owned, use.level === 'exhausted' || refusal !== undefined),
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

/** A limit is not worth its words where nothing is left; what is kept from an ordinary role is. */
const refusedUseText = (use: Use, slots: Slots | undefined, spec: Spec): string =>
  use.name === 'server' && slots ? `${slotsText(use, slots, spec)}, ${use.used} in use` : useText(use, spec);

const scopeUse = (uses: readonly Use[], scope: Scope): Use | undefined => {
  const name = scope === 'role' || scope === 'database' ? scope : 'server';
  return uses.find((use) => use.name === name);
};

const unlisted = 'connections that still log in take slots, too, and may not be listed';

const refusedFault = (
  seen: Seen,
  before: Seen | undefined,
  spec: Spec,
  refused: Refused,
  tries: Tries | undefined,
): Fault => {
  const reason = 'slots_exhausted';
  const { scope } = refused;
  const [lack, end] = [lackText(seen, refused, tries, spec), keptOutText(scope, spec)];
  const uses = seen.slots && usesOf(seen.slots, spec);
  const own = uses && scopeUse(uses, scope);
  // A limit of the account that counts no connections, such as those per hour, has no use of its own.
  const use = own ?? uses?.[0];
  if (use) {
    const unseen = scope === 'processes' || own === undefined || use.level === 'exhausted' ? '' : unlisted;
    return { ...useFault(seen, before, use, spec, { refusal: { lack, end: sentence(unseen, end) } }), reason };
  }
  const nobody = 'nobody could be counted, because no session was left to ask';
  return { reason, because: sentence(lack, nobody, glassText(seen.breakGlass), end), next: wordsFor(seen).ask };
};
