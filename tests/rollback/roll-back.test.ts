// The state machine of a rollback: every ending, every re-entry, every word that a person reads.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json, RollbackState, RunEvent, RunRecord } from '../../src/kit/index.ts';
import { openDesk, order, told } from './desk.ts';

describe('a rollback', () => {
  it('goes through all states, proves itself, and tells each step', async () => {
    const desk = openDesk();
    const report = await desk.run();
    expect(desk.states()).toEqual([
      'PLANNED',
      'FENCED',
      'EXECUTING',
      'EXECUTED',
      'WAITING',
      'VERIFYING',
      'ROLLED_BACK',
    ]);
    expect(told(desk)).toEqual([
      'PLANNED: back from bad to good, because login answers 500',
      'FENCED: bad is still live, nobody else has deployed (fence: client)',
      'EXECUTING: going back to good, at most 60 s',
      'EXECUTED: the order was taken after 0 ms, which proves nothing yet',
      'WAITING: waiting until good is live everywhere, at most 60 s',
      'VERIFYING: all run good; the failed checks are held again',
      'ROLLED_BACK: back on good after 0 ms: login is green for 5 s',
    ]);
    expect(report).toMatchObject({
      state: 'ROLLED_BACK',
      reason: '',
      from: 'bad',
      to: 'good',
      fence: 'client',
      verified: true,
      aftermath: 'auto-sync is off',
      manual: 'go bad good',
      acts: [{ argv: ['undo', 'good', '1'] }],
    });
    expect(report.guards).toEqual([
      { name: 'target', ok: true, because: 'good was live before the deploy' },
      { name: 'still live', ok: true, because: 'bad is still live' },
      { name: 'platform', ok: true, because: 'the platform lets it act' },
      { name: 'target exists', ok: true, because: 'good is still there' },
      { name: 'permitted', ok: true, because: 'the mode is auto, the fence client' },
      { name: 'not frozen', ok: true, because: 'auth is not frozen' },
      { name: 'in time', ok: true, because: 'when it was deployed is not known' },
      { name: 'budget', ok: true, because: 'no automatic rollback in the last 60 min' },
      {
        name: 'budget of the environment',
        ok: true,
        because: '0 automatic rollbacks in test in the last 60 min, at most 3',
      },
      { name: 'reversible', ok: true, because: 'declared reversible' },
      { name: 'no other deploy', ok: true, because: 'no other deploy is under way' },
      { name: 'no flapping', ok: true, because: 'good was not rolled back before' },
    ]);
  });

  it('writes one line per transition, each with the hash of the line before it', async () => {
    const desk = openDesk();
    await desk.run();
    const lines = desk.journals.get(order.id) ?? [];
    const hashes = lines.map((line) => createHash('sha256').update(JSON.stringify(line)).digest('hex'));
    expect(lines.map((line) => (line as { prev: string | null }).prev)).toEqual([null, ...hashes.slice(0, -1)]);
    expect(lines[0]).toMatchObject({
      format: 'holdpoint.rollback/1',
      at: '2026-01-01T00:00:00.000Z',
      token: 1,
      automatic: true,
      by: 'run',
      actor: order.actor,
      causes: order.causes,
    });
  });

  it('waits for every replica, and says how long at most', async () => {
    const desk = openDesk();
    desk.world.onUndo = ({ to }) => {
      desk.world.live = to;
      desk.world.settled = false;
      void desk.clock.sleep(20_000).then(() => {
        desk.world.settled = true;
      });
    };
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
    expect(desk.clock.monotonic()).toBeGreaterThanOrEqual(20_000);
    expect(desk.clock.monotonic()).toBeLessThan(25_000);
  });

  it('that does not help is UNVERIFIED', async () => {
    const desk = openDesk();
    desk.world.verification = { green: false, because: 'login still answers 500' };
    expect(await desk.run()).toMatchObject({
      state: 'UNVERIFIED',
      reason: 'still_failing',
      because: 'back on good after 0 ms, which did not help: login still answers 500',
      verified: false,
    });
  });

  it('whose checks cannot be held again is UNVERIFIED, never more', async () => {
    const desk = openDesk();
    const verify = async (): Promise<never> => {
      throw new Error('no connection');
    };
    expect(await desk.run({}, { verify })).toMatchObject({
      state: 'UNVERIFIED',
      because: 'back on good after 0 ms, which did not help: the checks could not be held again: no connection',
    });
  });

  it('whose verification never ends is UNVERIFIED at the deadline', async () => {
    const desk = openDesk();
    const report = await desk.run({}, { verify: () => new Promise<never>(() => {}) });
    expect(report.state).toBe('UNVERIFIED');
    expect(desk.clock.monotonic()).toBe(62_000);
  });

  it('whose command lies ends FAILED at the deadline, with what is live', async () => {
    const desk = openDesk();
    desk.world.onUndo = () => {};
    expect(await desk.run()).toMatchObject({
      state: 'FAILED',
      reason: 'not_live',
      because: 'good was not live everywhere within 60 s; last seen: all run bad',
    });
    expect(desk.clock.monotonic()).toBe(60_000);
    expect(desk.states().at(-1)).toBe('FAILED');
  });

  it('whose command fails ends FAILED at once, redacted', async () => {
    const desk = openDesk();
    desk.world.onUndo = () => {
      throw new Error('`undo` ended with 1: password hunter2');
    };
    const causes = [{ check: 'login', reason: 'target_5xx', text: 'login with hunter2 answers 500' }];
    expect(await desk.run({ causes })).toMatchObject({
      state: 'FAILED',
      reason: 'undo_failed',
      because: '`undo` ended with 1: password ***; all run bad',
    });
    expect(JSON.stringify([...desk.journals.values(), desk.events])).not.toContain('hunter2');
  });

  it('whose command fails after the target went live is proven all the same', async () => {
    const desk = openDesk();
    desk.world.onUndo = ({ to }) => {
      desk.world.live = to;
      throw new Error('`undo` ended with 1');
    };
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
    expect(told(desk)).toContain('EXECUTED: the act failed, yet good is live (all run good): `undo` ended with 1');
  });

  it('whose command fails half-way ends FAILED after a minute, not after the whole deadline', async () => {
    const desk = openDesk();
    desk.world.onUndo = ({ to }) => {
      desk.world.live = to;
      desk.world.settled = false;
      throw new Error('restart ended with 1');
    };
    const report = await desk.run({}, {}, { deadline: 900_000 });
    expect(report).toMatchObject({ state: 'FAILED', reason: 'undo_failed' });
    expect(report.because).toMatch(
      /^restart ended with 1; good was not live everywhere within .*; last seen: some run good$/,
    );
    expect(desk.clock.monotonic()).toBe(60_000);
  });

  it('whose act hangs and does not listen ends at the deadline', async () => {
    const desk = openDesk();
    desk.world.onUndo = () => new Promise<never>(() => {});
    expect(await desk.run()).toMatchObject({ state: 'FAILED', reason: 'undo_failed' });
    expect(desk.clock.monotonic()).toBeLessThanOrEqual(72_000);
  });
});

