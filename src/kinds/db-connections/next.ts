// Where to look first: whose connections to end, in words and as a statement that can be pasted.
import type { Group } from './holders.ts';

/** When nobody could be counted. */
export const blindNext =
  'ask the server as a superuser, who has reserved slots: SELECT usename, application_name, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC';

/**
 * The first thing to do about the group that grew most, or that is the largest. `owned`: whether the growth is the
 * release's; `none`: no slot is left.
 */
export const nextOf = (groups: readonly Group[], owned: boolean | undefined, none: boolean): string => {
  const suspect = mostGrown(groups) ?? groups[0];
  return suspect ? nextText(suspect, owned, none) : blindNext;
};

const mostGrown = (groups: readonly Group[]): Group | undefined =>
  groups
    .filter(({ growth }) => growth !== undefined && growth > 0)
    .sort((a, b) => (b.growth ?? 0) - (a.growth ?? 0))[0];

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const nextText = ({ label, application, role }: Group, owned: boolean | undefined, none: boolean): string => {
  const condition = application === '' ? `usename = ${quoted(role)}` : `application_name = ${quoted(application)}`;
  const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${condition}`;
  const act = `scale ${label} down, or end its connections: ${terminate}`;
  if (owned === false) return `the growth is not the release's: ${act}`;
  return none ? `${act}; rolling back first may need more slots while both releases run` : act;
};
