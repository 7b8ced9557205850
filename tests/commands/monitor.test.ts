// A check as the plugin of a monitor: which code it ends with, and that there is always a line.
import { describe, expect, it } from 'vitest';
import { answered, endOf, monitorPlugin } from '../../src/commands/monitor.ts';
import { builtIn } from '../../src/commands/registry.ts';
import { UsageError } from '../../src/kit/index.ts';
import { recordOf } from '../helpers/records.ts';

const registry = builtIn();
const ask = monitorPlugin(['plain', 'nagios'], registry);

describe('the exit code', () => {
  it.each([
    ['of a check is that of the monitor', 'check', ask, 2],
    ['of a run is its own', 'run', ask, 10],
    ['of a check whose line goes into a file is its own', 'check', monitorPlugin(['nagios=out.txt'], registry), 10],
  ] as const)('%s', (_, verb, plugin, expected) => {
    expect(endOf(recordOf({ verb, exitCode: 10 }), plugin)).toBe(expected);
  });
});

describe('where nothing could be begun', () => {
  const refused = (): Promise<number> => Promise.reject(new UsageError('there is no profile "a|b"\nknown: auth'));
  const told = { out: '', err: '' };
  const stream = (name: keyof typeof told) => ({ write: (text: string) => (told[name] += text), on: () => undefined });
  const context = { stdout: stream('out'), stderr: stream('err') };

  it('a monitor gets UNKNOWN in one line, a person the sentence', async () => {
    expect(await answered(refused(), ['nagios'], context)).toBe(3);
    expect(told).toEqual({
      out: 'HOLDPOINT UNKNOWN - there is no profile "a/b" known: auth\n',
      err: 'there is no profile "a|b"\nknown: auth\n',
    });
  });

  it('nobody else is answered', async () => {
    await expect(answered(refused(), ['plain'], context)).rejects.toThrow(UsageError);
  });
});
