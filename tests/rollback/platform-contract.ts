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
  /** Added to PATH alone. */
  env?: Record<string, string>;
  /** What the platform calls v1, v2 and v3; by default just that. */
  revision?(name: 'v1' | 'v2' | 'v3'): string;
  /** Deploys, as somebody else would. */
  deploy(revision: string): Promise<void>;
  /** Makes the next order to go back have no effect, though its command ends well. */
  lie(): Promise<void>;
  /** Makes the next order to go back fail with this text. */
  fail(text: string): Promise<void>;
  /** The exit code of that failure; 7 unless said. */
  failsWith?: number;
  /** Makes it impossible to tell what is live. */
  blind(): Promise<void>;
  /** Makes the answer to "what is live" something that nobody understands. */
  babble(): Promise<void>;
  /** Makes the question "what is live" hang, where it is asked by a command. */
  hang?(): Promise<void>;
  /** Somebody deploys v3 between our comparing and our acting; only a fence on the server can tell. */
  meanwhile?(): Promise<void>;
}

/** Opens the platform on a deploy system, as a run would. */
export const openOn = async (platform: AnyPlatform, system: DeploySystem): Promise<OpenedPlatform> => {
  const io = createIo({ version: '0.0.0', env: { PATH: process.env['PATH'], ...system.env } });
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
export const platformContract = (
  platform: AnyPlatform,
  build: () => Promise<DeploySystem>,
  options: { asks: 'commands' | 'otherwise' } = { asks: 'commands' },
): void => {
  const start = async () => {
    const system = await build();
    const named = system.revision ?? ((name: string): string => name);
    const [v1, v2, v3] = [named('v1'), named('v2'), named('v3')];
    return { system, opened: await openOn(platform, system), v1, v2, v3, back: { from: v2, to: v1, token: 3 } };
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
      const { opened, v2 } = await start();
      expect(await opened.session.live()).toMatchObject({
        revision: v2,
        settled: true,
        detail: expect.stringContaining(v2),
      });
      expect(opened.acts()).toEqual([]);
    });

    it('sees what somebody else has deployed', async () => {
      const { system, opened, v3 } = await start();
      await system.deploy('v3');
      expect(await settled(opened)).toMatchObject({ revision: v3, settled: true });
    });

    it('goes back to a named revision, and leaves acts', async () => {
      const { opened, back, v1 } = await start();
      await opened.session.undo(back);
      expect(await settled(opened)).toMatchObject({ revision: v1, settled: true });
      expect(opened.acts()).toEqual([
        expect.objectContaining({ exit: 0, argv: expect.any(Array), at: expect.stringMatching(/Z$/) }),
      ]);
    });

    it('finishes the way when it is called again with the target live', async () => {
      const { opened, back, v1 } = await start();
      await opened.session.undo(back);
      await opened.session.undo({ ...back, token: 4 });
      expect(await settled(opened)).toMatchObject({ revision: v1, settled: true });
    });

    it('leaves alone what somebody else has deployed', async () => {
      const { system, opened, back, v3 } = await start();
      await system.deploy('v3');
      await expect(opened.session.undo(back)).rejects.toMatchObject({ name: 'Superseded', live: v3 });
      expect(await settled(opened)).toMatchObject({ revision: v3 });
      expect(opened.acts()).toEqual([]);
    });

    it.each(platform.fence === 'server' ? [platform.name] : [])(
      '%s leaves alone what is deployed between its look and its act',
      async () => {
        const { system, opened, back, v3 } = await start();
        await system.meanwhile?.();
        await expect(opened.session.undo(back)).rejects.toMatchObject({ name: 'Superseded', live: v3 });
        expect(await settled(opened)).toMatchObject({ revision: v3 });
      },
    );

    it('does not take a good exit code for success: what is live is read back', async () => {
      const { system, opened, back, v1 } = await start();
      await system.lie();
      await opened.session.undo(back);
      const live = await opened.session.live();
      expect(live.revision === v1 && live.settled).toBe(false);
    });

    it('throws a sentence with the end of the output when the order fails; the act is kept, redacted', async () => {
      const { system, opened, back } = await start();
      const exit = system.failsWith ?? 7;
      await system.fail('no such release, password hunter2');
      await expect(opened.session.undo(back)).rejects.toThrow(new RegExp(`ended with ${exit}: .*no such release`));
      expect(opened.acts()).toEqual([
        expect.objectContaining({ exit, outTail: expect.stringContaining('no such release, password ***') }),
      ]);
    });

    it('throws a sentence when it cannot tell what is live', async () => {
      const { system, opened } = await start();
      await system.blind();
      await expect(opened.session.live()).rejects.toThrow(/\w+ .*\w+/);
    });

    it('throws a sentence when nobody understands the answer', async () => {
      const { system, opened } = await start();
      await system.babble();
      await expect(opened.session.live()).rejects.toThrow(/` printed |cannot be told/);
    });

    it.each(options.asks === 'commands' ? [platform.name] : [])('%s stops asking at the signal', async () => {
      const { system, opened } = await start();
      await system.hang?.();
      const controller = new AbortController();
      const asked = opened.session.live(controller.signal);
      setTimeout(() => controller.abort(), 300);
      // Some programs catch TERM and end with a code of their own.
      await expect(asked).rejects.toThrow(/ was ended by SIGTERM| ended with [1-9]/);
    });

    it('takes no option for a revision', async () => {
      const { opened, v2 } = await start();
      await expect(opened.session.undo({ from: v2, to: '--all', token: 1 })).rejects.toThrow(/\w+ .*\w+/);
      expect(opened.acts()).toEqual([]);
    });

    it('says what the doctor has seen, and changes nothing', async () => {
      const { opened } = await start();
      const findings = (await opened.session.doctor?.()) ?? [];
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
      expect(findings.filter(({ what, because }) => what === '' || because === '')).toEqual([]);
      expect(opened.acts()).toEqual([]);
    });

    it('prints the command that a person would type', async () => {
      const { opened, v1, v2 } = await start();
      expect(opened.session.manual({ from: v2, to: v1 })).toContain(v1.replace(/^rs\//, ''));
    });

    it('stops at the signal', async () => {
      const { opened, back } = await start();
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
