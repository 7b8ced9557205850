// A kind whose looks are written down in the test: by phase, or by the time since the run began.
import * as z from 'zod';
import {
  type AnyKind,
  confirmed,
  judged,
  type Kind,
  type Layer,
  type Look,
  probeVerdict,
  type Tick,
} from '../../src/kit/index.ts';

/** What a scripted look sees: a number against the limit 100. */
export type Value = { value: number };

/** What a look gives at this moment; a number is a value. */
export type Script = (tick: Tick) => number | Look<Value>;

const fault = ({ value }: Value) =>
  value > 100
    ? { reason: 'too_high', because: `${value} is above 100`, value, limit: 100, next: 'Look at the value.' }
    : undefined;

/** A probe kind driven by a script. */
export const scriptedKind = (
  script: Script,
  options: Partial<Kind<object, Value>> & { layer?: Layer } = {},
): AnyKind => ({
  holdpointKind: 1,
  name: 'scripted',
  layer: 'service',
  about: 'Sees what the test says.',
  example: 'kind: scripted',
  spec: z.strictObject({}),
  reasons: { too_high: 'The value is above 100.', ok: 'Fine.', wobble: 'Not confirmed.', no_samples: 'None yet.' },
  open: async () => ({
    sample: async (tick: Tick) => {
      const said = script(tick);
      return [typeof said === 'number' ? { seen: { value: said } } : said];
    },
    close: async () => {},
  }),
  judge: (history) => {
    const last = judged(history).findLast((sample) => 'seen' in sample);
    const value = last && 'seen' in last ? last.seen.value : 0;
    return probeVerdict(confirmed(judged(history), history.plan.failAfter, fault), history.plan, {
      because: `${value} of 100`,
      value,
      limit: 100,
    });
  },
  ...options,
});
