// One check's looks at its servers, each server by itself, whichever it is.
import type { Look, Session, Tick, World } from '../../kit/index.ts';
import { urlPart } from '../database/url.ts';
import { openMysqlLooker } from './look-mysql.ts';
import { openPostgresLooker } from './look-postgres.ts';
import type { Looker, Seen } from './seen.ts';
import { type Server, serversOf, type Spec } from './spec.ts';

/** Opens the check's shares in the servers' sessions. Nothing is connected before the first look. */
export const openLooks = async (spec: Spec, world: World): Promise<Session<Seen>> => {
  const lookers = await Promise.all(serversOf(spec).map((server) => openLooker(spec, server, world)));
  return {
    sample: (tick) => Promise.all(lookers.map(({ look }) => look(tick))),
    close: async () => {
      await Promise.all(lookers.map(({ release }) => release()));
    },
  };
};

const openLooker = async (spec: Spec, { group, product, url }: Server, world: World): Promise<Looker> => {
  const open = product === 'mysql' ? openMysqlLooker : openPostgresLooker;
  const { look, release } = await open(spec, url, world);
  const host = urlPart(url, 'host');
  const named = async (tick: Tick): Promise<Look<Seen>> => {
    const found = await look(tick);
    return 'seen' in found && host !== '' ? { seen: { host, ...found.seen } } : found;
  };
  return { look: async (tick) => ({ ...(group === undefined ? {} : { group }), ...(await named(tick)) }), release };
};
