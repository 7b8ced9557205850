// Where to look first: whose connections to end, in words and as a statement that can be pasted.
import { type Group, isForeign } from './holders.ts';
import type { Seen } from './seen.ts';
import { wordsFor } from './words.ts';

/**
 * The first thing to do about the group that grew most, or that is the largest; `seen` tells of which server. `owned`:
 * whether the growth is the release's; `none`: no slot is left.
 */
export const nextOf = (seen: Seen, groups: readonly Group[], owned: boolean | undefined, none: boolean): string => {
  // Those that are hidden may be the largest group of all.
  const others = seen.slots?.unnamed === undefined ? groups.filter(isForeign) : [];
  const suspect = mostGrown(others) ?? others[0];
  if (!suspect) return wordsFor(seen).ask;
  const act = `scale ${suspect.label} down, or end its connections: ${wordsFor(seen).terminate(suspect)}`;
  if (owned === false) return `the growth is not the release's: ${act}`;
  return none ? `${act}; rolling back first may need more slots while both releases run` : act;
};

/** Where to look first when the server could not be asked: the slots say nothing then. */
const unasked: Readonly<Record<string, string>> = {
  target_unreachable: 'look whether the server runs, then at the network between',
  target_timeout: 'look at the load of the server, then at its log',
  target_error: 'look at the log of the server: it failed for lack of memory or disk, or internally',
  not_ready: 'look at the log of the server: it is starting, shutting down or recovering, or ended our session',
};

/** For a verdict of this reason, where the looks themselves say no more. */
export const nextUnasked = (reason: string | undefined): { next?: string } => {
  const next = unasked[reason ?? ''];
  return next === undefined ? {} : { next };
};

const mostGrown = (groups: readonly Group[]): Group | undefined =>
  groups
    .filter(({ growth }) => growth !== undefined && growth > 0)
    .sort((a, b) => (b.growth ?? 0) - (a.growth ?? 0))[0];
