// Brings the release out: the deploy command and the roll-out, while the checks already watch.
import { duration } from '../kit/index.ts';
import { type Course, enterPhase, mark, note } from './course.ts';
import { deploy } from './deploy.ts';
import { preview } from './judging.ts';
import type { Stop } from './finding.ts';
import { awaitRollout } from './rollout.ts';
import { startSampler } from './sampler.ts';
import type { Watched } from './watched.ts';

/** Runs the deploy command and waits for the roll-out, while the checks already watch. Leaves stops, never throws. */
export const bringOut = async (course: Course): Promise<void> => {
  const { input, watched, stops } = course;
  const { io, signal, profile } = input;
  const onSamples = (one: Watched, added: number): void => {
    input.emit({ type: 'sample', at: io.clock.now(), check: one.check.id, samples: one.samples.slice(-added) });
    preview(input.emit, one, one.samples, io.clock.now());
  };
  const sampler = startSampler(watched, {
    phase: input.deploy ? 'deploy' : 'rollout',
    clock: io.clock,
    signal,
    onSamples,
  });
  try {
    if (input.deploy) {
      enterPhase(course, 'deploy', 0, `deploy: ${input.deploy.join(' ')}`);
      mark(course, 'deploy-started');
      const stop = await deploy(input.deploy, profile.root, io, input.emit, course.interrupt);
      mark(course, 'deploy-finished');
      if (stop) return void stops.push(await leftLive(course, stop));
      sampler.enter('rollout');
    }
    await rollOut(course);
  } finally {
    await sampler.stop();
  }
};

/** What a failed deploy has left live: half a release may be out, and a person wants to know. */
const leftLive = async (course: Course, stop: Stop): Promise<Stop> => {
  const { input, to } = course;
  const { platform, signal } = input;
  if (!platform || signal.aborted) return stop;
  const said = (text: string): Stop => ({ ...stop, text: `${stop.text}; ${text}` });
  try {
    const { revision, settled, detail } = await platform.live(signal);
    if (revision !== to) course.from = revision;
    return said(revision === to && settled ? `${revision} is live as before` : `left behind: ${detail}`);
  } catch (error) {
    return said(`what is live now cannot be read: ${(error as Error).message}`);
  }
};

const rollOut = async (course: Course): Promise<void> => {
  const { input, stops, to } = course;
  const { platform, profile, io, signal } = input;
  const length = profile.timings.rollout;
  if (!platform)
    return note(
      course,
      'warn',
      'no platform is named: the roll-out is not watched, and nothing proves that a new revision is live',
    );
  enterPhase(
    course,
    'rollout',
    length,
    `roll-out: until every replica runs the new revision, at most ${duration(length)}`,
  );
  const { live, stop } = await awaitRollout(platform, to, length, io.clock, signal);
  if (live !== undefined) course.from = live;
  if (stop) stops.push(stop);
  mark(course, 'rollout-finished', live ?? null);
};
