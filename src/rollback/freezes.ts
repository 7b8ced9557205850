// Freezes: while one stands, nothing is rolled back automatically. Each service has a journal of them in the store.
import * as z from 'zod';
import { isoTime, type Store } from '../kit/index.ts';
import { guarded } from './journal.ts';

const freezeFormat = z.looseObject({
  format: z.literal('holdpoint.freeze/1'),
  at: z.iso.datetime(),
  service: z.string(),
  environment: z.string().nullable(),
  until: z.iso.datetime(),
  reason: z.string(),
  by: z.string(),
});

/** Until when (ISO 8601 in UTC) a service is not rolled back automatically. A lift is a freeze that ends at once. */
export interface Freeze {
  format: 'holdpoint.freeze/1';
  at: string;
  service: string;
  /** Null: all environments. */
  environment: string | null;
  until: string;
  reason: string;
  by: string;
}

const prefix = 'freeze:';

/** Writes a freeze down; the newest one for the same service and environment counts. */
export const writeFreeze = (store: Store, freeze: Omit<Freeze, 'format'>): Promise<void> =>
  store.journal(`${prefix}${freeze.service}`, { format: 'holdpoint.freeze/1', ...freeze });

const readFreezes = async (store: Store, id: string): Promise<Freeze[]> =>
  (await store.readJournal(id)).flatMap((line) =>
    freezeFormat.safeParse(line).success ? [line as unknown as Freeze] : [],
  );

/** The freezes that stand at `now` (epoch milliseconds), the one that ends last first. Throws `JournalFailure`. */
export const standingFreezes = async (store: Store, now: number, service?: string): Promise<Freeze[]> => {
  const all = await guarded(store, async () => {
    const ids = service === undefined ? await store.journals(prefix) : [`${prefix}${service}`];
    return Promise.all(ids.map((id) => readFreezes(store, id)));
  });
  const newest = new Map(all.flat().map((freeze) => [`${freeze.service}/${freeze.environment ?? ''}`, freeze]));
  return [...newest.values()]
    .filter(({ until }) => Date.parse(until) > now)
    .sort((a, b) => Date.parse(b.until) - Date.parse(a.until));
};

/** Whether a freeze concerns an environment. */
export const concerns = ({ environment }: Freeze, other: string): boolean =>
  environment === null || environment === other;

/** `frozen until 2026-11-22T14:00:00.000Z by mk: black friday`. */
export const freezeSentence = ({ until, by, reason }: Pick<Freeze, 'until' | 'by' | 'reason'>): string =>
  `frozen until ${isoTime(Date.parse(until))} by ${by}: ${reason}`;
