// What one look at a server gives, and who looks.
import type { Look, Tick } from '../../kit/index.ts';
import type { Holder, Pressure, Refused, Slots } from '../database/slots.ts';

/** One look. Without `slots` no session could be had since the run began. */
export type Seen = {
  /** Absent: Postgres. */
  product?: 'mysql';
  /** Where the server is, as the URL says it; absent where it says nothing. */
  host?: string;
  attempt: { ok: true } | { refused: Refused };
  /** Epoch seconds of the server's clock when the counts were taken. */
  dbNow?: number;
  /** Epoch seconds of the server's clock at our first look: `began` counts from here. */
  clock?: number;
  slots?: Slots;
  pressure?: Pressure;
  holders: Holder[];
  /** How we got in although every slot was taken; `refused`: not even so, and the code why. */
  breakGlass?: { by: 'walsender'; refused?: string };
  /** The counts are those of an earlier look: no session was left to ask. */
  stale?: true;
};

/** What was counted at one look. */
export type Counts = Required<Pick<Seen, 'dbNow' | 'clock' | 'slots' | 'pressure' | 'holders'>>;

/** Looks at one server. */
export interface Looker {
  look(tick: Tick): Promise<Look<Seen>>;
  release(): Promise<void>;
}