describe('superseded', () => {
  it('at the entry: nothing is done', async () => {
    const desk = openDesk();
    desk.world.live = 'fix';
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'superseded',
      because: 'fix is live, not bad: somebody else has deployed',
    });
    expect(desk.world.undone).toEqual([]);
    expect(told(desk).at(-1)).toBe(
      'REFUSED: not rolled back (superseded): fix is live, not bad: somebody else has deployed',
    );
  });

  it('while a person was thinking', async () => {
    const desk = openDesk();
    const confirm = async (): Promise<boolean> => {
      desk.world.live = 'fix';
      return true;
    };
    expect(await desk.run({}, { confirm })).toMatchObject({
      state: 'REFUSED',
      because: 'fix is live, not bad: somebody else has deployed in the meantime',
    });
    expect(desk.world.undone).toEqual([]);
  });

  it('found by the fence of the platform', async () => {
    const desk = openDesk();
    const emit = (event: RunEvent): void => {
      if (event.type === 'rollback' && event.state === 'EXECUTING') desk.world.live = 'fix';
    };
    expect(await desk.run({}, { emit })).toMatchObject({ state: 'REFUSED', because: 'fix is live, not bad' });
  });

  it('after the act', async () => {
    const desk = openDesk();
    desk.world.onUndo = () => {
      desk.world.live = 'fix';
    };
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'superseded',
      because: 'fix is live, neither bad nor good: somebody else has deployed meanwhile',
    });
  });

  it('is not said for a single odd reading during the roll-out', async () => {
    const desk = openDesk();
    desk.world.onUndo = () => {
      desk.world.live = 'half-way';
      void desk.clock.sleep(100).then(() => {
        desk.world.live = 'good';
      });
    };
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
  });
});

