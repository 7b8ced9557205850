// What a platform's commands leave behind: acts, redacted before they are cut, and lines for whoever watches.
import { expect, it } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import type { Act, AnyPlatform, PlatformWorld, RunEvent } from '../../src/kit/index.ts';
import { openPlatform } from '../../src/rollback/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const redact = (text: string): string => text.replaceAll('hunter2', '***');

const openWorld = async () => {
  const root = await tempFolder();
  const [events, acts]: [RunEvent[], Act[]] = [[], []];
  let world: PlatformWorld | undefined;
  const platform = {
    open: async (_: unknown, given: PlatformWorld) => {
      world = given;
      return { close: async () => {} };
    },
  } as unknown as AnyPlatform;
  const opened = await openPlatform(
    { platform, settings: {} },
    {
      io: createIo({ version: '0.0.0', env: { PATH: process.env['PATH'] } }),
      root,
      redact,
      onAct: (act) => acts.push(act),
      emit: (event) => events.push(event),
    },
  );
  if (!world) throw new Error('the platform was not opened');
  return { root, events, acts, world, opened };
};

it('an act runs in the project root and is kept with its redacted tail', async () => {
  const { world, opened, root, acts, events } = await openWorld();
  const script = 'pwd; printf "%03000d" 0; echo "pass=$1"; echo hunter2 >&2; exit 4';
  const finished = await world.run(['sh', '-c', script, 'x', 'hunter2'], { deadline: 20_000 });
  expect(finished.stdout.startsWith(root)).toBe(true);
  expect(opened.acts()).toEqual([
    {
      at: expect.stringMatching(/Z$/),
      argv: ['sh', '-c', redact(script), 'x', '***'],
      exit: 4,
      ms: expect.any(Number),
      outTail: expect.stringMatching(/0pass=\*\*\*\n\*\*\*\n$/),
    },
  ]);
  expect(opened.acts()[0]?.outTail).toHaveLength(2000);
  expect(acts).toEqual(opened.acts());
  expect(events.map((event) => (event.type === 'output' ? event.line.slice(-8) : ''))).toContain('pass=***');
});

it('a reading is no act and is not shown', async () => {
  const { world, opened, events } = await openWorld();
  await world.run(['echo', 'hello'], { deadline: 20_000, reads: true });
  expect([opened.acts(), events]).toEqual([[], []]);
});
