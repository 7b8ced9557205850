// Waits until the platform says that every replica runs a new revision. Nothing deployed is never a pass.
import { type Clock, duration, type Live, type PlatformSession, messageOf } from '../kit/index.ts';
import type { Stop } from './finding.ts';

/** Milliseconds between two looks at the platform. */
const pollEvery = 500;

export interface Rollout {
  /** The revision that is live now: the one under test. */
  live?: string;
  stop?: Stop;
}

/** Polls until `live` is settled on another revision than `before`, at most `length` milliseconds. */
export const awaitRollout = async (
  platform: PlatformSession,
  before: string | undefined,
  length: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Rollout> => {
  const over = clock.monotonic() + length;
  while (true) {
    const state = await readLive(platform, signal);
    const isNew = 'live' in state && state.live.settled && state.live.revision !== before;
    if (isNew) return { live: state.live.revision };
    if (signal.aborted) return 'live' in state ? { live: state.live.revision } : {};
    if (clock.monotonic() >= over) return unfinished(state, before, length);
    await clock.sleep(Math.min(pollEvery, Math.max(1, over - clock.monotonic())), signal);
  }
};

type State = { live: Live } | { unreadable: string };

const readLive = async (platform: PlatformSession, signal: AbortSignal): Promise<State> => {
  try {
    return { live: await platform.live(signal) };
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
};

const unfinished = (state: State, before: string | undefined, length: number): Rollout => {
  if ('unreadable' in state) {
    const text = `the live revision could not be read for ${duration(length)}: ${state.unreadable}`;
    return { stop: { check: 'rollout', reason: 'rollout_unreadable', text } };
  }
  const { revision, settled, detail } = state.live;
  if (settled && revision === before) {
    const text = `nothing new is live: ${revision} was live before the deploy and still is after ${duration(length)}`;
    return { live: revision, stop: { check: 'rollout', reason: 'not_live', text } };
  }
  const text = `the roll-out did not finish within ${duration(length)}: ${detail}`;
  // A release that cannot start never becomes settled: what users get all the same is for the checks to judge.
  const reason = revision === before ? 'rollout_incomplete' : 'rollout_stuck';
  return { live: revision, stop: { check: 'rollout', reason, text } };
};