describe('what is live decides', () => {
  it('the target is live already: nothing is done, but it is proven', async () => {
    const desk = openDesk();
    desk.world.live = 'good';
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK', acts: [] });
    expect(desk.states()).toEqual(['PLANNED', 'WAITING', 'VERIFYING', 'ROLLED_BACK']);
  });

  it('unreadable: three tries, then nothing is done', async () => {
    const desk = openDesk();
    let readings = 0;
    desk.world.onLive = async () => {
      readings += 1;
      throw new Error('no answer');
    };
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'live_unknown',
      because: 'what is live could not be told: no answer',
    });
    expect(readings).toBe(3);
  });

  it.each([
    [{ to: undefined }, 'no_target', 'no revision was captured before the deploy'],
    [{ from: undefined }, 'from_unknown', 'the platform could not tell which revision was under test'],
    [{ to: 'bad' }, 'no_target', 'bad was live before the deploy and is the revision under test'],
  ])('%o is refused', async (given, reason, because) => {
    const desk = openDesk();
    expect(await desk.run(given)).toMatchObject({ state: 'REFUSED', reason, because });
    expect(desk.world.undone).toEqual([]);
  });
});

describe('called again', () => {
  it('after its end, the same order of a run does nothing and returns the same', async () => {
    const desk = openDesk();
    const first = await desk.run();
    desk.events.length = 0;
    expect(await desk.run()).toEqual(first);
    expect(desk.world.undone).toHaveLength(1);
    expect(told(desk)).toEqual([
      'ROLLED_BACK: ended before, nothing was done again: back on good after 0 ms: login is green for 5 s',
    ]);
  });

  it('after the bad release was deployed once more, it does not claim that it is rolled back', async () => {
    const desk = openDesk();
    await desk.run();
    desk.world.live = 'bad';
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'budget',
      because: 'bad was rolled back automatically at 2026-01-01T00:00:00.000Z; at most 1 in 60 min',
    });
  });

  it('by a person after a refusal, it looks at what is live, with a higher token', async () => {
    const desk = openDesk();
    desk.world.onTarget = () => 'good is gone';
    await desk.run();
    desk.world.onTarget = () => undefined;
    expect(await desk.run()).toMatchObject({ state: 'REFUSED', reason: 'target_missing' });
    expect(await desk.run({ by: 'person' })).toMatchObject({ state: 'ROLLED_BACK' });
    expect(desk.world.undone).toEqual([{ from: 'bad', to: 'good', token: 2 }]);
  });

  it.each<[RollbackState, string, boolean, number, string[]]>([
    ['PLANNED', 'bad', true, 1, ['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTED', 'WAITING', 'VERIFYING', 'ROLLED_BACK']],
    ['FENCED', 'bad', true, 1, ['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTED', 'WAITING', 'VERIFYING', 'ROLLED_BACK']],
    [
      'EXECUTING',
      'bad',
      true,
      1,
      ['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTED', 'WAITING', 'VERIFYING', 'ROLLED_BACK'],
    ],
    [
      'EXECUTING',
      'good',
      false,
      1,
      ['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTED', 'WAITING', 'VERIFYING', 'ROLLED_BACK'],
    ],
    ['EXECUTING', 'good', true, 0, ['PLANNED', 'WAITING', 'VERIFYING', 'ROLLED_BACK']],
    ['EXECUTED', 'good', true, 0, ['PLANNED', 'WAITING', 'VERIFYING', 'ROLLED_BACK']],
    ['WAITING', 'good', true, 0, ['PLANNED', 'WAITING', 'VERIFYING', 'ROLLED_BACK']],
    ['VERIFYING', 'good', true, 0, ['PLANNED', 'WAITING', 'VERIFYING', 'ROLLED_BACK']],
  ])('after a kill in %s with %s live (settled: %s) it acts %i times', async (state, live, settled, acts, states) => {
    const desk = openDesk();
    await desk.run();
    const whole = desk.journals.get(order.id) ?? [];
    const until = whole.findIndex((line) => (line as { state: string }).state === state);
    desk.journals.set(order.id, whole.slice(0, until + 1));
    Object.assign(desk.world, { live, settled, undone: [] });
    desk.world.onUndo = ({ to }) => void Object.assign(desk.world, { live: to, settled: true });
    desk.events.length = 0;
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
    expect(desk.world.undone).toHaveLength(acts);
    expect(desk.states().slice(until + 1)).toEqual(states);
    expect(told(desk)[0]).toBe(
      `PLANNED: back from bad to good, because login answers 500 (goes on after attempt 1, which ended in ${state})`,
    );
    expect((desk.journals.get(order.id) ?? []).map((line) => (line as { token: number }).token).at(-1)).toBe(2);
  });

  it.each(['FENCED', 'EXECUTING', 'WAITING'])('after a kill in %s and a hotfix it refuses', async (state) => {
    const desk = openDesk();
    await desk.run();
    const whole = desk.journals.get(order.id) ?? [];
    desk.journals.set(
      order.id,
      whole.slice(0, 1 + whole.findIndex((line) => (line as { state: string }).state === state)),
    );
    Object.assign(desk.world, { live: 'fix', undone: [] });
    expect(await desk.run()).toMatchObject({ state: 'REFUSED', reason: 'superseded' });
    expect(desk.world.undone).toEqual([]);
    expect(desk.world.live).toBe('fix');
  });
});

