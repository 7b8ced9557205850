// An output and a clock that tests hold in their hands.
import type { Clock, Out, Reporter, RunRecord } from '../../src/kit/index.ts';
import { alarmBy } from '../helpers/alarm.ts';
import { start } from './events.ts';

/** The secret that no report may show. */
export const secret = 'hunter2-swordfish';

export interface FakeOut extends Out {
  /** Everything that was written. */
  text(): string;
  /** What was written since the last call. */
  taken(): string;
  resize(columns: number, rows: number): void;
}

/** An output that keeps what is written; masks the secret. */
export const fakeOut = (
  fields: Partial<Pick<Out, 'terminal' | 'colour'>> & { columns?: number; rows?: number } = {},
): FakeOut => {
  const written: string[] = [];
  let { columns = 80, rows = 24 } = fields;
  let seen = 0;
  const redact = (text: string): string => text.replaceAll(secret, '[PASSWORD]');
  return {
    write: (text) => written.push(redact(text)),
    redact,
    columns: () => columns,
    rows: () => rows,
    terminal: fields.terminal ?? false,
    colour: fields.colour ?? false,
    text: () => written.join(''),
    taken: () => {
      const fresh = written.slice(seen).join('');
      seen = written.length;
      return fresh;
    },
    resize: (newColumns, newRows) => {
      columns = newColumns;
      rows = newRows;
    },
  };
};

/** What a reporter writes for a record at the end. */
export const textOf = (reporter: Pick<Reporter, 'open'>, record: RunRecord, saved?: string): string => {
  const out = fakeOut();
  const session = reporter.open(out, fakeClock());
  void session.end(record, saved);
  session.close();
  return out.text();
};

export interface FakeClock extends Clock {
  /** Lets time pass and everybody act whose sleep is over. */
  advance(ms: number): Promise<void>;
  /** How many are asleep: what keeps a process alive. */
  sleepers(): number;
}

/** Lets everything that waits for a promise go on; listr2 is loaded and takes a few turns of its own. */
export const settle = async (): Promise<void> => {
  await import('listr2');
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** A clock that stands still until it is advanced. */
export const fakeClock = (): FakeClock => {
  let passed = 0;
  const asleep = new Set<{ until: number; wake: () => void }>();
  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = (): void => {
        asleep.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { until: passed + ms, wake };
      asleep.add(sleeper);
      signal?.addEventListener('abort', wake);
    });
  return {
    now: () => start + passed,
    monotonic: () => passed,
    sleep,
    alarm: alarmBy(sleep),
    sleepers: () => asleep.size,
    advance: async (ms) => {
      const end = passed + ms;
      for (;;) {
        const [next] = [...asleep].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
        if (!next) break;
        passed = next.until;
        next.wake();
        await settle();
      }
      passed = end;
    },
  };
};
