// Keeps what a run says to people beside its verdicts, for its record: notes, and the end of what the deploy command prints.
import { clip, isoTime, type RunEvent, type RunRecord } from '../kit/index.ts';

/** The newest are kept. */
const most = { notes: 50, lines: 40, text: 500 };

type Kept = Required<Pick<RunRecord, 'notes' | 'deployOutput'>>;

export interface Said {
  hear(event: RunEvent): void;
  /** For the record; absent where nothing was said. */
  kept(): Partial<Kept>;
}

/** Texts are redacted when they are asked for, because a run learns secrets until its end, and before they are cut. */
export const createSaid = (redact: (text: string) => string): Said => {
  const { notes, deployOutput }: Kept = { notes: [], deployOutput: [] };
  const shown = (text: string): string => clip(redact(text), most.text);
  return {
    hear: (event) => {
      if (event.type === 'output') deployOutput.push(event.line);
      if (event.type === 'note') notes.push({ at: isoTime(event.at), level: event.level, text: event.text });
    },
    kept: () => ({
      ...(notes.length > 0
        ? { notes: notes.slice(-most.notes).map((note) => ({ ...note, text: shown(note.text) })) }
        : {}),
      ...(deployOutput.length > 0 ? { deployOutput: deployOutput.slice(-most.lines).map(shown) } : {}),
    }),
  };
};
