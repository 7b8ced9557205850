// A kind: a file that a job writes must be young, as the proof that the job still runs.
import { resolve } from 'node:path';
import * as z from 'zod';

const spec = z.strictObject({
  /** Relative to the project root. */
  file: z.string().min(1),
  /** Seconds. */
  youngerThan: z.number().positive().default(60),
});

const judgedPhases = ['hold', 'last', 'verify'];

/** Pure: the same history gives the same verdict. */
const judge = (history, { file, youngerThan }) => {
  const seen = history.samples.filter((sample) => 'seen' in sample && judgedPhases.includes(sample.phase));
  const last = seen.at(-1)?.seen;
  if (!last)
    return { outcome: 'inconclusive', settled: false, reason: 'no_samples', because: `${file} was not looked at` };
  const value = Math.round(last.seconds);
  const because = `${file} was written ${value} s ago (limit ${youngerThan} s)`;
  const settled = seen.length >= history.plan.failAfter;
  const facts = { because, value, limit: youngerThan, unit: 's' };
  return value <= youngerThan
    ? { outcome: 'pass', settled, reason: 'ok', ...facts }
    : { outcome: 'fail', settled, reason: 'too_old', next: `look at the job that writes ${file}`, ...facts };
};

/** A session looks; it never judges. */
const open = async ({ file }, { io, root }) => ({
  sample: async () => {
    try {
      const { changedAt } = await io.files.stat(resolve(root, file));
      return [{ seen: { seconds: (io.clock.now() - changedAt) / 1000 } }];
    } catch {
      return [{ missed: { by: 'target', reason: 'no_file', because: `there is no file ${file}` } }];
    }
  },
  close: async () => {},
});

export const fileAge = {
  holdpointKind: 1,
  name: 'file-age',
  layer: 'service',
  about: 'A file that a job writes regularly must be young.',
  example: 'file-age:\n  file: var/heartbeat\n  youngerThan: 60\n',
  spec,
  reasons: {
    ok: 'The file is young enough.',
    too_old: 'The file was not written for too long: look at the job that writes it.',
    no_file: 'The file is not there: look at the job that writes it.',
    no_samples: 'Nothing has been looked at yet.',
  },
  open,
  judge,
};
