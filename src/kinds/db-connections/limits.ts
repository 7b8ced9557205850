// Which limits bind the service, how much of each is used, and how bad that is.
import { type Amount, amountOf, percent } from '../../kit/index.ts';
import type { Slots } from '../database/slots.ts';
import type { Spec } from './spec.ts';

/** The limit of the server, of the role, or of the database. */
export type LimitName = 'server' | 'role' | 'database';

/** How bad: `none`, `block` (blocks), `rollback` (asks for what the check may ask), `exhausted` (none is free). */
export type Level = 'none' | 'block' | 'rollback' | 'exhausted';

export interface Use {
  name: LimitName;
  used: number;
  /** Connections that the service may have at most under this limit. */
  limit: number;
  /** Our own sessions that count against it. */
  own: number;
  /** Rows that may be connections, too. */
  hidden: number;
  level: Level;
  /** Fewer than `keepFree` are free, although neither share is reached. */
  fewFree: boolean;
}

const rank: Record<Level, number> = { none: 0, block: 1, rollback: 2, exhausted: 3 };

/** Reserved slots and limits of role and database do not bind a superuser. */
const rawUses = (slots: Slots, { extraReserved }: Spec): Omit<Use, 'level' | 'fewFree'>[] => {
  const { used, own, hidden } = slots;
  if (slots.roleSuper) return [{ name: 'server', used, limit: slots.maxConnections, own, hidden }];
  const usable = slots.maxConnections - slots.superuserReserved - slots.reserved - extraReserved;
  const server = { name: 'server' as const, used, limit: usable, own, hidden };
  const role = {
    name: 'role' as const,
    used: slots.usedByRole,
    own: slots.ownRole ? own : 0,
    hidden: slots.hiddenByRole,
  };
  const database = {
    name: 'database' as const,
    used: slots.usedInDatabase,
    own: slots.ownDatabase ? own : 0,
    hidden: slots.hiddenInDatabase,
  };
  return [
    server,
    ...(isSet(slots.roleLimit) ? [{ ...role, limit: slots.roleLimit }] : []),
    ...(isSet(slots.databaseLimit) ? [{ ...database, limit: slots.databaseLimit }] : []),
  ];
};

/** -1 is "no limit", -2 marks a database that is being dropped, null that there is none of that name. */
const isSet = (limit: number | null): limit is number => limit !== null && limit >= 0;

const levelOf = (used: number, own: number, limit: number, { limits }: Spec): Level => {
  if (used + own >= limit) return 'exhausted';
  if (used >= amountOf(limits.rollback, limit)) return 'rollback';
  return used >= amountOf(limits.block, limit) || limit - used < limits.keepFree ? 'block' : 'none';
};

/** All limits that bind the service; the first is the worst, by level, then by what is free. */
export const usesOf = (slots: Slots, spec: Spec, counted: 'seen' | 'atMost' = 'seen'): [Use, ...Use[]] => {
  const uses = rawUses(slots, spec).map((raw): Use => {
    const used = counted === 'seen' ? raw.used : raw.used + raw.hidden;
    const level = levelOf(used, raw.own, raw.limit, spec);
    return { ...raw, used, level, fewFree: level === 'block' && used < amountOf(spec.limits.block, raw.limit) };
  });
  return uses.sort((a, b) => rank[b.level] - rank[a.level] || a.limit - a.used - (b.limit - b.used)) as [Use, ...Use[]];
};

/** What is said to be in use: our own sessions count where without them something would be free. */
export const counted = (use: Use): Use =>
  use.level === 'exhausted' && use.used < use.limit ? { ...use, used: use.used + use.own } : use;

/** The limit of this use that was passed, or the one that a rollback would need: a count and its words. */
export const limitOf = ({ level, limit, fewFree }: Use, { limits }: Spec): { count: number; text: string } => {
  if (fewFree) return { count: limit - limits.keepFree, text: `at least ${limits.keepFree} must stay free` };
  const amount = level === 'block' ? limits.block : limits.rollback;
  return { count: amountOf(amount, limit), text: `limit ${amountText(amount)}` };
};

const amountText = (amount: Amount): string => ('share' in amount ? percent(amount.share) : String(amount.count));

/** `97 usable of 100 (3 superuser)`: what is kept for others; `97 usable` where nothing is. */
export const slotsText = ({ limit }: Use, slots: Slots, { extraReserved }: Spec): string => {
  const kept = slots.roleSuper
    ? []
    : [
        [slots.superuserReserved, 'superuser'],
        [slots.reserved, 'reserved'],
        [extraReserved, "the provider's"],
      ].flatMap(([count, whose]) => (count === 0 ? [] : [`${count} ${whose}`]));
  return kept.length === 0 ? `${limit} usable` : `${limit} usable of ${slots.maxConnections} (${kept.join(', ')})`;
};

/** `97 of 97 usable slots in use`, `48 of 50 connections of role auth_svc in use`. */
export const useText = ({ name, used, limit }: Use, spec: Spec): string => {
  switch (name) {
    case 'server':
      return `${used} of ${limit} usable slots in use`;
    case 'role':
      return `${used} of the ${limit} connections that role ${spec.role} may have in use`;
    case 'database':
      return `${used} of the ${limit} connections that ${spec.database === undefined ? 'the database' : `database ${spec.database}`} may have in use`;
    default:
      return name satisfies never;
  }
};
