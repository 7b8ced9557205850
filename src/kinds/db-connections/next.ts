// Where to look first: whose connections to end, in words and as a statement that can be pasted.
import type { Group } from './holders.ts';
import type { Seen } from './seen.ts';
import { wordsFor } from './words.ts';

/**
 * The first thing to do about the group that grew most, or that is the largest; `seen` tells of which server. `owned`:
 * whether the growth is the release's; `none`: no slot is left.
 */
export const nextOf = (seen: Seen, groups: readonly Group[], owned: boolean | undefined, none: boolean): string => {
  // Those that are hidden may be the largest group of all.
  const suspect = seen.slots?.unnamed === undefined ? (mostGrown(groups) ?? groups[0]) : undefined;
  if (!suspect) return wordsFor(seen).ask;
  const act = `scale ${suspect.label} down, or end its connections: ${wordsFor(seen).terminate(suspect)}`;
  if (owned === false) return `the growth is not the release's: ${act}`;
  return none ? `${act}; rolling back first may need more slots while both releases run` : act;
};

const mostGrown = (groups: readonly Group[]): Group | undefined =>
  groups
    .filter(({ growth }) => growth !== undefined && growth > 0)
    .sort((a, b) => (b.growth ?? 0) - (a.growth ?? 0))[0];
