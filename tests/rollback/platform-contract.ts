// What every platform must do, whatever it deploys with: one suite for built-in platforms and those of plugins.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIo } from '../../src/io/index.ts';
import type { AnyPlatform, Live } from '../../src/kit/index.ts';
import { type OpenedPlatform, openPlatform } from '../../src/rollback/index.ts';

/** A real deploy system on which `v1` and `v2` exist, `v2` is live and runs, and nothing else is going on. */
export interface DeploySystem {
  root: string;
  /** As it stands in a profile, before validation. */
  settings: unknown;
  /** Deploys, as somebody else would. */
  deploy(revision: string): Promise<void>;
  /** Makes the next order to go back have no effect, though its command ends well. */
  lie(): Promise<void>;
  /** Makes the next order to go back fail with this text. */
  fail(text: string): Promise<void>;
  /** Makes it impossible to tell what is live. */
  blind(): Promise<void>;
}

/** Opens the platform on a deploy system, as a run would. */
export const openOn = async (platform: AnyPlatform, system: DeploySystem): Promise<OpenedPlatform> => {
  const io = createIo({ version: '0.0.0', env: { PATH: process.env['PATH'] } });
  const opened = await openPlatform(
    { platform, settings: platform.settings.parse(system.settings) },
    { io, root: system.root, redact: (text) => text.replaceAll('hunter2', '***') },
  );
  onTestFinished(async () => {
    await opened.close();
    await io.http.close();
  });
  return opened;
};

/** Reads until it is settled, at most 10 s. */
export const settled = async ({ session }: OpenedPlatform): Promise<Live> => {
  for (let n = 0; ; n += 1) {
    const live = await session.live();
    if (live.settled || n > 200) return live;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Holds a platform against the contract. `build` sets up a fresh deploy system for each test. */
export const platformContract = (platform: AnyPlatform, build: () => Promise<DeploySystem>): void => {
  const back = { from: 'v2', to: 'v1', token: 3 };
  const start = async () => {
    const system = await build();
    return { system, opened: await openOn(platform, system) };
  };

  describe(`the platform ${platform.name}`, () => {
    it('is plain data with an example that names its key', () => {
      expect(platform.holdpointPlatform).toBe(1);
      expect(['server', 'client']).toContain(platform.fence);
      expect(platform.about.length).toBeGreaterThan(20);
      expect(platform.example).toContain(`${platform.name}:`);
    });

    it('refuses settings that it does not know', async () => {
      const { settings } = await build();
      const parsed = platform.settings.safeParse({ ...(settings as object), unheardOf: 1 });
      expect(parsed.success).toBe(false);
    });

    it('tells what is live, and that is no act', async () => {
      const { opened } = await start();
      expect(await opened.session.live()).toMatchObject({
        revision: 'v2',
        settled: true,
        detail: expect.stringContaining('v2'),
      });
      expect(opened.acts()).toEqual([]);
    });

    it('sees what somebody else has deployed', async () => {
      const { system, opened } = await start();
      await system.deploy('v3');
      expect(await settled(opened)).toMatchObject({ revision: 'v3', settled: true });
    });

    it('goes back to a named revision, and leaves acts', async () => {
      const { opened } = await start();
      await opened.session.undo(back);
      expect(await settled(opened)).toMatchObject({ revision: 'v1', settled: true });
      expect(opened.acts()).toEqual([
        expect.objectContaining({ exit: 0, argv: expect.any(Array), at: expect.stringMatching(/Z$/) }),
      ]);
    });

    it('finishes the way when it is called again with the target live', async () => {
      const { opened } = await start();
      await opened.session.undo(back);
      await opened.session.undo({ ...back, token: 4 });
      expect(await settled(opened)).toMatchObject({ revision: 'v1', settled: true });
    });

    it('leaves alone what somebody else has deployed', async () => {
      const { system, opened } = await start();
      await system.deploy('v3');
      await expect(opened.session.undo(back)).rejects.toMatchObject({ name: 'Superseded', live: 'v3' });
      expect(await settled(opened)).toMatchObject({ revision: 'v3' });
      expect(opened.acts()).toEqual([]);
    });

    it('does not take a good exit code for success: what is live is read back', async () => {
      const { system, opened } = await start();
      await system.lie();
      await opened.session.undo(back);
      const live = await opened.session.live();
      expect(live.revision === 'v1' && live.settled).toBe(false);
    });

    it('throws a sentence with the end of the output when the order fails; the act is kept, redacted', async () => {
      const { system, opened } = await start();
      await system.fail('no such release, password hunter2');
      await expect(opened.session.undo(back)).rejects.toThrow(/ended with 7: no such release/);
      expect(opened.acts()).toEqual([
        expect.objectContaining({ exit: 7, outTail: expect.stringContaining('no such release, password ***') }),
      ]);
    });

    it('throws a sentence when it cannot tell what is live', async () => {
      const { system, opened } = await start();
      await system.blind();
      await expect(opened.session.live()).rejects.toThrow(/\w+ .*\w+/);
    });

    it('prints the command that a person would type', async () => {
      const { opened } = await start();
      expect(opened.session.manual({ from: 'v2', to: 'v1' })).toContain('v1');
    });

    it('stops at the signal', async () => {
      const { opened } = await start();
      await expect(opened.session.undo(back, AbortSignal.abort())).rejects.toThrow(/ABORTED|abort/i);
      expect(await opened.session.live()).toMatchObject({ revision: expect.any(String) });
    });

    it('can be closed twice', async () => {
      const { opened } = await start();
      await opened.close();
      expect(await opened.close()).toBeUndefined();
    });
  });
};