describe('interrupted', () => {
  const signalIn = (state: string) => {
    const desk = openDesk();
    const emit = desk.events.push.bind(desk.events);
    return {
      desk,
      tools: {
        emit: (event: Parameters<typeof emit>[0]) => {
          emit(event);
          if (event.type === 'rollback' && event.state === state) desk.controller.abort();
        },
      },
    };
  };

  it.each([
    ['WAITING', ['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTED', 'WAITING', 'WAITING!']],
    ['VERIFYING', ['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTED', 'WAITING', 'VERIFYING', 'VERIFYING!']],
  ])('in %s it stops there, and the journal stays open', async (state, states) => {
    const { desk, tools } = signalIn(state);
    expect(await desk.run({}, tools)).toMatchObject({
      state,
      reason: 'interrupted',
      verified: false,
      because: `interrupted in ${state}: the same command again goes on from what is live then`,
    });
    expect(desk.states()).toEqual(states);
    expect(await desk.run({}, { signal: new AbortController().signal })).toMatchObject({ state: 'ROLLED_BACK' });
    expect(desk.world.undone).toHaveLength(1);
  });

  it('in the middle of the act: it is written down at once, and the act may finish within 5 s', async () => {
    const desk = openDesk();
    let cut: number | undefined;
    desk.world.onUndo = async ({ to }, signal) => {
      signal?.addEventListener('abort', () => {
        cut = desk.clock.monotonic();
      });
      desk.controller.abort();
      await desk.clock.sleep(3000);
      desk.world.live = to;
    };
    expect(await desk.run()).toMatchObject({ state: 'EXECUTING', reason: 'interrupted' });
    expect(desk.states()).toEqual(['PLANNED', 'FENCED', 'EXECUTING', 'EXECUTING!']);
    expect(cut).toBeUndefined();
    expect(await desk.run({}, { signal: new AbortController().signal })).toMatchObject({ state: 'ROLLED_BACK' });
    expect(desk.world.undone).toHaveLength(1);
  });

  it('an act that takes longer is stopped after 5 s', async () => {
    const desk = openDesk();
    let cut: number | undefined;
    desk.world.onUndo = async (_, signal) => {
      desk.controller.abort();
      await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
      cut = desk.clock.monotonic();
      throw new Error('`undo` was ended by SIGTERM');
    };
    expect(await desk.run()).toMatchObject({ state: 'EXECUTING', reason: 'interrupted' });
    expect(cut).toBe(5000);
  });

  it.each([
    [
      'while what is live is read',
      (desk: ReturnType<typeof openDesk>) => {
        desk.world.onLive = async () => {
          desk.controller.abort();
          throw new Error('`live` was ended by SIGTERM');
        };
      },
    ],
    [
      'while the guards are asked',
      (desk: ReturnType<typeof openDesk>) => {
        desk.world.onTarget = () => {
          desk.controller.abort();
          return 'cut short';
        };
      },
    ],
  ])('%s: nothing is refused for good', async (_, prepare) => {
    const desk = openDesk();
    prepare(desk);
    expect(await desk.run()).toMatchObject({ state: 'PLANNED', reason: 'interrupted' });
    expect(desk.world.undone).toEqual([]);
    Object.assign(desk.world, { onLive: undefined, onTarget: () => undefined });
    expect(await desk.run({}, { signal: new AbortController().signal })).toMatchObject({ state: 'ROLLED_BACK' });
  });

  it('while a person is asked: nothing is done', async () => {
    const desk = openDesk();
    const confirm = (): Promise<boolean> => {
      desk.controller.abort();
      return new Promise<boolean>(() => {});
    };
    expect(await desk.run({}, { confirm })).toMatchObject({ state: 'PLANNED', reason: 'interrupted' });
    expect(desk.world.undone).toEqual([]);
  });
});

