// What a refusal for lack of slots is called: of what nothing is left, where, how often, and whom it keeps out.
import type { Refused, Scope } from '../database/slots.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

/** How many of the newest looks were refused. */
export interface Tries {
  refused: number;
  of: number;
}

const databaseText = ({ database }: Spec): string => (database === undefined ? 'the database' : `database ${database}`);

const lackOf = (scope: Scope, spec: Spec): string => {
  switch (scope) {
    case 'slots':
      return 'ordinary slots exhausted';
    case 'all_slots':
      return "all slots exhausted including the superuser's";
    case 'processes':
      return 'server processes exhausted by sockets that never log in';
    case 'role':
      return `limit of role ${spec.role} exhausted`;
    case 'database':
      return `limit of ${databaseText(spec)} exhausted`;
    default:
      return scope satisfies never;
  }
};

/** `ordinary slots exhausted on auth-db (53300 InitPostgres, 3 of 3 tries)`. */
export const lackText = (
  { host }: Seen,
  { code, routine, scope }: Refused,
  tries: Tries | undefined,
  spec: Spec,
): string => {
  const where = host === undefined ? '' : ` on ${host}`;
  const often = tries === undefined ? '' : `, ${tries.refused} of ${tries.of} ${tries.of === 1 ? 'try' : 'tries'}`;
  return `${lackOf(scope, spec)}${where} (${code} ${routine}${often})`;
};

/** `new logins fail now; this is not the network`. */
export const keptOutText = (scope: Scope, spec: Spec): string => {
  const whose = { role: ` of role ${spec.role}`, database: ` to ${databaseText(spec)}` };
  return `new logins${scope === 'role' || scope === 'database' ? whose[scope] : ''} fail now; this is not the network`;
};
