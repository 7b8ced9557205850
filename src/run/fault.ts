// What was thrown where nobody waits for it (a plugin's timer or promise): it ends a run in order, and rolls nothing back.
import { messageOf } from '../kit/index.ts';
import type { Permission } from './decide.ts';
import type { Stop } from './finding.ts';
import type { RunInput } from './input.ts';

/** The first place of a stack, which names the package; empty where there is none. */
const placeOf = (thrown: unknown): string => {
  const frame = thrown instanceof Error ? /\n\s+at (.+)/.exec(thrown.stack ?? '')?.[1] : undefined;
  return frame === undefined ? '' : ` (at ${frame})`;
};

/** The stop that forbids a pass once something was thrown; undefined while nothing was. */
export const faultOf = ({ fault }: Pick<RunInput, 'fault'>): Stop | undefined => {
  if (!fault?.aborted) return undefined;
  const text = `holdpoint or a plugin broke: ${messageOf(fault.reason)}${placeOf(fault.reason)}`;
  return { check: 'run', reason: 'internal_error', text };
};

/** Nobody knows what else is broken: what was found stands in the record, and a person decides. */
export const permissionOf = (input: Pick<RunInput, 'fault' | 'permission'>): Permission => {
  const fault = faultOf(input);
  return fault && input.permission.rollback ? { rollback: false, because: fault.text } : input.permission;
};
