// Everything before the hold: the baseline, the deploy command, the roll-out.
import {
  duration,
  isoTime,
  type Json,
  plural,
  type RunRecord,
  type Sample,
  type StoredBaseline,
} from '../kit/index.ts';
import { restoreBaselines, setBaseline, storedChecks } from './baseline.ts';
import { captureBaselines, deriveBaselines } from './capture.ts';
import { type Course, enterPhase, mark, note } from './course.ts';
import { deploy } from './deploy.ts';
import { preview } from './judging.ts';
import { awaitRollout } from './rollout.ts';
import { startSampler } from './sampler.ts';
import { fromRecorded, toRecorded } from './samples.ts';
import type { Watched } from './watched.ts';

/** Captures what is seen now, in the form of the store; also the live revision. */
export const captureBaseline = async (course: Course): Promise<StoredBaseline> => {
  const { input, watched } = course;
  const { profile, io, signal } = input;
  const length = profile.timings.baseline;
  enterPhase(
    course,
    'baseline',
    length,
    `baseline: looking at ${plural(watched.length, 'check')} before the deploy, at most ${duration(length)}`,
  );
  const live = await liveNow(course);
  const onLook = (one: Watched, samples: Sample<Json>[]): void => preview(input.emit, one, samples, io.clock.now());
  await captureBaselines(watched, length, { clock: io.clock, signal, onLook });
  const takenAt = isoTime(io.clock.now());
  mark(course, 'baseline');
  return {
    format: 'holdpoint.baseline/1',
    service: profile.service,
    environment: profile.environment,
    release: input.identity.label ?? live ?? 'unnamed',
    takenAt,
    ...(live === undefined ? {} : { live }),
    profileHash: profile.hash,
    checks: storedChecks(watched, toRecorded),
  };
};

/** The live revision; a platform that cannot tell is said, and there is no target to return to. */
const liveNow = async (course: Course): Promise<string | undefined> => {
  const { platform, signal } = course.input;
  if (!platform) return undefined;
  try {
    return (await platform.live(signal)).revision;
  } catch (error) {
    note(course, 'warn', `the live revision cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
};

/** With a deploy command: capture now. Without: what `holdpoint baseline` has stored, or the sources' own history. */
export const takeBaseline = async (course: Course): Promise<void> => {
  const { input } = course;
  if (input.deploy) return adopt(course, await keep(course, await captureBaseline(course)));
  const stored = input.baseline ?? (await findStored(course));
  if (stored) {
    restoreBaselines(course.watched, stored.checks);
    adopt(course, stored);
    await deriveBaselines(course.watched, Date.parse(stored.takenAt));
    note(course, 'info', `baseline: captured ${stored.takenAt} for ${stored.release}`);
    return;
  }
  note(course, 'warn', 'no baseline was captured before this deploy: failures cannot be attributed to it');
  await deriveBaselines(course.watched, input.io.clock.now() - input.profile.timings.rollout);
};

/** A store that cannot be written costs later runs their baseline, not this one. */
const keep = async (course: Course, taken: StoredBaseline): Promise<StoredBaseline> => {
  const { store } = course.input;
  try {
    if ((await store.saveBaseline(taken)) === 'saved') return taken;
  } catch (error) {
    note(course, 'warn', `the baseline could not be stored: ${error instanceof Error ? error.message : String(error)}`);
    return taken;
  }
  const first = await store.baseline(taken.service, taken.environment, taken.release);
  return { ...taken, ...(first?.live === undefined ? {} : { live: first.live, takenAt: first.takenAt }) };
};

const findStored = async ({ input }: Course): Promise<StoredBaseline | undefined> => {
  const { service, environment } = input.profile;
  const { label } = input.identity;
  const exact = label === undefined ? undefined : await input.store.baseline(service, environment, label);
  return exact ?? input.store.baseline(service, environment);
};

const adopt = (course: Course, { live, takenAt }: StoredBaseline): void => {
  if (live !== undefined) course.to = live;
  course.baselineTakenAt = takenAt;
};

/** By hand: compared with the last good run; the newest run only tells what is new. */
export const recallLastRuns = async (course: Course): Promise<void> => {
  const { profile, store } = course.input;
  const { service, environment } = profile;
  const records = await store.records({ service, environment, limit: 50 });
  const good = records.find(isGood);
  if (good) restoreBaselines(course.watched, heldSamples(good));
  note(
    course,
    'info',
    good
      ? `compared with the last good run, ${good.finishedAt}`
      : 'there is no last good run to compare with: judged in absolute terms',
  );
  const [newest] = records;
  if (newest) recallFailures(course, newest);
};

const isGood = ({ decision, shadow, overrides }: RunRecord): boolean =>
  decision.action === 'pass' && !shadow && overrides.length === 0;

const heldSamples = ({ checks }: RunRecord): StoredBaseline['checks'] =>
  Object.fromEntries(
    checks.map(({ id, kind, samples }) => [id, { kind, samples: samples.filter(({ phase }) => phase === 'hold') }]),
  );

const recallFailures = (course: Course, newest: RunRecord): void => {
  for (const watched of course.watched) {
    const known = newest.checks.find(({ id }) => id === watched.check.id);
    if (known?.outcome !== 'fail') continue;
    const { reason, because, value, limit } = known;
    watched.before = {
      outcome: 'fail',
      settled: true,
      reason,
      because,
      ...(value === undefined ? {} : { value }),
      ...(limit === undefined ? {} : { limit }),
    };
    if (watched.baseline.from === 'none') setBaselineSilently(watched, known.baseline);
  }
};

/** Keeps the older baseline's samples without judging them anew: the newest failure is what attribution compares with. */
const setBaselineSilently = (watched: Watched, baseline: RunRecord['checks'][number]['baseline']): void => {
  const { before } = watched;
  setBaseline(watched, { from: baseline.from, samples: fromRecorded(baseline.samples) });
  watched.before = before;
};

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
      const stop = await deploy(input.deploy, profile.root, io, input.emit, signal);
      mark(course, 'deploy-finished');
      if (stop) return void stops.push(stop);
      sampler.enter('rollout');
    }
    await rollOut(course);
  } finally {
    await sampler.stop();
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
