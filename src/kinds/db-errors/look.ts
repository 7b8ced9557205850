// One check's looks: at the log, at the server, or at both side by side.
import { isMissedLook, type Look, type Session, type Tick, type World } from '../../kit/index.ts';
import { openLines } from './counted-lines.ts';
import { openSessions } from './ended-sessions.ts';
import { openLogins } from './refused-logins.ts';
import type { Seen } from './seen.ts';
import type { Spec } from './spec.ts';

interface Part {
  group: string;
  session: Session<Seen>;
}

/** With two parts each is a group, so that one that cannot look does not hide the other. */
export const openLooks = async (spec: Spec, world: World): Promise<Session<Seen>> => {
  const { from, postgres, mysql } = spec;
  const parts: Part[] = [];
  if (from) parts.push({ group: from.source, session: await openLines(from, world) });
  if (postgres !== undefined) parts.push({ group: 'server', session: await openSessions(postgres, spec, world) });
  if (mysql !== undefined) parts.push({ group: 'server', session: await openLogins(mysql, spec, world) });
  const [first, ...others] = parts;
  if (first && others.length === 0) return first.session;
  return {
    sample: async (tick) => (await Promise.all(parts.map((part) => lookIn(part, tick)))).flat(),
    close: async () => {
      await Promise.all(parts.map(({ session }) => session.close()));
    },
  };
};

const lookIn = async ({ group, session }: Part, tick: Tick): Promise<Look<Seen>[]> => {
  try {
    return (await session.sample(tick)).map((look) => ({ ...look, group }));
  } catch (error) {
    if (isMissedLook(error)) return [{ group, missed: error.missed }];
    throw error;
  }
};
