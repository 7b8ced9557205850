// Samples as they stand in records and baselines (ISO times) and as judges see them (epoch milliseconds).
import { isoTime, type Json, type Phase, type RecordedSample, type Sample } from '../kit/index.ts';

export const toRecorded = (samples: readonly Sample<Json>[]): RecordedSample[] =>
  samples.map(({ at, ...rest }) => ({ at: isoTime(at), ...rest }));

/** Samples of a stored record; one without anything seen or missed is left out. */
export const fromRecorded = (samples: readonly RecordedSample[]): Sample<Json>[] =>
  samples.flatMap(({ at, seen, missed, ...rest }) => {
    const stamp = { ...rest, phase: rest.phase as Phase, at: Date.parse(at) };
    if (seen !== undefined) return [{ ...stamp, seen }];
    return missed === undefined
      ? []
      : [{ ...stamp, missed: missed as (Sample<Json> & { missed: unknown })['missed'] } as Sample<Json>];
  });