describe('the journal', () => {
  it('cannot be written: nothing is done', async () => {
    const desk = openDesk();
    desk.broken.journal = new Error('the disk is full (ENOSPC)');
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'no_journal',
      because: 'the journal in memory failed: the disk is full (ENOSPC)',
    });
    expect(desk.world.undone).toEqual([]);
  });

  it('breaks after the act: the proof goes on, and the trouble is told', async () => {
    const desk = openDesk();
    desk.world.onUndo = ({ to }) => {
      desk.world.live = to;
      desk.broken.journal = new Error('the disk is full (ENOSPC)');
    };
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
    expect(desk.events).toContainEqual(
      expect.objectContaining({
        type: 'note',
        text: 'the journal in memory failed: the disk is full (ENOSPC); the rollback goes on',
      }),
    );
  });

  it('of another version of holdpoint may say anything: nothing is done', async () => {
    const desk = openDesk();
    desk.journals.set(order.id, [{ format: 'holdpoint.rollback/2', states: ['EXECUTING'] }]);
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'no_journal',
      because: `the journal ${order.id} in memory was written by another version of holdpoint (holdpoint.rollback/2; this one knows 1): call that version`,
    });
    expect(desk.world.undone).toEqual([]);
  });

  it.each<[string, (lines: Json[]) => Json[], number | undefined]>([
    ['as it was written', (lines) => lines, undefined],
    ['with a line that was changed', ([first, ...rest]) => [{ ...(first as object), to: 'other' }, ...rest], 2],
    ['with a line that was taken out', ([first, , ...rest]) => [first as Json, ...rest], 2],
    ['without its beginning', ([, ...rest]) => rest, 1],
  ])('%s is told as such', async (_, change, line) => {
    const desk = openDesk();
    desk.world.onUndo = () => {};
    await desk.run({}, {}, { deadline: 1000 });
    desk.journals.set(order.id, change(desk.journals.get(order.id) ?? []));
    desk.events.length = 0;
    await desk.run();
    const notes = desk.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    const changed = notes.filter((text) => text.startsWith('somebody has changed the journal'));
    expect(changed).toEqual(
      line === undefined
        ? []
        : [
            `somebody has changed the journal ${order.id}: line ${line} does not name the hash of the line before it. What is live decides; the journal proves nothing any more`,
          ],
    );
  });

  it('shows a higher token: somebody else has taken over, nothing is done', async () => {
    const desk = openDesk();
    const confirm = async (): Promise<boolean> => {
      const [line] = desk.journals.get(order.id) ?? [];
      desk.journals.get(order.id)?.push({ ...(line as { [key: string]: Json }), token: 5 });
      return true;
    };
    expect(await desk.run({}, { confirm })).toMatchObject({
      state: 'REFUSED',
      reason: 'locked',
      because: 'attempt 5 of this rollback has begun elsewhere and goes on with it',
    });
    expect(desk.world.undone).toEqual([]);
  });

  it('holds lines that are not ours: they are passed over', async () => {
    const desk = openDesk();
    desk.journals.set(order.id, [{ hello: 'world' }, 'text']);
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
  });
});

describe('the lock', () => {
  it('is held by another process: refused without a trace in the journal', async () => {
    const desk = openDesk();
    desk.heldBy = { owner: order.id, pid: 17, host: 'ci-1', since: '2026-01-01T00:00:00Z' };
    expect(await desk.run()).toMatchObject({
      state: 'REFUSED',
      reason: 'locked',
      because: 'process 17 on ci-1 is carrying out rb:auth/test:v2 since 2026-01-01T00:00:00Z',
    });
    expect(desk.journals.size).toBe(0);
  });

  it('cannot be taken: refused', async () => {
    const desk = openDesk();
    desk.broken.lock = new Error('/x could not be written: the file system is read-only (EROFS)');
    expect(await desk.run()).toMatchObject({ state: 'REFUSED', reason: 'no_journal' });
  });
});

