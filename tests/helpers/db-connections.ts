// Looks at a server as db-connections sees them, for tests of its judge.
import type { Holder, Slots } from '../../src/kinds/database/slots.ts';
import type { Seen } from '../../src/kinds/db-connections/seen.ts';
import { start } from './kinds.ts';

const slots = (changes: Partial<Slots> = {}): Slots => ({
  version: 160014,
  startedAt: 1000,
  standby: false,
  maxConnections: 100,
  superuserReserved: 3,
  reserved: 0,
  roleLimit: -1,
  roleSuper: false,
  databaseLimit: -1,
  used: 20,
  usedByRole: 20,
  usedInDatabase: 20,
  active: 1,
  idle: 19,
  idleInTransaction: 0,
  starting: 0,
  hidden: 0,
  hiddenByRole: 0,
  hiddenInDatabase: 0,
  own: 1,
  ownRole: false,
  ownDatabase: false,
  ...changes,
});

/** Connections of the service's role. */
export const holder = (application: string, connections: number, changes: Partial<Holder> = {}): Holder => ({
  role: 'auth_svc',
  database: 'auth',
  application,
  client: '10.0.0.7',
  state: 'idle',
  connections,
  began: 0,
  ...changes,
});

/** 2026-01-01T13:02:10Z, in seconds. */
export const clock = start / 1000 + 13 * 3600 + 130;

/** One look: 97 usable slots, 20 in use, unless told otherwise. */
export const look = (changes: Partial<Slots>, holders: Holder[] = [], more: Partial<Seen> = {}): Seen => ({
  attempt: { ok: true },
  dbNow: clock,
  clock,
  slots: slots(changes),
  pressure: { idleLong: 0, idleOldest: null, sessions: null },
  holders,
  ...more,
});