describe('a drill', () => {
  it('does everything but act, and leaves no journal that would bind the real one', async () => {
    const desk = openDesk();
    expect(await desk.run({ drill: true })).toMatchObject({
      state: 'WITHHELD',
      reason: 'drill',
      because: 'a drill: all guards let it pass, good could be returned to; nothing was done',
      manual: 'go bad good',
    });
    expect(desk.world.undone).toEqual([]);
    expect(desk.journals.size).toBe(0);
    expect(await desk.run()).toMatchObject({ state: 'ROLLED_BACK' });
  });

  it('says when the real one would be refused', async () => {
    const desk = openDesk();
    desk.world.live = 'fix';
    expect(await desk.run({ drill: true })).toMatchObject({ state: 'REFUSED', reason: 'superseded' });
  });
});

describe('flapping and budget', () => {
  const hour = 3_600_000;
  const passOf = (revision: string, at: number, over: Partial<RunRecord> = {}): RunRecord =>
    ({
      verb: 'run',
      decision: { action: 'pass', because: [] },
      shadow: false,
      overrides: [],
      startedAt: new Date(at).toISOString(),
      release: { label: 'x', liveAtEnd: revision },
      ...over,
    }) as unknown as RunRecord;

  it('a second automatic rollback within the hour is refused, a later one is not', async () => {
    const desk = openDesk();
    await desk.run();
    desk.world.live = 'worse';
    await desk.clock.until(desk.clock.sleep(hour - 1000));
    const second = { id: 'rb:auth/test:v3', from: 'worse' };
    expect(await desk.run(second)).toMatchObject({ state: 'REFUSED', reason: 'budget' });
    await desk.clock.until(desk.clock.sleep(2000));
    expect(await desk.run({ ...second, id: 'rb:auth/test:v3b' })).toMatchObject({ state: 'ROLLED_BACK' });
  });

  it('a rollback that a person decided is not counted, and one that a person decides is not refused', async () => {
    const desk = openDesk();
    await desk.run({ by: 'person' });
    desk.world.live = 'worse';
    expect(await desk.run({ id: 'rb:auth/test:v3', from: 'worse' })).toMatchObject({ state: 'ROLLED_BACK' });
    desk.world.live = 'worst';
    const confirm = async (): Promise<boolean> => true;
    expect(await desk.run({ id: 'rb:auth/test:v4', from: 'worst' }, { confirm })).toMatchObject({
      state: 'ROLLED_BACK',
    });
  });

  it('another environment has a budget of its own', async () => {
    const desk = openDesk();
    await desk.run();
    desk.world.live = 'bad';
    const other = { id: 'rb:auth/prod:v2', environment: 'prod' };
    expect(await desk.run(other)).toMatchObject({ state: 'ROLLED_BACK' });
  });

  it.each([
    ['never passed since', [], 'REFUSED'],
    ['passed before only', [passOf('bad', Date.UTC(2025, 11, 31))], 'REFUSED'],
    ['passed in shadow', [passOf('bad', Date.UTC(2026, 0, 2), { shadow: true })], 'REFUSED'],
    ['passed with --only', [passOf('bad', Date.UTC(2026, 0, 2), { overrides: ['--only login'] })], 'REFUSED'],
    ['passed by hand', [passOf('bad', Date.UTC(2026, 0, 2), { verb: 'check' })], 'REFUSED'],
    ['another one passed', [passOf('good', Date.UTC(2026, 0, 2))], 'REFUSED'],
    ['passed since', [passOf('bad', Date.UTC(2026, 0, 2))], 'ROLLED_BACK'],
  ])('a target that was itself rolled back and has %s', async (_, records, state) => {
    const desk = openDesk();
    await desk.run();
    desk.world.live = 'next';
    desk.records.push(...records);
    await desk.clock.until(desk.clock.sleep(3 * 24 * hour));
    const report = await desk.run({ id: 'rb:auth/test:v3', from: 'next', to: 'bad' });
    expect(report.state).toBe(state);
    expect(state === 'REFUSED' ? report.reason : 'flap').toBe('flap');
  });

  it('a rollback of a rollback is refused', async () => {
    const desk = openDesk();
    await desk.run();
    await desk.clock.until(desk.clock.sleep(2 * hour));
    expect(await desk.run({ id: 'rb:auth/test:again', from: 'good', to: 'older' })).toMatchObject({
      state: 'REFUSED',
      reason: 'flap',
      because: 'good was put in place by a rollback at 2026-01-01T00:00:00.000Z and has not passed since',
    });
  });
});
